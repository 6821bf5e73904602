#pragma once

namespace rhoflow
{
/// Lagrange polynomials through n different nodes: ℓ_j is one at node j of `nodes` [n] and zero at the others.

/// ℓ_j(x).
double lagrange_value(unsigned int n, const double *nodes, unsigned int j, double x);

/// ℓ_j'(x).
double lagrange_derivative(unsigned int n, const double *nodes, unsigned int j, double x);
} // namespace rhoflow
