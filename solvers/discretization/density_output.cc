#include <solvers/discretization/density_output.h>

#include <deal.II/base/data_out_base.h>
#include <deal.II/base/mpi.h>
#include <deal.II/base/utilities.h>
#include <deal.II/grid/reference_cell.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/run_directory.h>
#include <solvers/discretization/cell_fields.h>

namespace rhoflow
{
namespace
{
/// Single precision; what is too small for it is zero.
float single(double value)
{
  return std::abs(value) < std::numeric_limits<float>::min() ? 0.f : static_cast<float>(value);
}

/// Hands cells with their nodal values to deal.II's writers as they are.
template <int dim>
class CellData : public dealii::DataOutInterface<dim>
{
public:
  CellData(const OutputParameters &parameters, const CellFields &fields)
  {
    const auto wanted = [&](const char *name) { return parameters.fields.count(name) > 0; };
    const auto add    = [&](const std::string &name, unsigned int n_components) {
      if (!wanted(name.c_str()))
        return;
      if (name == "velocity")
        vectors.emplace_back(names.size(), names.size() + n_components - 1, name,
                                dealii::DataComponentInterpretation::component_is_part_of_vector);
      names.insert(names.end(), n_components, name);
    };
    for (const char *const scalar : {"density", "potential"})
      add(scalar, 1);
    add("velocity", dim);
    for (const char *const scalar : {"level", "subdomain"})
      add(scalar, 1);

    const AdaptiveMesh &mesh     = fields.mesh();
    unsigned int        n_points = 1;
    for (unsigned int d = 0; d < dim; ++d)
      n_points *= fields.degree() + 1;
    const auto         &cells = mesh.cells();
    const unsigned int  rank  = dealii::Utilities::MPI::this_mpi_process(mesh.communicator());
    std::vector<double> values(dim * n_points);
    patches.resize(cells.size());
    for (std::size_t c = 0; c < cells.size(); ++c)
      {
        auto &patch = patches[c];
        for (unsigned int vertex = 0; vertex < (1U << dim); ++vertex)
          for (unsigned int d = 0; d < dim; ++d)
            patch.vertices[vertex][d] = mesh.position(cells[c], d, (vertex >> d) & 1U);
        patch.patch_index    = static_cast<unsigned int>(c);
        patch.n_subdivisions = fields.degree();
        patch.reference_cell = dealii::ReferenceCells::get_hypercube<dim>();
        patch.data.reinit(static_cast<unsigned int>(names.size()), n_points);
        unsigned int row  = 0;
        const auto   fill = [&](const double *value) {
          for (unsigned int i = 0; i < n_points; ++i)
            patch.data(row, i) = single(value[i]);
          ++row;
        };
        for (const char *const field : {"density", "potential", "velocity"})
          if (wanted(field))
            {
              fields.values(c, field, values.data());
              for (unsigned int d = 0; d < (std::string(field) == "velocity" ? dim : 1); ++d)
                fill(values.data() + d * n_points);
            }
        if (wanted("level"))
          {
            values.assign(values.size(), static_cast<double>(cells[c].level));
            fill(values.data());
          }
        if (wanted("subdomain"))
          {
            values.assign(values.size(), static_cast<double>(rank));
            fill(values.data());
          }
      }
  }

private:
  using Patch = dealii::DataOutBase::Patch<dim, dim>;
  using VectorRange =
    std::tuple<unsigned int, unsigned int, std::string, dealii::DataComponentInterpretation::DataComponentInterpretation>;

  const std::vector<Patch> &get_patches() const override { return patches; }
  std::vector<std::string>  get_dataset_names() const override { return names; }
  std::vector<VectorRange>  get_nonscalar_data_ranges() const override { return vectors; }

  std::vector<Patch>       patches;
  std::vector<std::string> names;
  std::vector<VectorRange> vectors;
};

/// Writes one output time into `folder` and returns the name of the file to open.
template <int dim>
std::string write_cells(const OutputParameters &parameters, const std::string &folder, unsigned int number,
                        const CellFields &fields)
{
  CellData<dim>                 data(parameters, fields);
  dealii::DataOutBase::VtkFlags flags;
  using Level                    = decltype(flags.compression_level);
  flags.compression_level        = parameters.compression == OutputParameters::Compression::none ?
                                     Level::no_compression :
                                     (parameters.compression == OutputParameters::Compression::fast ? Level::best_speed :
                                                                                                      Level::best_compression);
  flags.print_date_and_time      = false; // files of equal runs are equal
  flags.write_higher_order_cells = fields.degree() > 1;
  data.set_flags(flags);

  const MPI_Comm     comm    = fields.mesh().communicator();
  const unsigned int n_ranks = dealii::Utilities::MPI::n_mpi_processes(comm);
  const unsigned int n_files = std::min(parameters.files_per_time, n_ranks);
  if (n_files > 1)
    return data.write_vtu_with_pvtu_record(folder + "/", "density", number, comm, 4, n_files);
  const std::string name = "density_" + dealii::Utilities::int_to_string(number, 4) + ".vtu";
  data.write_vtu_in_parallel(folder + "/" + name, comm);
  return name;
}
} // namespace

DensityOutput::DensityOutput(const OutputParameters &output_parameters, const RunDirectory &run_directory)
  : parameters(output_parameters)
  , directory(run_directory)
{
  if (parameters.write_density)
    folder = directory.subdirectory("density");
}

bool DensityOutput::due(bool last) const
{
  return parameters.write_density && (last || n_outputs % parameters.every == 0);
}

void DensityOutput::write(double time, const CellFields &fields)
{
  ++n_outputs;
  if (!parameters.write_density)
    return;
  std::string  file, error;
  unsigned int number = static_cast<unsigned int>(entries.size());
  // In one dimension every rank has the whole mesh.
  if (fields.mesh().speaks())
    {
      try
        {
          switch (fields.mesh().dimension())
            {
              case 1:
                file = write_cells<1>(parameters, folder, number, fields);
                break;
              case 2:
                file = write_cells<2>(parameters, folder, number, fields);
                break;
              default:
                file = write_cells<3>(parameters, folder, number, fields);
            }
        }
      catch (const std::exception &)
        {
          error = "Cannot write the density to " + folder + ": is the disk full?";
        }
    }
  const MPI_Comm comm = directory.communicator();
  int            rank;
  MPI_Comm_rank(comm, &rank);
  entries.emplace_back(time, "density/" + dealii::Utilities::MPI::broadcast(comm, file));
  if (rank == 0 && error.empty())
    {
      const std::string path = directory.file("density.pvd");
      std::ofstream     record(path);
      record.precision(17);
      record
        << "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n<Collection>\n";
      for (const auto &entry : entries)
        record << "<DataSet timestep=\"" << entry.first << "\" group=\"\" part=\"0\" file=\"" << entry.second << "\"/>\n";
      record << "</Collection>\n</VTKFile>\n";
      record.close();
      if (!record)
        error = "Cannot write " + path + ": is the disk full?";
    }
  int failed = error.empty() ? 0 : 1;
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm);
  if (failed != 0)
    throw RunError(error.empty() ? "Cannot write the density: another rank failed." : error);
}
} // namespace rhoflow
