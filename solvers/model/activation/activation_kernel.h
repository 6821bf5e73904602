#pragma once

#include <solvers/model/activation/activation.h>

namespace rhoflow
{
namespace kernel
{
/// σ and, unless null, σ' at n arguments in vectors of the machine; the last one is padded, so that every argument goes through
/// the same instructions. For piecewise_linear: `n_nodes` nodes at `abscissae` and `ordinates`.
/// Number: double or float.
template <typename Number>
void evaluate_activation(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                         unsigned int n, const Number *t, Number *values, Number *derivatives);

/// σ'' at n arguments in the same way; 0 at kinks.
void activation_curvature(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                          unsigned int n, const double *t, double *second_derivatives);
} // namespace kernel
} // namespace rhoflow
