#pragma once

#include <array>

#include <solvers/base/numerics/lagrange.h>
#include <solvers/discretization/line_basis.h>

namespace rhoflow
{
/// The one-dimensional element of continuous spaces on [0, 1]: Lagrange polynomials N_i through the k + 1 Gauss–Lobatto points,
/// and what is needed of them at the k Gauss points of the flux.
struct LobattoLine
{
  using Matrix = std::array<std::array<double, max_points>, max_points>;

  unsigned int n = 0; ///< k + 1

  std::array<double, max_points> nodes{};   ///< increasing, with both ends
  std::array<double, max_points> weights{}; ///< sum one; exact for polynomials of degree 2k − 1
  std::array<double, max_points> gauss_nodes{};
  std::array<double, max_points> gauss_weights{};
  Matrix                         interpolate{};   ///< [Gauss point][node]: N_i(ξ_g)
  Matrix                         differentiate{}; ///< [Gauss point][node]: N_i'(ξ_g)
  Matrix                         equidistant{};   ///< [equidistant point][node]: N_i(q/k)
  std::array<double, max_points> top_mode{};      ///< coefficient of the highest Legendre mode, Σ_i top_mode_i u_i
  double                         top_size = 0.;   ///< ∫ |that mode|, for the coefficient one

  /// N_i(ξ).
  double value(unsigned int i, double xi) const { return lagrange_value(n, nodes.data(), i, xi); }
  /// N_i'(ξ).
  double derivative(unsigned int i, double xi) const { return lagrange_derivative(n, nodes.data(), i, xi); }
};

/// The element of degree 1 ≤ k ≤ max_degree.
const LobattoLine &lobatto_line(unsigned int degree);
} // namespace rhoflow
