#pragma once

#include <vector>

#include <solvers/model/activation/activation.h>

namespace rhoflow
{
/// h(z) = E σ(z v) for a piecewise linear σ (ReLU included), v one coordinate of a uniform point on S^{d−1}, d ≥ 2. Exact: with
/// the slopes' jumps m_i at the nodes t_i, h(z) = σ(−∞) + Σ m_i E (z v − t_i)_+, and P(v > c) is an incomplete beta function,
/// E[v; v > c] = Γ(d/2) / (2 √π Γ((d+1)/2)) (1 − c²)^{(d−1)/2}.
///
/// h is smooth for d not too small: then it is tabulated in z/√d and interpolated by quintic Hermite polynomials (error 1e-11).
class SphericalMean
{
public:
  SphericalMean(const Activation &activation, unsigned int d);

  /// h(z) and h'(z), z ≥ 0 (h is even; at z = 0 the derivative from the right).
  void evaluate(double z, double &value, double &derivative) const;

  /// The same without the table, and h''(z).
  void evaluate_exactly(double z, double &value, double &derivative, double &second_derivative) const;

private:
  unsigned int        d;
  double              left_value; ///< σ(−∞)
  std::vector<double> kinks, jumps;
  double              moment;  ///< E[v; v > 0]
  double              density; ///< of v at 0
  double              spacing = 0.;
  std::vector<double> table; ///< h, h', h'' at the multiples of `spacing`; empty: none
};
} // namespace rhoflow
