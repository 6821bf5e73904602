#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>
#include <solvers/comparison/distance_table.h>
#include <solvers/comparison/distances.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/run_distance.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/comparison/written_measures.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numeric>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

/// A density at rest is there at all times.
bool same_time(double one, double other)
{
  return std::isinf(one) || std::isinf(other) || std::abs(one - other) <= 1e-9 * std::max(1., std::abs(one));
}

Measure along(const Measure &pieces, unsigned int d, unsigned int D)
{
  Measure line;
  for (std::size_t i = d; i < pieces.points.size(); i += D)
    {
      line.points.push_back(pieces.points[i]);
      if (!pieces.extents.empty())
        line.extents.push_back(pieces.extents[i]);
    }
  line.weights = pieces.weights;
  return line;
}

constexpr unsigned int  n_directions = 32, n_bins = 4096, n_resamples = 200;
constexpr std::size_t   n_points = 512, n_points_of_bound = 128;
constexpr std::uint64_t seed = 1;

/// What is between measures of networks and their law with 95 % probability (Distances::bootstrap, sampled_transport). Zeros
/// for a density.
struct Bounds
{
  std::vector<double> coordinates, coordinates_w2;
  double              sliced = 0., sliced_w2 = 0., energy = 0.;
  TransportDistances  transport;

  Bounds(const WrittenMeasure &measure, const WrittenMeasure &other, unsigned int D)
    : coordinates(D, 0.)
    , coordinates_w2(D, 0.)
  {
    if (measure.n_networks == 0)
      return;
    const std::vector<double> &points = measure.pieces.points;
    const std::size_t          size   = points.size() / D / measure.n_networks;
    std::vector<unsigned int>  numbers(measure.n_networks);
    std::iota(numbers.begin(), numbers.end(), 0U);
    const Distances::Result bound = Distances(D, n_directions, n_bins)
                                      .bootstrap(points, size, numbers, measure.n_networks, n_resamples, seed, MPI_COMM_SELF)
                                      .bound;
    coordinates    = bound.coordinates;
    coordinates_w2 = bound.coordinates_w2;
    sliced         = bound.sliced;
    sliced_w2      = bound.sliced_w2;
    energy         = bound.energy;
    transport      = sampled_transport(other.pieces, {points, size, numbers, measure.n_networks}, D, n_points_of_bound,
                                       n_resamples / 10, seed, MPI_COMM_SELF)
                  .bound;
  }
};

void add_row(Statistics &table, double time, const WrittenMeasure &first, const WrittenMeasure &second,
             const std::vector<std::string> &names)
{
  const auto               D       = static_cast<unsigned int>(names.size());
  const TransportDistances written = {first.error.w1 + second.error.w1, first.error.w2 + second.error.w2};
  const bool   bounded = first.n_networks != 1 && second.n_networks != 1 && first.n_networks + second.n_networks > 0;
  const Bounds none({}, {}, D);
  const Bounds one_bound = bounded ? Bounds(first, second, D) : none, other_bound = bounded ? Bounds(second, first, D) : none;
  const auto   set = [&](const std::string &name, double value, const auto &bound_in) {
    table.set(name, value);
    if (!bounded)
      return;
    const double bound = bound_in(one_bound) + bound_in(other_bound);
    table.set(name + " low", std::max(value - bound, 0.));
    table.set(name + " high", value + bound);
  };
  table.set("time", time);
  for (unsigned int d = 0; d < D; ++d)
    {
      const TransportDistances exact = line_distances(distribution_line(along(first.pieces, d, D)),
                                                      distribution_line(along(second.pieces, d, D)));
      set("W1 " + names[d], exact.w1, [d](const Bounds &bounds) { return bounds.coordinates[d]; });
      set("W2 " + names[d], exact.w2, [d](const Bounds &bounds) { return bounds.coordinates_w2[d]; });
    }
  const Distances::Result sliced = Distances(D, n_directions, n_bins).between(first.pieces, second.pieces, MPI_COMM_SELF);
  set("sliced W1", sliced.sliced, [](const Bounds &bounds) { return bounds.sliced; });
  set("sliced W2", sliced.sliced_w2, [](const Bounds &bounds) { return bounds.sliced_w2; });
  table.set("W1 resolution", sliced.resolution);
  set("energy distance", sliced.energy, [](const Bounds &bounds) { return bounds.energy; });
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
  set("W1", distance.w1, [](const Bounds &bounds) { return bounds.transport.w1; });
  table.set("W1 sampling error", error.w1);
  set("W2", distance.w2, [](const Bounds &bounds) { return bounds.transport.w2; });
  table.set("W2 sampling error", error.w2);
  table.set("W1 written error", written.w1);
  table.set("W2 written error", written.w2);
  table.finish_row();
}
} // namespace

std::string run_distance(const std::string &first_run, const std::string &second_run, MPI_Comm communicator)
{
  // A name may stand for another file where another rank was started, or on another machine.
  if (rank_of(communicator) != 0)
    return {};
  const WrittenMeasures first(first_run), second(second_run);
  if (first.names() != second.names())
    throw InputError(Refusal::inconsistent, "",
                     "'" + first_run + "' and '" + second_run + "' have measures of different coordinates.");
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < first.times().size(); ++i)
    for (std::size_t j = 0; j < second.times().size(); ++j)
      if (same_time(first.times()[i], second.times()[j]))
        pairs.emplace_back(i, j);
  if (pairs.empty())
    throw InputError(Refusal::inconsistent, "", "'" + first_run + "' and '" + second_run + "' have no output time in common.");
  DistanceTable written(second.directory(), second.of_networks_beside() ? "distances_of_particles_to_" : "distances_to_",
                        first.directory(), first.of_networks_beside() ? "_particles" : "");
  if (const std::string path = written.path(); fs::exists(path))
    throw InputError(Refusal::exists, "", "'" + path + "' exists; remove it to compare again.");

  Statistics table("", false);
  for (const auto &[i, j] : pairs)
    add_row(table, std::min(first.times()[i], second.times()[j]), first.read(i), second.read(j), first.names());
  const std::string path = written.write(table);
  std::string       text;
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
