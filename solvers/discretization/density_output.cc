#include <solvers/base/text.h>
#include <solvers/discretization/density_output.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <utility>

#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
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

} // namespace

DensityOutput::DensityOutput(const OutputParameters &output_parameters, const RunDirectory &run_directory,
                             std::vector<std::string> coordinate_names)
  : SnapshotSeries(run_directory, "density", output_parameters, std::move(coordinate_names), output_parameters.write_density)
  , parameters(output_parameters)
{}

void DensityOutput::announce(Progress &progress, const std::size_t n_times, const std::uint64_t n_points) const
{
  if (!series)
    return;
  const std::size_t every = parameters.every, n_written = (n_times - 1) / every + 1 + ((n_times - 1) % every != 0 ? 1 : 0);
  // Single precision: three coordinates, the number of the point, the fields (vectors always have three components).
  double numbers = 4. + static_cast<double>(parameters.fields.size()) + (parameters.fields.count("velocity") > 0 ? 2. : 0.);
  double bytes   = 4. * numbers * static_cast<double>(n_points) * static_cast<double>(n_written);
  // VTU: in base64. HDF5: 2^D corners of about one linear cell a point.
  bytes *= (parameters.vtu ? 4. / 3. : 0.) + (parameters.xdmf ? 1. + 16. / numbers : 0.);
  bytes *= parameters.compression == OutputParameters::Compression::none ? 1. : typical_compression;
  if (bytes > 1e9)
    progress.line("Note: the density will need about " + short_number(bytes / 1e9, 2) + " GB, " + std::to_string(n_written) +
                  " times " + std::to_string(n_points) +
                  " points. In section 'Output' fewer 'Fields', 'Every n-th output', 'Compression = best' and 'Leave "
                  "out below' make it smaller.");
}

void DensityOutput::write(double time, const CellFields &fields)
{
  if (!series)
    return;
  const AdaptiveMesh &mesh = fields.mesh();
  // In one dimension every rank has the whole mesh, and rank 0 speaks for it.
  series->write(time, mesh.has_counted_cells() ? mesh.communicator() : MPI_COMM_NULL,
                number_of_files(parameters, mesh.communicator()), [&]() { return cells_of(parameters, fields); });
}
} // namespace rhoflow
