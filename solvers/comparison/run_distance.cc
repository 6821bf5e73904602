#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/comparison/distances.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/run_distance.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

/// The name of the directory itself, however its path is written.
std::string name_of(const std::string &directory)
{
  return fs::weakly_canonical(fs::absolute(directory)).filename().string();
}

Pieces along(const Pieces &pieces, unsigned int d, unsigned int D)
{
  Pieces line;
  for (std::size_t i = 0; i < pieces.weights.size(); ++i)
    {
      line.points.push_back(pieces.points[i * D + d]);
      line.extents.push_back(pieces.extents[i * D + d]);
    }
  line.weights = pieces.weights;
  return line;
}

void add_row(Statistics &table, const WrittenMeasure &first, const WrittenMeasure &second,
             const std::vector<std::string> &names)
{
  constexpr unsigned int   n_directions = 32, n_bins = 4096;
  constexpr std::size_t    n_points = 512;
  const auto               D        = static_cast<unsigned int>(names.size());
  const TransportDistances written  = {first.error.w1 + second.error.w1, first.error.w2 + second.error.w2};
  table.set("time", second.time);
  for (unsigned int d = 0; d < D; ++d)
    {
      const TransportDistances exact = line_distances(distribution_line(along(first.pieces, d, D)),
                                                      distribution_line(along(second.pieces, d, D)));
      table.set("W1 " + names[d], exact.w1);
      table.set("W2 " + names[d], exact.w2);
    }
  const Distances::Result sliced = Distances(D, n_directions, n_bins).between(first.pieces, second.pieces, MPI_COMM_SELF);
  table.set("sliced W1", sliced.sliced);
  table.set("sliced W2", sliced.sliced_w2);
  table.set("W1 resolution", sliced.resolution);
  table.set("energy distance", sliced.energy);
  TransportDistances distance, error = written;
  if (D == 1)
    distance = line_distances(distribution_line(first.pieces), distribution_line(second.pieces));
  else
    {
      const Quantization one   = quantize(first.pieces, D, n_points),
                         other = quantize(second.pieces, D, n_points, {}, 1, one.axes);
      distance = {network_distance(one.points, other.points, D, 1), network_distance(one.points, other.points, D, 2)};
      error.w1 += one.error.w1 + other.error.w1;
      error.w2 += one.error.w2 + other.error.w2;
    }
  table.set("W1", distance.w1);
  table.set("W1 sampling error", error.w1);
  table.set("W2", distance.w2);
  table.set("W2 sampling error", error.w2);
  table.set("W1 written error", written.w1);
  table.set("W2 written error", written.w2);
  table.finish_row();
}
} // namespace

std::string run_distance(const std::string &first_run, const std::string &second_run, MPI_Comm communicator)
{
  const WrittenMeasures first = read_measures(first_run), second = read_measures(second_run);
  if (first.names != second.names)
    throw InputError("", "'" + first_run + "' and '" + second_run + "' have densities of different coordinates.");
  std::vector<std::pair<const WrittenMeasure *, const WrittenMeasure *>> pairs;
  for (const WrittenMeasure &one : first.measures)
    for (const WrittenMeasure &other : second.measures)
      if (std::abs(one.time - other.time) <= 1e-9 * std::max(1., std::abs(one.time)))
        pairs.emplace_back(&one, &other);
  if (pairs.empty())
    throw InputError("", "'" + first_run + "' and '" + second_run + "' have no output time in common.");
  const std::string path = (fs::path(second_run) / ("distances_to_" + name_of(first_run) + ".csv")).string();
  if (fs::exists(path))
    throw InputError("", "'" + path + "' exists; remove it to compare again.");
  MPI_Barrier(communicator); // all ranks have looked before one writes
  if (rank_of(communicator) != 0)
    return {};

  Statistics table(path, true);
  for (const auto &[one, other] : pairs)
    add_row(table, *one, *other, first.names);
  std::string text;
  for (std::size_t c = 0; c < table.columns().size(); ++c)
    {
      std::string line = table.columns()[c];
      line.resize(std::max<std::size_t>(line.size(), 20), ' ');
      for (const auto &row : table.rows())
        {
          const std::string value = short_number(row[c], 4);
          line += std::string(value.size() < 12 ? 12 - value.size() : 1, ' ') + value;
        }
      text += line + "\n";
    }
  return text + "written to " + path + "\n";
}
} // namespace rhoflow
