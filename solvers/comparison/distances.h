#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mpi.h>

#include <solvers/comparison/transport.h>

namespace rhoflow
{
/// Distances between the projections of two measures on R^D that are given in pieces spread over ranks: point masses, or
/// axis-parallel boxes over which a mass is spread evenly. On a line, with distribution functions F and G,
///   W1 = ∫ |F − G| dx,   W2² = ∫_0^1 |F^{-1} − G^{-1}|² du,   E² = 2 ∫ (F − G)² dx.
/// Sliced distances are the mean of W1, and the root of the mean of W2², over the directions of projection (N. Bonneel et al.,
/// J. Math. Imaging Vis. 51, 2015). The mean of E² times c_D = |x|/mean_e |e·x| (1, π/2, 2 for D = 1, 2, 3) is the squared
/// energy distance in R^D itself,
///   E² = 2 E|X − Y| − E|X − X'| − E|Y − Y'|     (G. Székely, M. Rizzo, J. Stat. Plan. Inference 143, 2013),
/// with all pairs, also those of a point with itself (the V-statistic), but for the error of the directions' mean.
///
/// A box with the widths δ, projected on the direction e, becomes the uniform law of the same mean and variance: an interval of
/// width √(Σ_d e_d² δ_d²), which is exact along the axes. Distribution functions live on a grid that covers everything; what is
/// compared are their means over the bins, which are exact for intervals and points. Only where F − G changes its sign inside a
/// bin does the mean hide something: the error of W1 is at most one bin (`resolution`), and far less for smooth measures. For
/// W2 the means are joined by straight lines, which moves every mass by at most h/√3 with the bin h in the root mean square:
/// the error is at most 2h/√3, and O(h²) for smooth measures. Masses are 64-bit integer multiples of 2^−50 of the total, so
/// that the result is bitwise the same for every partition.
class Distances
{
public:
  /// `dimension`: D ≤ 3.
  Distances(unsigned int dimension, unsigned int n_directions, unsigned int n_bins);

  struct Result
  {
    std::vector<double> coordinates; ///< W1 along each axis, [D]
    double              sliced = 0.; ///< W1
    std::vector<double> coordinates_w2;
    double              sliced_w2  = 0.;
    double              energy     = 0.; ///< E
    double              resolution = 0.; ///< the largest bin
  };

  /// Of the first measure: centres [n][D] of this rank's pieces; weights ≥ 0, [n], or empty for equal ones; widths of the
  /// boxes, [n][D], or empty for points. The other measure consists of points. Each measure is normalised. Collective.
  Result between(const std::vector<double> &points, const std::vector<double> &weights, const std::vector<double> &extents,
                 const std::vector<double> &other_points, const std::vector<double> &other_weights,
                 MPI_Comm communicator) const;

  /// Between two measures of either kind. Collective.
  Result between(const Measure &first, const Measure &second, MPI_Comm communicator) const;

  /// What sampling alone does: an estimate of the mean distance E W1(F̄, E F̄) between the average F̄ of R ≥ 2 independent
  /// random measures F_r and its expectation, from their spread over r. With the standard deviation s(x) of F_r(x), which is
  /// Gaussian by the central limit theorem, and its bias c4(R) = √(2/(R−1)) Γ(R/2)/Γ((R−1)/2),
  ///   E|F̄(x) − E F̄(x)| = √(2/(πR)) s(x)/c4(R),
  /// integrated over x. For the energy distance the root of the mean square, with E|F̄ − E F̄|² = s²/R: what the V-statistic
  /// exceeds the squared energy distance to E F̄ by, in the mean. None for W2. Points inside a measure may depend on each other.
  /// `points`: of this rank's measures, one after the other, each of `sample_size` points. Collective.
  Result sampling_floor(const std::vector<double> &points, std::size_t sample_size, MPI_Comm communicator) const;

  /// The distances of the average F̄ of R ≥ 2 independent random measures to its expectation, by the bootstrap over these
  /// measures: those between F̄ and the average F̄* of measures drawn from them with replacement (Resampling).
  struct Bootstrap
  {
    Result mean;  ///< with Resampling::mean_factor()
    Result bound; ///< the 95 % quantile, with Resampling::quantile_factor()
  };

  /// By the triangle inequality |d(ρ, E F̄) − d(ρ, F̄)| ≤ d(F̄, E F̄), so that the distance to the law of the networks lies in
  /// d(ρ, F̄) ± `bound` in about 95 of 100 cases or more, be it large or zero. (The percentile bootstrap of d(ρ, F̄*) never
  /// reaches down to zero: its noise comes on top of that of F̄.)
  /// `numbers`: of this rank's measures out of `n_measures`. The grids are those of the points, with at most 64 bins.
  /// Collective.
  Bootstrap bootstrap(const std::vector<double> &points, std::size_t sample_size, const std::vector<unsigned int> &numbers,
                      unsigned int n_measures, unsigned int n_resamples, std::uint64_t seed, MPI_Comm communicator) const;

  /// Unit vectors, the axes first, [D + directions][D]; opposite directions count once.
  const std::vector<double> &directions() const { return vectors; }

private:
  unsigned int n_projections() const { return static_cast<unsigned int>(vectors.size() / dimension); }
  /// What is known of one direction.
  struct Projection
  {
    double w1 = 0., w2 = 0., squares = 0.; ///< squares: ∫ (F − G)²
    double width = 0.;                     ///< of the bins
  };
  Result collect(const std::vector<Projection> &projections) const;

  unsigned int        dimension;
  unsigned int        n_bins;
  std::vector<double> vectors;
};
} // namespace rhoflow
