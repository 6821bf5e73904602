#pragma once

#include <cstdint>
#include <vector>

#include <solvers/base/numerics/random.h>

namespace rhoflow
{
/// Independent Brownian motions, whose increments are functions of (seed, path, motion, interval): no state is carried from one
/// interval to the next, and solvers, ranks and restarts see the same path.
///
/// An interval is ℓ 2^{−j} with 1 ≤ ℓ < 2. Increments over [n ℓ, (n+1) ℓ] are drawn independently, shorter ones by Lévy's
/// bridge, halving by halving, and longer ones are sums: half the interval refines the same path, and the increments over both
/// halves add up to that over the whole, to round-off.
class BrownianPath
{
public:
  /// `purpose`: of the random numbers. `interval` > 0.
  BrownianPath(std::uint64_t seed, RandomPurpose purpose, std::uint64_t path, unsigned int n_motions, double interval);

  /// B(t) − B(s) of every motion over interval number k, s = k × interval, [n_motions].
  std::vector<double> increment(std::uint64_t k) const;

private:
  std::vector<double> normals(std::uint64_t root, std::uint64_t index, double deviation) const;
  /// The increment of the descendant number k of a root after `level` halvings.
  std::vector<double> descend(std::uint64_t k, unsigned int level) const;

  std::uint64_t seed;
  RandomPurpose purpose;
  std::uint64_t path;
  unsigned int  n_motions;
  double        root_length; ///< ℓ
  int           level;       ///< j
};

/// What drives a path over one interval.
struct NoiseIncrement
{
  std::vector<double> samples; ///< ΔB̃_l, [K], orthogonal to √p
  std::vector<double> labels;  ///< ΔB'_l of the label noise, [K]; empty if there is none
};

/// ΔB̃ = (I − √p √pᵀ) ΔB, so that the weights of the data keep their sum; `weights` p [K].
std::vector<double> project_on_data(std::vector<double> increment, const std::vector<double> &weights);

/// The increments that SGD itself has: sample l was drawn `counts`[l] times in n steps of the length α with batches of B,
///   ΔB̃_l = √(α/B) (n_l − n B p_l)/√p_l,   n B = Σ n_l.
std::vector<double> increment_of_counts(const std::vector<double> &counts, const std::vector<double> &weights, double step_size,
                                        unsigned int batch_size);
} // namespace rhoflow
