#include <solvers/discretization/density_output.h>

#include <deal.II/base/data_out_base.h>
#include <deal.II/base/mpi.h>
#include <deal.II/base/utilities.h>
#include <deal.II/grid/reference_cell.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include <solvers/base/checkpoint.h>
#include <solvers/base/complete_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
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

/// What zlib leaves of the files of a density, about: most of a box is smooth or empty.
const double typical_compression = 0.35;

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
    const double threshold = parameters.left_out_below > 0. ? parameters.left_out_below * largest_density(fields, n_points) :
                                                              0.;
    patches.reserve(cells.size());
    for (std::size_t c = 0; c < cells.size(); ++c)
      {
        if (threshold > 0.)
          {
            fields.values(c, "density", values.data());
            if (*std::max_element(values.begin(), values.begin() + n_points) < threshold)
              continue;
          }
        patches.emplace_back();
        auto &patch = patches.back();
        for (unsigned int vertex = 0; vertex < (1U << dim); ++vertex)
          for (unsigned int d = 0; d < dim; ++d)
            patch.vertices[vertex][d] = mesh.position(cells[c], d, (vertex >> d) & 1U);
        patch.patch_index    = static_cast<unsigned int>(patches.size() - 1);
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

  /// This rank's part of a file; `first` and `last` of those that write it together have its beginning and its end.
  std::string part(const dealii::DataOutBase::VtkFlags &flags, bool first, bool last) const
  {
    std::ostringstream text;
    if (first)
      dealii::DataOutBase::write_vtu_header(text, flags);
    if (!patches.empty())
      dealii::DataOutBase::write_vtu_main(patches, names, vectors, flags, text);
    if (last)
      dealii::DataOutBase::write_vtu_footer(text);
    return text.str();
  }

private:
  static double largest_density(const CellFields &fields, unsigned int n_points)
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

unsigned int number_of_files(const OutputParameters &parameters, MPI_Comm communicator)
{
  return std::min(parameters.files_per_time, static_cast<unsigned int>(number_of_ranks(communicator)));
}

/// Writes one output time into `file`, with pieces beside it if there are to be several. Collective.
template <int dim>
void write_cells(const OutputParameters &parameters, const RunDirectory &directory, const std::string &file,
                 const CellFields &fields)
{
  const CellData<dim>           data(parameters, fields);
  dealii::DataOutBase::VtkFlags flags;
  using Compression              = OutputParameters::Compression;
  using Level                    = decltype(flags.compression_level);
  flags.compression_level        = parameters.compression == Compression::none ?
                                     Level::no_compression :
                                     (parameters.compression == Compression::fast ? Level::best_speed : Level::best_compression);
  flags.print_date_and_time      = false; // files of equal runs are equal
  // Curved lines of deal.II 9.4 have their nodes mixed up; straight pieces between the nodes are as good to the eye.
  flags.write_higher_order_cells = dim > 1 && fields.degree() > 1;

  const MPI_Comm     comm    = fields.mesh().communicator();
  const int          rank    = rank_of(comm);
  const unsigned int n_files = number_of_files(parameters, comm);
  const auto         write   = [&](const std::string &name, MPI_Comm writers) {
    const int writer = rank_of(writers);
    write_complete_file(directory.file(name), data.part(flags, writer == 0, writer + 1 == number_of_ranks(writers)), writers);
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
    write_complete_file(directory.file(file), [&](std::ostream &out) { data.write_pvtu_record(out, names); });
}
} // namespace

DensityOutput::DensityOutput(const OutputParameters &output_parameters, const RunDirectory &run_directory)
  : parameters(output_parameters)
  , directory(run_directory)
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
    if (!fields.mesh().speaks())
      return;
    switch (fields.mesh().dimension())
      {
        case 1:
          return write_cells<1>(parameters, directory, file, fields);
        case 2:
          return write_cells<2>(parameters, directory, file, fields);
        default:
          return write_cells<3>(parameters, directory, file, fields);
      }
  });
}
} // namespace rhoflow
