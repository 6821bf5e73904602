#pragma once

namespace rhoflow
{
class Activation;

/// E σ(q G)² for G ~ N(0, 1), to about 1e-12: in closed form for erf, (2/π) asin(q²/(1 + q²)), ReLU, q²/2, and cosine,
/// (1 + e^{−2q²})/2; otherwise by Gauss–Legendre rules between the kinks of σ.
double gaussian_mean_square(const Activation &activation, double q);
} // namespace rhoflow
