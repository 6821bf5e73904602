#pragma once

#include <string>

namespace rhoflow
{
/// A new activation needs an enumerator and a row of `activation_table` here, and its function in activation_functions.h.
enum class ActivationKind
{
  erf,
  tanh,
  sigmoid,
  softplus,
  relu,
  piecewise_linear,
  cosine,
  rectified_cosine
};

/// The arguments at which σ or its derivative jumps.
enum class Kinks
{
  none,
  zero,           ///< t = 0
  nodes,          ///< the nodes that the user gives
  zeros_of_cosine ///< t = ±π/2, ±3π/2, ...
};

/// What a quadrature may rely on away from the kinks.
enum class Regularity
{
  smooth,           ///< analytic, varies on the scale one around t = 0 and is linear to round-off for |t| > 40
  piecewise_linear, ///< linear between its kinks
  wave              ///< varies on the scale one everywhere
};

/// How E σ(μ + rG), E σ(qG)² and E σ(qG) σ(q'G') are computed for standard normal G, G' (gaussian/gaussian_mean.h and
/// gaussian/gaussian_pairs.h). Only the problems 'single neuron' and 'isotropic' need these means.
enum class GaussianForm
{
  erf,              ///< closed forms
  relu,             ///< closed forms
  cosine,           ///< closed forms
  rectified_cosine, ///< Fourier series
  piecewise_linear, ///< sums over the kinks
  logistic_step,    ///< σ(t) = a + b tanh(ct): mixtures of erf
  logistic_ramp,    ///< softplus: mixtures of ReLU
  quadrature        ///< no form is known: Gauss–Legendre rules for a smooth σ; any other σ is refused
};

/// All that the program knows of an activation σ besides its values.
struct ActivationInfo
{
  ActivationKind kind;
  const char    *name;        ///< in parameter files
  const char    *description; ///< in the manual: the name and a formula in plain text
  const char    *formula;     ///< in reports: σ(t) in HTML; for Kinks::nodes, words before the list of nodes
  int            parity;      ///< −1 if σ is odd, 1 if it is even, otherwise 0
  /// The same of σ'': −1 if σ is a constant plus an odd function, 1 if it is a linear function plus an even one, otherwise 0.
  int          curvature_parity;
  Kinks        kinks;
  Regularity   regularity;
  GaussianForm gaussian_form;
};

/// One row for each kind. Derivatives at kinks: relu and rectified cosine 0, piecewise linear from the right.
inline constexpr ActivationInfo activation_table[] = {
  {ActivationKind::erf, "erf", "erf(t/sqrt(2))", "erf(t/√2)", -1, -1, Kinks::none, Regularity::smooth, GaussianForm::erf},
  {ActivationKind::tanh, "tanh", "tanh", "tanh t", -1, -1, Kinks::none, Regularity::smooth, GaussianForm::logistic_step},
  {ActivationKind::sigmoid, "sigmoid", "sigmoid 1/(1+exp(-t))", "1/(1 + e<sup>−t</sup>)", 0, -1, Kinks::none,
   Regularity::smooth, GaussianForm::logistic_step},
  {ActivationKind::softplus, "softplus", "softplus log(1+exp(t))", "log(1 + e<sup>t</sup>)", 0, 1, Kinks::none,
   Regularity::smooth, GaussianForm::logistic_ramp},
  {ActivationKind::relu, "relu", "relu max(t,0)", "max(t, 0)", 0, 1, Kinks::zero, Regularity::piecewise_linear,
   GaussianForm::relu},
  {ActivationKind::piecewise_linear, "piecewise linear", "piecewise linear through Activation nodes",
   "piecewise linear through", 0, 0, Kinks::nodes, Regularity::piecewise_linear, GaussianForm::piecewise_linear},
  {ActivationKind::cosine, "cosine", "cosine", "cos t", 1, 1, Kinks::none, Regularity::wave, GaussianForm::cosine},
  {ActivationKind::rectified_cosine, "rectified cosine", "rectified cosine max(cos(t), 0)", "max(cos t, 0)", 1, 1,
   Kinks::zeros_of_cosine, Regularity::wave, GaussianForm::rectified_cosine},
};

/// The row of a kind. Throws std::logic_error if there is none.
const ActivationInfo &activation_info(ActivationKind kind);

/// The row with that name; null if there is none.
const ActivationInfo *find_activation(const std::string &name);

/// The descriptions of all rows, separated by commas.
std::string activation_descriptions();
} // namespace rhoflow
