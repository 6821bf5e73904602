#pragma once

#include <cstddef>

namespace rhoflow
{
namespace kernel
{
/// e·x, in a fixed order.
double dot(std::size_t n, const double *e, const double *x);

/// sum += w x, [n].
void add_multiple(std::size_t n, double w, const double *x, double *sum);

/// sum += w x xᵀ, the rows of the lower triangle one after the other, [n(n+1)/2].
void add_outer_product(std::size_t n, double w, const double *x, double *sum);
} // namespace kernel
} // namespace rhoflow
