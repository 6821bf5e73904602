#include <solvers/base/exact_sum.h>
#include <solvers/base/ranks.h>
#include <solvers/comparison/bootstrap.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/particles/sample_statistics.h>

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

void broadcast(std::vector<double> &values, MPI_Comm communicator)
{
  unsigned long size = values.size();
  MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, communicator);
  values.resize(size);
  MPI_Bcast(values.data(), static_cast<int>(size), MPI_DOUBLE, 0, communicator);
}

/// Large networks are drawn together on their own ranks first.
constexpr std::size_t largest_network = 4096;

double distance_between(const Pieces &first, const Pieces &second, unsigned int dimension, unsigned int p)
{
  if (dimension > 1)
    return network_distance(first, second, dimension, p);
  const TransportDistances distances = line_distances(distribution_line(first), distribution_line(second));
  return p == 1 ? distances.w1 : distances.w2;
}
} // namespace

SampledTransport sampled_transport(const Pieces &density, const NetworkPoints &networks, unsigned int dimension,
                                   std::size_t n_points, unsigned int n_resamples, std::uint64_t seed, MPI_Comm communicator)
{
  const Resampling   resampling(networks.n_networks, seed);
  const unsigned int G = resampling.n_groups();

  // Points with their groups and the error of drawing a network together; the average over networks counts each of them once.
  Pieces              part;
  std::vector<double> part_labels;
  ExactSum            sums[2];
  for (std::size_t r = 0; r < networks.numbers.size(); ++r)
    {
      const auto begin = networks.points.begin() + static_cast<std::ptrdiff_t>(r * networks.sample_size * dimension);
      Pieces     network{{begin, begin + static_cast<std::ptrdiff_t>(networks.sample_size * dimension)}, {}, {}};
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
  const Pieces              whole{gather(density.points, communicator), gather(density.weights, communicator),
                     gather(density.extents, communicator)};
  const Pieces              pool{gather(part.points, communicator), gather(part.weights, communicator), {}};
  const std::vector<double> labels = gather(part_labels, communicator);

  SampledTransport result;
  result.error = {global_sum(sums[0], communicator), std::sqrt(global_sum(sums[1], communicator))};
  Quantization        first, second;
  std::vector<double> line; // what rank 0 knows of a line: both distances
  if (rank_of(communicator) == 0)
    {
      second = quantize(pool, dimension, n_points, {labels.begin(), labels.end()}, G);
      if (dimension > 1)
        first = quantize(whole, dimension, n_points);
      else
        {
          const TransportDistances exact = line_distances(distribution_line(whole), distribution_line(pool));
          line                           = {exact.w1, exact.w2};
        }
    }
  std::vector<double> errors = {first.error.w1, first.error.w2, second.error.w1, second.error.w2};
  for (std::vector<double> *const values : {&first.points.points, &first.points.weights, &second.points.points,
                                            &second.points.weights, &second.label_masses, &line, &errors})
    broadcast(*values, communicator);
  if (dimension > 1)
    {
      result.error.w1 += errors[0] + errors[2];
      result.error.w2 += errors[1] + errors[3];
    }

  // Programme 0 is the distance (known on a line), the others are its resamples; each for p = 1 and 2.
  const std::size_t   n_programs = 2 * (std::size_t(n_resamples) + 1);
  std::vector<double> distances(n_programs, 0.);
  for (auto k = static_cast<std::size_t>(rank_of(communicator)); k < n_programs;
       k += static_cast<std::size_t>(number_of_ranks(communicator)))
    {
      const unsigned int p = k % 2 == 0 ? 1 : 2;
      if (k < 2)
        {
          distances[k] = dimension == 1 ? line[k] : network_distance(first.points, second.points, dimension, p);
          continue;
        }
      const std::vector<double> counts  = resampling.counts(static_cast<unsigned int>(k / 2 - 1));
      Pieces                    redrawn = second.points;
      for (std::size_t i = 0; i < redrawn.weights.size(); ++i)
        redrawn.weights[i] = std::inner_product(counts.begin(), counts.end(),
                                                second.label_masses.begin() + static_cast<std::ptrdiff_t>(i * G), 0.);
      distances[k] = distance_between(second.points, redrawn, dimension, p);
    }
  MPI_Allreduce(MPI_IN_PLACE, distances.data(), static_cast<int>(n_programs), MPI_DOUBLE, MPI_SUM, communicator);
  result.distance = {distances[0], distances[1]};
  for (const std::size_t p : {0, 1})
    {
      std::vector<double> sample;
      for (std::size_t k = 2 + p; k < n_programs; k += 2)
        sample.push_back(distances[k]);
      if (sample.empty())
        break;
      const double deviation = sample.size() < 2 ? 0. : standard_error(sample) * std::sqrt(static_cast<double>(sample.size()));
      (p == 0 ? result.bound.w1 : result.bound.w2) = resampling.quantile_factor() * (mean(sample) + 1.645 * deviation);
    }
  return result;
}
} // namespace rhoflow
