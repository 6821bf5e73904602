#pragma once

#include <optional>
#include <string>
#include <vector>

#include <solvers/base/numerics/dense.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// What is known of the derivative J = F'(e) of F(e) = e − G(e) in moment space: Broyden's rank-one updates
///   J ← J + (ΔF − J Δe) Δeᵀ / |Δe|²
/// (C. G. Broyden, Math. Comp. 19, 1965) from the evaluations of all steps so far. From one step to the next the map hardly
/// changes, so that J⁻¹F is a far better residual to iterate on than F. It knows no mesh and outlives it.
class MomentJacobian
{
public:
  explicit MomentJacobian(std::size_t n = 0);

  /// Learns from two evaluations. Differences below `noise` tell nothing.
  void learn(const std::vector<double> &delta_e, const std::vector<double> &delta_f, double noise);
  /// J⁻¹ f; f itself where J is singular.
  std::vector<double> solve(std::vector<double> f);
  void                forget();

  /// What was learned. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

private:
  std::size_t         n;
  std::vector<double> j;              ///< [n][n]
  std::optional<LU>   factors;        ///< of j, once they were asked for
  bool                trivial = true; ///< J is one
};
} // namespace rhoflow
