#include <solvers/base/error.h>
#include <solvers/base/run_directory.h>
#include <solvers/characteristics/point_output.h>

#include <deal.II/base/data_out_base.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
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

PointOutput::PointOutput(const RunDirectory &directory)
  : communicator(directory.communicator())
  , record(directory.file("points.pvd"))
  , folder(directory.subdirectory("points"))
{}

void PointOutput::write(double time, unsigned int dimension, const std::vector<double> &points,
                        const std::vector<std::pair<std::string, std::vector<double>>> &fields)
{
  char name[40];
  std::snprintf(name, sizeof(name), "points_%04u.vtu", static_cast<unsigned int>(entries.size()));
  entries.emplace_back(time, std::string("points/") + name);

  // One rank writes, since MPI does not say that the disk is full.
  int rank;
  MPI_Comm_rank(communicator, &rank);
  std::vector<double>                                      all_points = gather(points, communicator);
  std::vector<std::pair<std::string, std::vector<double>>> all_fields;
  for (const auto &field : fields)
    all_fields.emplace_back(field.first, gather(field.second, communicator));

  int good = 1;
  if (rank == 0)
    {
      std::ofstream file(folder + "/" + name, std::ios::binary);
      Points(dimension, all_points, all_fields).write_vtu(file);
      file.close();
      std::ofstream list(record);
      dealii::DataOutBase::write_pvd_record(list, entries);
      list.close();
      good = (file && list ? 1 : 0);
    }
  MPI_Bcast(&good, 1, MPI_INT, 0, communicator);
  if (good == 0)
    throw RunError("Cannot write " + folder + "/" + name + " or " + record + ": is the disk full?");
}
} // namespace rhoflow
