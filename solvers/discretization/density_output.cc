#include <solvers/discretization/density_output.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <ostream>
#include <stdexcept>
#include <utility>

#include <solvers/base/checkpoint.h>
#include <solvers/base/complete_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/discretization/cell_fields.h>
#include <solvers/discretization/vtu_cells.h>

namespace rhoflow
{
namespace
{
/// What zlib leaves of the files of a density, about: most of a box is smooth or empty.
const double typical_compression = 0.35;

double largest_density(const CellFields &fields, unsigned int n_points)
{
  std::vector<double> values(n_points);
  double              largest = 0.;
  for (std::size_t c = 0; c < fields.mesh().cells().size(); ++c)
    {
      fields.values(c, "density", values.data());
      largest = std::max(largest, *std::max_element(values.begin(), values.end()));
    }
  return dealii::Utilities::MPI::max(largest, fields.mesh().communicator());
}

/// This rank's cells with the fields that are asked for. Collective.
VtuCells cells_of(const OutputParameters &parameters, const CellFields &fields)
{
  const AdaptiveMesh      &mesh = fields.mesh();
  const unsigned int       dim  = mesh.dimension();
  VtuCells                 cells(dim, fields.degree());
  std::vector<std::string> names;
  for (const char *const name : {"density", "potential", "velocity", "level", "subdomain"})
    if (parameters.fields.count(name) > 0)
      {
        cells.add_field(name, std::string(name) == "velocity");
        names.push_back(name);
      }
  unsigned int n_points = 1;
  for (unsigned int d = 0; d < dim; ++d)
    n_points *= fields.degree() + 1;
  const double        rank = static_cast<double>(rank_of(mesh.communicator()));
  std::vector<double> values(dim * n_points);
  const double threshold = parameters.left_out_below > 0. ? parameters.left_out_below * largest_density(fields, n_points) : 0.;
  for (std::size_t c = 0; c < mesh.cells().size(); ++c)
    {
      if (threshold > 0.)
        {
          fields.values(c, "density", values.data());
          if (*std::max_element(values.begin(), values.begin() + n_points) < threshold)
            continue;
        }
      const auto &cell = mesh.cells()[c];
      double      lower[3], upper[3];
      for (unsigned int d = 0; d < dim; ++d)
        {
          lower[d] = mesh.position(cell, d, 0);
          upper[d] = mesh.position(cell, d, 1);
        }
      cells.add_cell(lower, upper);
      for (unsigned int f = 0; f < names.size(); ++f)
        {
          if (names[f] == "level")
            values.assign(values.size(), static_cast<double>(cell.level));
          else if (names[f] == "subdomain")
            values.assign(values.size(), rank);
          else
            fields.values(c, names[f], values.data());
          cells.add_values(f, values.data());
        }
    }
  return cells;
}

unsigned int number_of_files(const OutputParameters &parameters, MPI_Comm communicator)
{
  return std::min(parameters.files_per_time, static_cast<unsigned int>(number_of_ranks(communicator)));
}

/// Writes one output time into `file`, with pieces beside it if there are to be several. Collective.
void write_cells(const OutputParameters &parameters, const RunDirectory &directory, const std::string &file,
                 const CellFields &fields, double time, const std::vector<std::string> &coordinates)
{
  const VtuCells     cells   = cells_of(parameters, fields);
  const MPI_Comm     comm    = fields.mesh().communicator();
  const int          rank    = rank_of(comm);
  const unsigned int n_files = number_of_files(parameters, comm);
  const auto         write   = [&](const std::string &name, MPI_Comm writers) {
    const int         writer = rank_of(writers);
    const std::string part   = (writer == 0 ? VtuCells::head(parameters.compression, time, coordinates) : "") +
                             (cells.empty() ? "" : cells.piece(parameters.compression)) +
                             (writer + 1 == number_of_ranks(writers) ? VtuCells::tail() : "");
    write_complete_file(directory.file(name), part, writers);
  };
  if (n_files == 1)
    return write(file, comm);

  std::vector<std::string> pieces, names;
  const std::string        stem = file.substr(0, file.rfind('.'));
  for (unsigned int i = 0; i < n_files; ++i)
    {
      pieces.push_back(stem + "." + std::to_string(i) + ".vtu");
      names.push_back(pieces.back().substr(pieces.back().rfind('/') + 1));
      directory.file(pieces.back());
    }
  const unsigned int group = static_cast<unsigned int>(rank) % n_files;
  MPI_Comm           writers;
  MPI_Comm_split(comm, static_cast<int>(group), rank, &writers);
  std::string error;
  try
    {
      write(pieces[group], writers);
    }
  catch (const std::exception &e)
    {
      error = e.what();
    }
  MPI_Comm_free(&writers);
  const int failures = dealii::Utilities::MPI::sum(error.empty() ? 0 : 1, comm);
  if (!error.empty())
    throw std::runtime_error(error);
  if (failures == 0 && rank == 0)
    write_complete_file(directory.file(file), [&](std::ostream &out) { out << cells.record(names, time, coordinates); });
}
} // namespace

DensityOutput::DensityOutput(const OutputParameters &output_parameters, const RunDirectory &run_directory,
                             std::vector<std::string> coordinate_names)
  : parameters(output_parameters)
  , directory(run_directory)
  , coordinates(std::move(coordinate_names))
{
  if (parameters.write_density)
    record.emplace(directory, "density");
}

void DensityOutput::announce(const RunContext &context, std::uint64_t n_points) const
{
  if (!record)
    return;
  RunParameters run;
  run.parse(context.parameters);
  const std::size_t n_times = run.all_output_times().size(), every = parameters.every;
  const std::size_t n_written = (n_times - 1) / every + 1 + ((n_times - 1) % every != 0 ? 1 : 0);
  // Single precision: three coordinates, the number of the point, the fields (vectors always have three components).
  double numbers = 4. + static_cast<double>(parameters.fields.size()) + (parameters.fields.count("velocity") > 0 ? 2. : 0.);
  double bytes   = 4. * numbers * static_cast<double>(n_points) * static_cast<double>(n_written);
  bytes *= 4. / 3. * (parameters.compression == OutputParameters::Compression::none ? 1. : typical_compression); // base64
  if (bytes > 1e9)
    context.progress.line("Note: the density will need about " + short_number(bytes / 1e9, 2) + " GB, " +
                          std::to_string(n_written) + " times " + std::to_string(n_points) +
                          " points. In section 'Output' fewer 'Fields', 'Every n-th output', 'Compression = best' and 'Leave "
                          "out below' make it smaller.");
}

void DensityOutput::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("density outputs", static_cast<std::uint64_t>(n_outputs));
}

void DensityOutput::load(const CheckpointReader &checkpoint, const double time)
{
  n_outputs = static_cast<unsigned int>(checkpoint.integer("density outputs"));
  if (record)
    record->take_up(time);
}

void DensityOutput::write(double time, const CellFields &fields)
{
  ++n_outputs;
  if (!record)
    return;
  const bool        grouped = number_of_files(parameters, fields.mesh().communicator()) > 1;
  const std::string file    = record->next_file(time, grouped ? ".pvtu" : ".vtu");
  record->add(time, file, [&]() {
    // In one dimension every rank has the whole mesh.
    if (fields.mesh().speaks())
      write_cells(parameters, directory, file, fields, time, coordinates);
  });
}
} // namespace rhoflow
