#pragma once

#include <cstddef>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// Wasserstein-1 distances between two measures on R^D that are given as weighted points spread over ranks. On a line,
///   W1(μ, ν) = ∫ |F_μ(x) − F_ν(x)| dx     (F: distribution function),
/// and the sliced distance is its mean over the directions of projection. Distribution functions live on a grid that covers all
/// points; the mass of a point goes to its two neighbours on the grid in proportion, as a 64-bit integer multiple of 2^−52 of
/// the total, so that the result is bitwise the same for every partition. A point's mass moves by at most half a bin, and so
/// the error is at most one bin (`resolution`).
class Distances
{
public:
  /// `dimension`: D ≤ 3.
  Distances(unsigned int dimension, unsigned int n_directions, unsigned int n_bins);

  struct Result
  {
    std::vector<double> coordinates; ///< along each axis, [D]
    double              sliced     = 0.;
    double              resolution = 0.; ///< the largest bin
  };

  /// Points [n][D] of this rank; weights ≥ 0, [n], or empty for equal ones. Each measure is normalised. Collective.
  Result between(const std::vector<double> &points, const std::vector<double> &weights, const std::vector<double> &other_points,
                 const std::vector<double> &other_weights, MPI_Comm communicator) const;

  /// Unit vectors, the axes first, [D + directions][D]; opposite directions count once.
  const std::vector<double> &directions() const { return vectors; }

private:
  unsigned int        dimension;
  unsigned int        n_bins;
  std::vector<double> vectors;
};
} // namespace rhoflow
