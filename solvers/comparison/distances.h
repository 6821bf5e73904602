#pragma once

#include <cstddef>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// Wasserstein-1 distances between two measures on R^D that are given in pieces spread over ranks: point masses, or
/// axis-parallel boxes over which a mass is spread evenly. On a line,
///   W1(μ, ν) = ∫ |F_μ(x) − F_ν(x)| dx     (F: distribution function),
/// and the sliced distance is its mean over the directions of projection.
///
/// A box with the widths δ, projected on the direction e, becomes the uniform law of the same mean and variance: an interval of
/// width √(Σ_d e_d² δ_d²), which is exact along the axes. Distribution functions live on a grid that covers everything; what is
/// compared are their means over the bins, which are exact for intervals and points. Only where F − G changes its sign inside a
/// bin does the mean hide something: the error is at most one bin (`resolution`), and far less for smooth measures.
/// Masses are 64-bit integer multiples of 2^−50 of the total, so that the result is bitwise the same for every partition.
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

  /// Of the first measure: centres [n][D] of this rank's pieces; weights ≥ 0, [n], or empty for equal ones; widths of the
  /// boxes, [n][D], or empty for points. The other measure consists of points. Each measure is normalised. Collective.
  Result between(const std::vector<double> &points, const std::vector<double> &weights, const std::vector<double> &extents,
                 const std::vector<double> &other_points, const std::vector<double> &other_weights,
                 MPI_Comm communicator) const;

  /// What sampling alone does: an estimate of the mean distance E W1(F̄, E F̄) between the average F̄ of R ≥ 2 independent
  /// random measures F_r and its expectation, from their spread over r. With the standard deviation s(x) of F_r(x), which is
  /// Gaussian by the central limit theorem, and its bias c4(R) = √(2/(R−1)) Γ(R/2)/Γ((R−1)/2),
  ///   E|F̄(x) − E F̄(x)| = √(2/(πR)) s(x)/c4(R),
  /// integrated over x. Points inside a measure may depend on each other. `points`: of this rank's measures, one after the
  /// other, each of `sample_size` points. Collective.
  Result sampling_floor(const std::vector<double> &points, std::size_t sample_size, MPI_Comm communicator) const;

  /// Unit vectors, the axes first, [D + directions][D]; opposite directions count once.
  const std::vector<double> &directions() const { return vectors; }

private:
  unsigned int n_projections() const { return static_cast<unsigned int>(vectors.size() / dimension); }
  /// From ∫ |F − G| for every direction and the widths of the bins.
  Result collect(const std::vector<double> &distances, const std::vector<double> &widths) const;

  unsigned int        dimension;
  unsigned int        n_bins;
  std::vector<double> vectors;
};
} // namespace rhoflow
