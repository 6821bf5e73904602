#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/ranks.h>
#include <solvers/comparison/bootstrap.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/sampled_transport.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rhoflow
{
namespace
{
/// The parts of all ranks one after the other, on rank 0.
std::vector<double> gather(const std::vector<double> &part, MPI_Comm communicator)
{
  const int        mine = static_cast<int>(part.size()), n_ranks = number_of_ranks(communicator);
  std::vector<int> sizes(n_ranks), starts(n_ranks, 0);
  MPI_Gather(&mine, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, communicator);
  std::partial_sum(sizes.begin(), sizes.end() - 1, starts.begin() + 1);
  const bool          root = rank_of(communicator) == 0;
  std::vector<double> all(root ? starts.back() + sizes.back() : 0);
  MPI_Gatherv(part.data(), mine, MPI_DOUBLE, all.data(), sizes.data(), starts.data(), MPI_DOUBLE, 0, communicator);
  return all;
}

template <typename Number>
void broadcast(std::vector<Number> &values, MPI_Comm communicator)
{
  unsigned long size = values.size();
  MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, communicator);
  values.resize(size);
  MPI_Bcast(values.data(), static_cast<int>(size * sizeof(Number)), MPI_BYTE, 0, communicator);
}

/// Large networks are drawn together on their own ranks first.
constexpr std::size_t largest_network = 4096;

/// Resamples give new weights to so many times the points of the distance, and are drawn together from these.
constexpr std::size_t fine_points = 8;
} // namespace

Measure gathered(const Measure &part, MPI_Comm communicator)
{
  return {gather(part.points, communicator), gather(part.weights, communicator), gather(part.extents, communicator)};
}

SampledTransport sampled_transport(const Measure &density, const NetworkPoints &networks, unsigned int dimension,
                                   std::size_t n_points, unsigned int n_resamples, std::uint64_t seed, MPI_Comm communicator)
{
  const Resampling   resampling(networks.n_networks, seed);
  const unsigned int G = resampling.n_groups();

  // Points with their groups and the error of drawing a network together; the average over networks counts each of them once.
  Measure             part;
  std::vector<double> part_labels;
  ExactSum            sums[2];
  for (std::size_t r = 0; r < networks.numbers.size(); ++r)
    {
      const auto begin = networks.points.begin() + static_cast<std::ptrdiff_t>(r * networks.sample_size * dimension);
      Measure    network{{begin, begin + static_cast<std::ptrdiff_t>(networks.sample_size * dimension)}, {}, {}};
      network.weights.assign(networks.sample_size, 1. / static_cast<double>(networks.sample_size));
      if (networks.sample_size > largest_network)
        {
          Quantization quantized = quantize(network, dimension, largest_network);
          sums[0].add(quantized.error.w1 / networks.n_networks);
          sums[1].add(quantized.error.w2 * quantized.error.w2 / networks.n_networks);
          network = std::move(quantized.points);
        }
      part.points.insert(part.points.end(), network.points.begin(), network.points.end());
      part.weights.insert(part.weights.end(), network.weights.begin(), network.weights.end());
      part_labels.insert(part_labels.end(), network.weights.size(), resampling.group(networks.numbers[r]));
    }
  const Measure             whole = gathered(density, communicator), pool = gathered(part, communicator);
  const std::vector<double> labels = gather(part_labels, communicator);

  SampledTransport result;
  result.error = {global_sum(sums[0], communicator), std::sqrt(global_sum(sums[1], communicator))};
  Quantization        first, second, fine;
  std::vector<double> exact; // both distances on a line
  if (rank_of(communicator) == 0)
    {
      if (dimension > 1)
        {
          first  = quantize(whole, dimension, n_points);
          second = quantize(pool, dimension, n_points, {}, 1, first.axes);
        }
      else
        {
          const TransportDistances distances = line_distances(distribution_line(whole), distribution_line(pool));
          exact                              = {distances.w1, distances.w2};
        }
      if (n_resamples > 0)
        fine = quantize(pool, dimension, fine_points * n_points, {labels.begin(), labels.end()}, G);
    }
  std::vector<double> errors = {first.error.w1, first.error.w2, second.error.w1, second.error.w2};
  for (std::vector<double> *const values :
       {&first.points.points, &first.points.weights, &second.points.points, &second.points.weights, &fine.points.points,
        &fine.points.weights, &fine.label_masses, &exact, &errors})
    broadcast(*values, communicator);
  broadcast(first.axes, communicator);
  if (dimension > 1)
    {
      result.error.w1 += errors[0] + errors[2];
      result.error.w2 += errors[1] + errors[3];
    }

  // Entries 0 and 1 are the distances, those behind belong to resamples; for p = 1 and 2 in turn.
  const std::size_t   n_values = 2 * (std::size_t(n_resamples) + 1);
  std::vector<double> distances(n_values, 0.);
  const auto          between = [&](const Measure &one, const Measure &other, double *values) {
    if (dimension == 1)
      {
        const TransportDistances both = line_distances(distribution_line(one), distribution_line(other));
        values[0]                     = both.w1;
        values[1]                     = both.w2;
      }
    else
      for (const unsigned int p : {1, 2})
        values[p - 1] = network_distance(one, other, dimension, p);
  };
  const auto in_points = [&](const Measure &measure) {
    return dimension == 1 ? measure : quantize(measure, dimension, n_points, {}, 1, first.axes).points;
  };
  const auto mine = [&](std::size_t task) {
    return task % static_cast<std::size_t>(number_of_ranks(communicator)) == static_cast<std::size_t>(rank_of(communicator));
  };
  if (mine(0))
    {
      if (dimension == 1)
        std::copy(exact.begin(), exact.end(), distances.begin());
      else
        between(first.points, second.points, distances.data());
    }
  if (n_resamples > 0)
    {
      const Measure all = in_points(fine.points);
      for (unsigned int k = 0; k < n_resamples; ++k)
        if (mine(k + 1))
          {
            const std::vector<double> counts  = resampling.counts(k);
            Measure                   redrawn = fine.points;
            for (std::size_t i = 0; i < redrawn.weights.size(); ++i)
              redrawn.weights[i] = std::inner_product(counts.begin(), counts.end(),
                                                      fine.label_masses.begin() + static_cast<std::ptrdiff_t>(i * G), 0.);
            between(all, in_points(redrawn), distances.data() + 2 * (std::size_t(k) + 1));
          }
    }
  MPI_Allreduce(MPI_IN_PLACE, distances.data(), static_cast<int>(n_values), MPI_DOUBLE, MPI_SUM, communicator);
  result.distance = {distances[0], distances[1]};
  for (const std::size_t p : {0, 1})
    {
      std::vector<double> sample;
      for (std::size_t k = 2 + p; k < n_values; k += 2)
        sample.push_back(distances[k]);
      if (sample.empty())
        break;
      const double deviation = sample.size() < 2 ? 0. : standard_error(sample) * std::sqrt(static_cast<double>(sample.size()));
      (p == 0 ? result.floor.w1 : result.floor.w2) = resampling.mean_factor() * mean(sample);
      (p == 0 ? result.bound.w1 : result.bound.w2) = resampling.quantile_factor() * (mean(sample) + 1.645 * deviation);
    }
  return result;
}
} // namespace rhoflow
