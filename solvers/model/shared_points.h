#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <mpi.h>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/model/measure.h>

namespace rhoflow
{
/// The points of an empirical measure in groups of this size, which are dealt to the ranks. A group is summed in order, and
/// groups are added exactly, so that integrals have the same bits on any number of ranks.
constexpr std::size_t points_of_a_group = 32;

/// This rank's share of the points of `law` in `dimension` coordinates, which is the same on every rank. `first`, unless null,
/// becomes the number of its first point in the whole law.
Measure share_of_points(const Measure &law, unsigned int dimension, MPI_Comm communicator, std::size_t *first = nullptr);

/// Σ_i w_i q_i over all ranks, [columns]: `add(i, w_i, sums)` adds w_i q_i of this rank's point i to `sums` [columns].
/// `weights`: of a share_of_points(). Collective.
template <class Add>
std::vector<double> integrals_over_points(const std::vector<double> &weights, const std::size_t columns,
                                          const MPI_Comm communicator, const Add &add)
{
  std::vector<ExactSum> sums(columns);
  std::vector<double>   group(columns);
  for (std::size_t first = 0; first < weights.size(); first += points_of_a_group)
    {
      std::fill(group.begin(), group.end(), 0.);
      for (std::size_t i = first; i < std::min(first + points_of_a_group, weights.size()); ++i)
        add(i, weights[i], group.data());
      for (std::size_t c = 0; c < columns; ++c)
        sums[c].add(group[c]);
    }
  return global_sums(std::move(sums), communicator);
}
} // namespace rhoflow
