#pragma once

#include <vector>

namespace rhoflow
{
/// Nodes and weights of a quadrature for a probability law: the weights sum to one.
struct QuadratureRule
{
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Gauss rules by Golub and Welsch (Math. Comp. 23, 1969): the nodes are the eigenvalues of the Jacobi matrix of the law's
/// orthogonal polynomials, the weights the squared first components of its eigenvectors. n nodes are exact for polynomials of
/// degree 2 n − 1. Symmetric laws have exactly symmetric rules. All throw std::invalid_argument for n = 0.

/// N(0, 1).
QuadratureRule gauss_hermite(unsigned int n);

/// Uniform law on [lower, upper].
QuadratureRule gauss_legendre(unsigned int n, double lower = -1., double upper = 1.);

/// One coordinate of a uniform point on S^{d−1}: density ∝ (1 − u²)^{(d−3)/2} on (−1, 1), real d ≥ 1. For d = 1 the two points
/// ±1 whatever n.
QuadratureRule gauss_gegenbauer(unsigned int n, double d);

/// χ_k by Gauss–Laguerre in t = ϱ²/2 (t has the Gamma law of shape k/2): exact for polynomials of degree 2 n − 1 in ϱ²,
/// real k > 0.
QuadratureRule gauss_laguerre_chi(unsigned int n, double k);

/// χ_k by the Gauss rule in ϱ itself: exact for polynomials of degree 2 n − 1 in ϱ, real k > 0.
QuadratureRule gauss_chi(unsigned int n, double k);

/// N(mean, deviation²) conditioned on [lower, upper].
QuadratureRule gauss_truncated_normal(unsigned int n, double mean, double deviation, double lower, double upper);

/// The Gauss rule with n nodes of a discrete law, by Stieltjes' procedure with full orthogonalisation. With a
/// fine discretisation of a continuous law this is the law's own Gauss rule. The weights need not be normalised.
QuadratureRule gauss_of_discrete_law(unsigned int n, const QuadratureRule &law);
} // namespace rhoflow
