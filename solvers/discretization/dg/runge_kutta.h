#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// Strong-stability-preserving Runge–Kutta methods in two registers u, u2 (Ketcheson, SIAM J. Sci. Comput. 30, 2008): each
/// stage is
///   u ← keep u + mix u2 + step Δt L(u),  with u2 ← u before it (save) or u2 ← u2_keep u2 + u2_mix (u + u2_step Δt L(u))
///   (combine).
struct RungeKuttaStage
{
  double keep = 1., mix = 0., step = 0.;
  bool   save = false, combine = false;
  double u2_keep = 0., u2_mix = 0., u2_step = 0.;
};

struct RungeKutta
{
  std::vector<RungeKuttaStage> stages;
  unsigned int                 order;
  /// Largest stable Σ_d |v_d| Δt/h_d with upwind fluxes and degree k = 1..4 (eigenvalues of the scheme for constant v).
  std::vector<double> stability_limit;
  /// The SSP coefficient: what holds for Euler steps up to Δt holds for steps up to coefficient × Δt.
  double ssp_coefficient;

  /// Largest Σ_d |v_d| Δt/h_d for which cell means of degree k stay non-negative under the limiter: the SSP coefficient times
  /// the end weight of the Gauss–Lobatto rule that is exact for degree k (Zhang and Shu, J. Comput. Phys. 229, 2010).
  double positivity_limit(unsigned int degree) const;

  static RungeKutta               from_name(const std::string &name);
  static std::vector<std::string> names(); ///< "SSP(3,3)", "SSP(4,3)", "SSP(10,4)"
};
} // namespace rhoflow
