#include <solvers/base/files/complete_file.h>
#include <solvers/base/files/vtk_data.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/particle_output.h>
#include <solvers/particles/ensemble/replicas.h>

#include <algorithm>
#include <cstdint>
#include <sstream>

namespace rhoflow
{
namespace
{
/// Rows [n][columns] of all ranks, replica by replica, on rank 0. `local` holds equally long parts for `replicas`.
std::vector<double> gather_replicas(const Replicas &replicas, const std::vector<double> &local, std::size_t part)
{
  const int           rank = rank_of(replicas.communicator());
  const unsigned int  R    = replicas.parameters().n_replicas;
  std::vector<double> all(rank == 0 ? R * part : 0);
  const double       *data = local.data();
  for (unsigned int r = 0; r < R; ++r)
    {
      const int owner = replicas.owner(r);
      if (rank == 0 && owner == 0)
        std::copy_n(data, part, all.data() + r * part);
      else if (rank == 0)
        MPI_Recv(all.data() + r * part, static_cast<int>(part), MPI_DOUBLE, owner, static_cast<int>(r), replicas.communicator(),
                 MPI_STATUS_IGNORE);
      else if (rank == owner)
        MPI_Send(data, static_cast<int>(part), MPI_DOUBLE, 0, static_cast<int>(r), replicas.communicator());
      if (rank == owner)
        data += part;
    }
  return all;
}

/// Arrays of a VTK XML file that are kept behind the XML: offsets are counted from the underscore.
class AppendedData
{
public:
  explicit AppendedData(SnapshotParameters::Compression wanted)
    : compression(wanted)
  {}

  template <typename Number>
  std::string add(const std::string &name, const char *type, std::size_t n_components, const std::vector<Number> &data)
  {
    std::ostringstream tag;
    tag << "<DataArray type=\"" << type << "\" Name=\"" << name << "\" NumberOfComponents=\"" << n_components
        << "\" format=\"appended\" offset=\"" << bytes.size() << "\"/>\n";
    bytes += vtk_appended_array(data.data(), data.size() * sizeof(Number), compression);
    return tag.str();
  }

  std::string bytes;

private:
  SnapshotParameters::Compression compression;
};

void write_points(std::ostream &out, double time, const std::vector<std::string> &names, const std::vector<double> &coordinates,
                  const std::vector<double> &parameters, std::size_t n_parameters, std::uint64_t n_neurons,
                  SnapshotParameters::Compression compression)
{
  const std::size_t         D = names.size(), n = coordinates.size() / D;
  AppendedData              data(compression);
  std::vector<double>       points(3 * n, 0.), column(n);
  std::vector<std::int64_t> connectivity(n), end{static_cast<std::int64_t>(n)};
  std::vector<std::int32_t> replica(n);
  for (std::size_t j = 0; j < n; ++j)
    {
      for (std::size_t i = 0; i < std::min<std::size_t>(D, 3); ++i)
        points[3 * j + i] = coordinates[j * D + i];
      connectivity[j] = static_cast<std::int64_t>(j);
      replica[j]      = static_cast<std::int32_t>(j / n_neurons);
    }
  out << "<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\""
      << (compression == SnapshotParameters::Compression::none ? "" : " compressor=\"vtkZLibDataCompressor\"")
      << ">\n<PolyData>\n"
      << vtk_field_data(time, names) << "<Piece NumberOfPoints=\"" << n
      << "\" NumberOfVerts=\"1\" NumberOfLines=\"0\" NumberOfStrips=\"0\" NumberOfPolys=\"0\">\n"
      << "<Points>\n"
      << data.add("points", "Float64", 3, points) << "</Points>\n"
      << "<Verts>\n"
      << data.add("connectivity", "Int64", 1, connectivity) << data.add("offsets", "Int64", 1, end) << "</Verts>\n"
      << "<PointData>\n";
  for (std::size_t i = 0; i < D; ++i)
    {
      for (std::size_t j = 0; j < n; ++j)
        column[j] = coordinates[j * D + i];
      out << data.add(xml_escaped(names[i]), "Float64", 1, column);
    }
  out << data.add("replica", "Int32", 1, replica);
  if (!parameters.empty())
    out << data.add("parameters", "Float64", n_parameters, parameters);
  out << "</PointData>\n</Piece>\n</PolyData>\n<AppendedData encoding=\"raw\">\n_";
  out.write(data.bytes.data(), static_cast<std::streamsize>(data.bytes.size()));
  out << "\n</AppendedData>\n</VTKFile>\n";
}
} // namespace

ParticleOutput::ParticleOutput(const RunDirectory &run_directory, const Replicas &networks)
  : replicas(networks)
  , directory(run_directory)
{
  if (replicas.parameters().writing != ParticleParameters::Writing::none)
    record.emplace(directory, "particles");
}

void ParticleOutput::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("outputs of particles", n_outputs);
}

void ParticleOutput::load(const CheckpointReader &checkpoint)
{
  n_outputs = checkpoint.integer("outputs of particles");
  if (record)
    record->resume_from(checkpoint.time());
}

void ParticleOutput::write(double time, bool last)
{
  const ParticleParameters &settings = replicas.parameters();
  // Counted in any case: a run that goes on may write more than it did before.
  const bool due = settings.snapshots.due(static_cast<unsigned int>(n_outputs++), last);
  if (!record || !due)
    return;
  const LearningProblem &problem = replicas.learning_problem();
  const unsigned int     D = problem.n_parameters(), n = problem.particle_neuron().n_parameters();

  std::vector<double> coordinates = replicas.local_coordinates(), parameters;
  if (settings.write_parameters)
    parameters = replicas.local_parameters();
  if (settings.writing == ParticleParameters::Writing::all_replicas)
    {
      coordinates = gather_replicas(replicas, coordinates, settings.n_neurons * D);
      if (settings.write_parameters)
        parameters = gather_replicas(replicas, parameters, settings.n_neurons * n);
    }
  else
    {
      // The first replica lives on rank 0.
      coordinates.resize(std::min<std::size_t>(coordinates.size(), settings.n_neurons * D));
      parameters.resize(std::min<std::size_t>(parameters.size(), settings.n_neurons * n));
    }

  const std::string file = record->next_file(time, ".vtp");
  record->add(time, file, [&]() {
    if (rank_of(replicas.communicator()) == 0)
      write_complete_file(directory.file(file), [&](std::ostream &out) {
        write_points(out, time, problem.parameter_names(), coordinates, parameters, n, settings.n_neurons,
                     settings.snapshots.compression);
      });
  });
}
} // namespace rhoflow
