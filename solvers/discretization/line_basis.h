#pragma once

#include <array>

#include <solvers/base/numerics/lagrange.h>

namespace rhoflow
{
/// Highest polynomial degree that is offered, and points along a line at most.
constexpr unsigned int max_degree = 4;
constexpr unsigned int max_points = max_degree + 1;

/// The one-dimensional element on the reference interval [0, 1]: Lagrange polynomials ℓ_j through the n = k + 1 Gauss points
/// ξ_q of a weight function g (constant, or r^κ on the cell's interval of r), normalised to ∫ g = 1. Collocation: the mass
/// matrix is diagonal, diag(w_q), and exact.
struct LineBasis
{
  unsigned int n = 0; ///< points

  std::array<double, max_points> nodes{};   ///< ξ_q
  std::array<double, max_points> weights{}; ///< w_q, sum one
  std::array<double, max_points> lower{};   ///< ℓ_j(0)
  std::array<double, max_points> upper{};   ///< ℓ_j(1)

  /// stiffness[i][q] = w_q ℓ_i'(ξ_q) / w_i: (weak derivative of the flux) / (mass).
  std::array<std::array<double, max_points>, max_points> stiffness{};
  std::array<double, max_points>                         lower_lift{}; ///< ℓ_i(0) g(0) / w_i
  std::array<double, max_points>                         upper_lift{}; ///< ℓ_i(1) g(1) / w_i

  /// ∫ g over the cell before normalisation, relative to the length: multiply the weights by it for integrals.
  double weight_mean = 1.;

  /// ℓ_j(ξ).
  double value(unsigned int j, double xi) const { return lagrange_value(n, nodes.data(), j, xi); }
  double derivative(unsigned int j, double xi) const { return lagrange_derivative(n, nodes.data(), j, xi); }
};

/// The element of degree `degree` for the weight r^kappa on [lower, upper], 0 ≤ lower < upper (kappa = 0: Gauss–Legendre).
LineBasis make_line_basis(unsigned int degree, double kappa, double lower, double upper);

/// Passing polynomials between a parent interval and its half `half` (0 lower, 1 upper).
struct LineTransfer
{
  using Matrix = std::array<std::array<double, max_points>, max_points>;
  Matrix interpolate{}; ///< [child point][parent point]: exact evaluation of the parent's polynomial
  Matrix project{};     ///< [parent point][child point]: this half's share of the L2(g) projection; keeps ∫ g u
};

LineTransfer make_line_transfer(const LineBasis &parent, const LineBasis &child, unsigned int half);
} // namespace rhoflow
