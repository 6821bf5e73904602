#include <solvers/base/collective.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/discretization/cell_series.h>
#include <solvers/discretization/hdf5_cells.h>

#include <ostream>
#include <utility>

namespace rhoflow
{
namespace
{
/// The files of the groups of ranks: "density_0003.1.vtu" of "density_0003.vtu".
std::vector<std::string> files_of_groups(const std::string &file, const unsigned int n_groups)
{
  std::vector<std::string> files;
  const std::size_t        dot = file.rfind('.');
  for (unsigned int i = 0; i < n_groups; ++i)
    files.push_back(file.substr(0, dot) + "." + std::to_string(i) + file.substr(dot));
  return files;
}

/// Lets every group write its file together; every rank throws if one does. Collective.
void write_in_groups(const std::vector<std::string> &files, MPI_Comm communicator,
                     const std::function<void(const std::string &file, MPI_Comm group)> &write)
{
  const std::size_t group = static_cast<std::size_t>(rank_of(communicator)) % files.size();
  MPI_Comm          ranks;
  MPI_Comm_split(communicator, static_cast<int>(group), rank_of(communicator), &ranks);
  try
    {
      together(communicator, [&]() { write(files[group], ranks); });
    }
  catch (...)
    {
      MPI_Comm_free(&ranks);
      throw;
    }
  MPI_Comm_free(&ranks);
}

void write_vtu_file(const std::string &path, const SnapshotParameters &parameters, const double time, const VtuCells &cells,
                    const std::vector<std::string> &coordinates, MPI_Comm communicator)
{
  const int         rank = rank_of(communicator);
  const std::string part = (rank == 0 ? VtuCells::head(parameters.compression, time, coordinates) : "") +
                           (cells.empty() ? "" : cells.piece(parameters.compression)) +
                           (rank + 1 == number_of_ranks(communicator) ? VtuCells::tail() : "");
  write_complete_file(path, part, communicator);
}
} // namespace

CellSeries::CellSeries(const RunDirectory &run_directory, const std::string &series,
                       const SnapshotParameters &snapshot_parameters, std::vector<std::string> coordinate_names)
  : directory(run_directory)
  , parameters(snapshot_parameters)
  , coordinates(std::move(coordinate_names))
{
  if (parameters.vtu)
    vtu.emplace(directory, series, TimeSeriesRecord::Format::pvd);
  if (parameters.xdmf)
    xdmf.emplace(directory, series, TimeSeriesRecord::Format::xdmf);
}

void CellSeries::resume_from(const double time)
{
  if (vtu)
    vtu->resume_from(time);
  if (xdmf)
    xdmf->resume_from(time);
}

void CellSeries::write(const double time, MPI_Comm writers, const unsigned int n_groups, const std::function<VtuCells()> &cells)
{
  std::optional<VtuCells> part;
  const auto              own_cells = [&]() -> const VtuCells              &{
    if (!part)
      part.emplace(cells());
    return *part;
  };
  if (vtu)
    {
      const std::string file = vtu->next_file(time, n_groups > 1 ? ".pvtu" : ".vtu");
      vtu->add(time, file, [&]() {
        if (writers != MPI_COMM_NULL)
          write_vtu(file, time, own_cells(), writers, n_groups);
      });
    }
  if (xdmf)
    {
      const std::string file = xdmf->next_file(time, n_groups > 1 ? ".0.h5" : ".h5");
      xdmf->add_grid(time, file, [&]() {
        return writers != MPI_COMM_NULL ? write_xdmf(file, time, own_cells(), writers, n_groups) : std::string();
      });
    }
}

void CellSeries::write_vtu(const std::string &file, const double time, const VtuCells &cells, MPI_Comm writers,
                           const unsigned int n_groups) const
{
  if (n_groups == 1)
    return write_vtu_file(directory.file(file), parameters, time, cells, coordinates, writers);
  const std::vector<std::string> pieces = files_of_groups(file.substr(0, file.rfind('.')) + ".vtu", n_groups);
  for (const std::string &piece : pieces)
    directory.file(piece);
  write_in_groups(pieces, writers, [&](const std::string &piece, MPI_Comm group) {
    write_vtu_file(directory.file(piece), parameters, time, cells, coordinates, group);
  });
  std::vector<std::string> names;
  for (const std::string &piece : pieces)
    names.push_back(piece.substr(piece.rfind('/') + 1));
  if (rank_of(writers) == 0)
    write_complete_file(directory.file(file), [&](std::ostream &out) { out << cells.record(names, time, coordinates); });
}

std::string CellSeries::write_xdmf(const std::string &file, const double time, const VtuCells &cells, MPI_Comm writers,
                                   const unsigned int n_groups) const
{
  const auto grid_of = [&](const std::string &name, MPI_Comm ranks) {
    return write_hdf5_cells(cells, directory.file(name), name, parameters.compression, time, coordinates, ranks);
  };
  if (n_groups == 1)
    return grid_of(file, writers);
  const std::vector<std::string> pieces = files_of_groups(file.substr(0, file.size() - 5) + ".h5", n_groups);
  for (const std::string &piece : pieces)
    directory.file(piece);
  std::string own;
  write_in_groups(pieces, writers, [&](const std::string &piece, MPI_Comm group) { own = grid_of(piece, group); });
  // The first rank of a group has its grid, and the first ranks are those of all.
  const int                size = static_cast<int>(own.size());
  std::vector<std::string> grids;
  if (rank_of(writers) == 0)
    grids.push_back(own);
  for (int group = 1; group < static_cast<int>(n_groups); ++group)
    if (rank_of(writers) == group)
      {
        MPI_Send(&size, 1, MPI_INT, 0, group, writers);
        MPI_Send(own.data(), size, MPI_CHAR, 0, group, writers);
      }
    else if (rank_of(writers) == 0)
      {
        int length;
        MPI_Recv(&length, 1, MPI_INT, group, group, writers, MPI_STATUS_IGNORE);
        grids.emplace_back(static_cast<std::size_t>(length), ' ');
        MPI_Recv(grids.back().data(), length, MPI_CHAR, group, group, writers, MPI_STATUS_IGNORE);
      }
  return rank_of(writers) == 0 ? xdmf_collection(grids, time) : std::string();
}

void write_single_cells(const RunDirectory &directory, const std::string &name, const SnapshotParameters &parameters,
                        const VtuCells &cells, const double time, const std::vector<std::string> &coordinates)
{
  if (parameters.vtu)
    write_vtu_file(directory.file(name + ".vtu"), parameters, time, cells, coordinates, MPI_COMM_SELF);
  if (!parameters.xdmf)
    return;
  const std::string file = name + ".h5";
  const std::string grid = write_hdf5_cells(cells, directory.file(file), file, parameters.compression, time, coordinates,
                                            MPI_COMM_SELF);
  write_complete_file(directory.file(name + ".xdmf"), [&](std::ostream &out) { out << xdmf_record({{time, file, grid}}); });
}
} // namespace rhoflow
