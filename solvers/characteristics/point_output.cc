#include <solvers/base/checkpoint.h>
#include <solvers/base/complete_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/characteristics/point_output.h>

#include <deal.II/base/data_out_base.h>

#include <algorithm>
#include <numeric>

namespace rhoflow
{
namespace
{
/// Points as patches of dimension zero.
class Points : public dealii::DataOutInterface<0, 3>
{
public:
  Points(unsigned int dimension, const std::vector<double> &points,
         const std::vector<std::pair<std::string, std::vector<double>>> &fields)
    : patches(points.size() / dimension)
  {
    for (const auto &field : fields)
      names.push_back(field.first);
    for (unsigned int i = 0; i < patches.size(); ++i)
      {
        for (unsigned int d = 0; d < std::min(dimension, 3u); ++d)
          patches[i].vertices[0][d] = points[i * dimension + d];
        patches[i].patch_index = i;
        patches[i].data.reinit(static_cast<unsigned int>(fields.size()), 1);
        for (unsigned int f = 0; f < fields.size(); ++f)
          patches[i].data(f, 0) = static_cast<float>(fields[f].second[i]);
      }
  }

private:
  const std::vector<dealii::DataOutBase::Patch<0, 3>> &get_patches() const override { return patches; }
  std::vector<std::string>                             get_dataset_names() const override { return names; }

  std::vector<dealii::DataOutBase::Patch<0, 3>> patches;
  std::vector<std::string>                      names;
};

/// The parts of all ranks one after the other, on rank 0.
std::vector<double> gather(const std::vector<double> &local, MPI_Comm communicator)
{
  int rank, size;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_size(communicator, &size);
  const int        count = static_cast<int>(local.size());
  std::vector<int> counts(static_cast<std::size_t>(size)), offsets(static_cast<std::size_t>(size), 0);
  MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, communicator);
  std::partial_sum(counts.begin(), counts.end() - 1, offsets.begin() + 1);
  std::vector<double> all(rank == 0 ? static_cast<std::size_t>(offsets.back() + counts.back()) : 0);
  MPI_Gatherv(local.data(), count, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0, communicator);
  return all;
}
} // namespace

PointOutput::PointOutput(const RunDirectory &run_directory, const SnapshotParameters &snapshot_parameters)
  : directory(run_directory)
  , parameters(snapshot_parameters)
  , record(directory, "points")
{}

void PointOutput::write(double time, unsigned int dimension, const std::vector<double> &points,
                        const std::vector<std::pair<std::string, std::vector<double>>> &fields)
{
  const MPI_Comm                                           communicator = directory.communicator();
  const std::vector<double>                                all_points   = gather(points, communicator);
  std::vector<std::pair<std::string, std::vector<double>>> all_fields;
  for (const auto &field : fields)
    all_fields.emplace_back(field.first, gather(field.second, communicator));

  const std::string name = record.next_file(time, ".vtu");
  record.add(time, name, [&]() {
    if (rank_of(communicator) != 0)
      return;
    Points                        data(dimension, all_points, all_fields);
    dealii::DataOutBase::VtkFlags flags;
    using Compression         = SnapshotParameters::Compression;
    using Level               = decltype(flags.compression_level);
    flags.compression_level   = parameters.compression == Compression::none ?
                                  Level::no_compression :
                                  (parameters.compression == Compression::fast ? Level::best_speed : Level::best_compression);
    flags.print_date_and_time = false; // files of equal runs are equal
    data.set_flags(flags);
    write_complete_file(directory.file(name), [&](std::ostream &file) { data.write_vtu(file); });
  });
}

void PointOutput::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("points outputs", std::uint64_t(n_outputs));
}

void PointOutput::load(const CheckpointReader &checkpoint, double time)
{
  n_outputs = static_cast<unsigned int>(checkpoint.integer("points outputs"));
  record.take_up(time);
}
} // namespace rhoflow
