#pragma once

#include <string>

namespace rhoflow
{
class Activation;

// Each function follows the activation's GaussianForm.

/// Throws InputError of this parameter if the means below are not known for σ.
void require_gaussian_means(const Activation &activation, const std::string &parameter);

/// E σ(q G)² for G ~ N(0, 1), to about 1e-12: in closed form for erf, (2/π) asin(q²/(1 + q²)), ReLU, q²/2, and cosine,
/// (1 + e^{−2q²})/2, and piecewise linear functions; the rectified cosine by a Fourier series; otherwise by Gauss–Legendre
/// rules.
double gaussian_mean_square(const Activation &activation, double q);

/// E σ(μ + r G) for G ~ N(0, 1), r ≥ 0, to about 1e-12: in closed form for erf, erf(μ/√(2 + 2r²)), piecewise linear functions
/// (ReLU included), and cosine, cos(μ) e^{−r²/2}; tanh, sigmoid and softplus as mixtures of normal distribution functions; the
/// rectified cosine by its Fourier series or, for small r, by Gauss–Legendre rules between its kinks; otherwise by
/// Gauss–Legendre rules.
double gaussian_mean(const Activation &activation, double mu, double r);

// For a smooth σ of which no form is known: Gauss–Legendre rules, slower than forms, to about 1e-12.

/// E σ(μ + r G), r > 0.
double gaussian_mean_by_quadrature(const Activation &activation, double mu, double r);

/// E σ(qG) σ(q'G') for standard normal G, G' with correlation c, q, q' ≥ 0.
double gaussian_product_mean(const Activation &activation, double q, double q2, double c);
} // namespace rhoflow
