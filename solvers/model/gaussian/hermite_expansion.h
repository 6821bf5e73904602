#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
/// σ(qG) in the normalised Hermite polynomials of G ~ N(0, 1): h_n(q) = E σ(qG) He_n(G)/√n!, n < n_terms. For (G, G') standard
/// normal with correlation c, E σ(qG) σ(q'G') = Σ_n h_n(q) h_n(q') cⁿ (F. G. Mehler, J. reine angew. Math. 66, 1866).
///
/// For a piecewise linear σ (ReLU included) with slope jumps m_k at t_k, h_n = q Σ m_k φ(t_k/q) He_{n−2}(t_k/q)/√n! for n ≥ 2;
/// for cosines of frequency a, (−1)^{n/2} (aq)ⁿ e^{−a²q²/2}/√n! for even n, the rectified cosine by its Fourier series;
/// otherwise by Gauss–Legendre rules on panels that halve towards zero, where σ(q·) varies on the scale 1/q: about 1e-14 for q
/// ≤ 1000.
class HermiteExpansion
{
public:
  static constexpr unsigned int n_terms = 256;

  explicit HermiteExpansion(const Activation &sigma);

  /// Whether even (odd) n other than the first can have h_n ≠ 0.
  bool all_even() const { return even; }
  bool all_odd() const { return odd; }

  /// The first n ≤ n_terms `coefficients`, n a multiple of 16; returns E σ(qG)². q ≥ 0.
  double evaluate(double q, unsigned int n, double *coefficients) const;

private:
  double smooth(double q, unsigned int n, double *coefficients) const;
  void   piecewise_linear(double q, unsigned int n, double *coefficients) const;
  void   cosine(double q, unsigned int n, double *coefficients) const;
  void   rectified_cosine(double q, unsigned int n, double *coefficients) const;

  Activation activation; ///< σ
  bool       even, odd;
};

/// All n_terms coefficients and the mean square of any function φ, smooth but for jumps of it or its derivatives at 0, ±1, ...,
/// with q = 1.
double expand_function(const std::function<double(double)> &function, double *coefficients);

/// The rule on (0, 10) for means over |G|: nodes g, weights of N(0, 1) for each of g and −g.
const QuadratureRule &gaussian_panels();

/// Slope jumps (t_k, m_k) of a piecewise linear σ or ReLU.
std::vector<std::pair<double, double>> slope_jumps(const Activation &activation);

/// σ(−∞) of a piecewise linear σ or ReLU.
double value_on_the_left(const Activation &activation);

/// 1/(1 + e^{−t}) = Σ_k p_k Φ(t/τ_k) with an error below 1e-11 for every t: the logistic law is a mixture of centred normal
/// ones whose deviation τ is twice a variable with Kolmogorov's law (D. F. Andrews & C. L. Mallows, J. R. Stat. Soc. B 36,
/// 1974), here with the Gauss rule for the law of log τ. Nodes τ_k, weights p_k.
const QuadratureRule &logistic_mixture();

/// σ(t) = offset + factor (2/(1 + e^{−scale t}) − 1).
struct LogisticStep
{
  double offset, factor, scale;
};

/// Of a σ with GaussianForm::logistic_step, from its values at 0 and infinity and its slope at 0.
LogisticStep logistic_step(const Activation &activation);
} // namespace rhoflow
