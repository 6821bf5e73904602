#pragma once

#include <functional>
#include <vector>

#include <solvers/boltzmann/dual.h>

namespace rhoflow
{
/// The maximum of the dual problem, with the covariance.
struct BoltzmannSolution
{
  DualState    state;
  unsigned int n_steps        = 0;  ///< of Newton's method
  unsigned int n_halvings     = 0;  ///< of steps that were too long
  double       gradient       = 0.; ///< |D'(e)|
  double       effective_rank = 0.; ///< Σ_j s_j/(1 + s_j), s_j the eigenvalues of β Cov(a χ)
};

/// Newton's method on the concave D(e): (1 + β Cov) δ = D'(e) by Cholesky, and e ← e + s δ with s = 1, ½, ¼, ... until D grew
/// by 10⁻⁴ s δ·D'(e) at least, which converges from any `e`. Ends at |D'| ≤ tolerance max(1, |c|). `report` is told the number
/// of steps and |D'|. Throws RunError after `max_steps` steps. Collective; bitwise the same on any number of ranks.
BoltzmannSolution maximise_dual(const Dual &problem, double beta, std::vector<double> e, double tolerance,
                                unsigned int max_steps, const std::function<void(unsigned int, double)> &report);
} // namespace rhoflow
