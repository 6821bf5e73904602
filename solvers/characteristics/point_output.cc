#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/characteristics/point_output.h>

#include <algorithm>
#include <numeric>

namespace rhoflow
{
namespace
{
/// The parts of all ranks one after the other, on rank 0.
std::vector<double> gather(const std::vector<double> &local, MPI_Comm communicator)
{
  const int        rank = rank_of(communicator), size = number_of_ranks(communicator);
  const int        count = static_cast<int>(local.size());
  std::vector<int> counts(static_cast<std::size_t>(size)), offsets(static_cast<std::size_t>(size), 0);
  MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, communicator);
  std::partial_sum(counts.begin(), counts.end() - 1, offsets.begin() + 1);
  std::vector<double> all(rank == 0 ? static_cast<std::size_t>(offsets.back() + counts.back()) : 0);
  MPI_Gatherv(local.data(), count, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0, communicator);
  return all;
}
} // namespace

PointOutput::PointOutput(const RunDirectory &run_directory, const SnapshotParameters &snapshot_parameters,
                         std::vector<std::string> coordinate_names, const bool writes)
  : SnapshotSeries(run_directory, "points", snapshot_parameters, std::move(coordinate_names), writes)
  , communicator(run_directory.communicator())
{}

void PointOutput::write(double time, unsigned int dimension, const std::vector<double> &points,
                        const std::vector<std::pair<std::string, std::vector<double>>> &fields)
{
  const std::vector<double>                                all_points = gather(points, communicator);
  std::vector<std::pair<std::string, std::vector<double>>> all_fields;
  for (const auto &field : fields)
    all_fields.emplace_back(field.first, gather(field.second, communicator));

  series->write(time, rank_of(communicator) == 0 ? MPI_COMM_SELF : MPI_COMM_NULL, 1, [&]() {
    const std::size_t n = all_points.size() / dimension;
    VtuCells          cells(0, 1);
    for (const auto &field : all_fields)
      cells.add_field(field.first);
    for (std::size_t i = 0; i < n; ++i)
      {
        double place[3] = {0., 0., 0.};
        std::copy_n(&all_points[i * dimension], std::min(dimension, 3u), place);
        cells.add_cell(place, place);
        for (unsigned int f = 0; f < all_fields.size(); ++f)
          cells.add_values(f, &all_fields[f].second[i]);
      }
    return cells;
  });
}
} // namespace rhoflow
