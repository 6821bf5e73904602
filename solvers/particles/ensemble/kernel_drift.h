#pragma once

#include <cstdint>
#include <vector>

#include <solvers/particles/tangent_kernel/tangent_kernel.h>

namespace rhoflow
{
class Replicas;
class Statistics;

/// The tangent kernel of every network of some replicas beside what it was at t = 0, at P inputs.
class KernelDrift
{
public:
  /// At t = 0. Collective.
  KernelDrift(const Replicas &replicas, unsigned int n_points, std::uint64_t seed);

  /// Adds to a row, as means over the replicas: `kernel drift`, ‖K_t − K_0‖/‖K_0‖ (Frobenius); `kernel alignment`,
  /// ⟨K_t, K_0⟩/(‖K_t‖ ‖K_0‖); `kernel diagonal`, the mean of K_t(x, x); `kernel largest eigenvalue` of K_t/P; and `movement`,
  /// ‖θ_t − θ_0‖/‖θ_0‖ over all parameters. Collective; the same bits on every rank.
  void set(Statistics &table) const;

private:
  const Replicas                  &replicas;
  std::uint64_t                    seed;
  TangentKernel                    kernel;
  std::vector<std::vector<double>> initial; ///< K_0 of the replicas that this rank speaks for, [P][P] each
};
} // namespace rhoflow
