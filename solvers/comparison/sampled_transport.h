#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mpi.h>

#include <solvers/comparison/transport.h>

namespace rhoflow
{
/// Networks as measures: the points of this rank's networks, one after the other.
struct NetworkPoints
{
  const std::vector<double>       &points;      ///< [networks of this rank · sample_size][D]
  std::size_t                      sample_size; ///< neurons in a network
  const std::vector<unsigned int> &numbers;     ///< of this rank's networks out of `n_networks`
  unsigned int                     n_networks;
};

/// W1 and W2 in R^D itself between a density in pieces, spread over ranks, and the average ν of networks.
struct SampledTransport
{
  TransportDistances distance; ///< of both measures drawn together into points (Quantization); exact in one dimension
  /// The distance of the measures themselves is at most that far off: the sum of what drawing together cost on both sides. For
  /// measures that are alike the costs are alike, and the distance is off by far less (solvers/comparison/README.md).
  TransportDistances error;
  /// The distance between ν and its expectation, by the bootstrap over networks, points drawn together anew every time: mean,
  /// with Resampling::mean_factor(), and 95 % quantile, as the mean plus 1.645 standard deviations of few resamples, with
  /// Resampling::quantile_factor().
  TransportDistances floor, bound;
};

/// The pieces of all ranks one after the other, on rank 0. Collective.
Measure gathered(const Measure &part, MPI_Comm communicator);

/// `density`: this rank's part, with weights. `n_points`: in each measure after drawing together; on a line only for the
/// bound.
/// `n_resamples` = 0: no floor, no bound. Bitwise the same for every partition; resamples are dealt out to the ranks. Rank 0
/// holds all pieces for a while. Collective.
SampledTransport sampled_transport(const Measure &density, const NetworkPoints &networks, unsigned int dimension,
                                   std::size_t n_points, unsigned int n_resamples, std::uint64_t seed, MPI_Comm communicator);
} // namespace rhoflow
