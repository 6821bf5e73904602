#pragma once

#include <cstddef>

namespace rhoflow
{
/// The inner loops of the neural tangent kernel. Rows belong to neurons, columns to the P points, of which there are `columns`
/// with those that fill up whole groups. Arrays are aligned to 64 bytes. Every sum runs in an order that depends on the sizes
/// alone.
namespace tangent_kernel_kernel
{
/// Columns that are worked on together.
constexpr unsigned int group = 16;

/// Z[j][p] = b_j + Σ_i w_j[i] x_p[i] for n rows: weights w_j [d] with the distance `stride`, b_j = w_j[d] if `bias`, else 0;
/// `inputs` [d][columns], `z` [n][columns].
void project(unsigned int n, unsigned int d, unsigned int columns, bool bias, const double *weights, std::size_t stride,
             const double *inputs, double *z);

/// R[j][p] = |x_p − θ_j| for n centres θ_j [d] with the distance `stride`.
void radii(unsigned int n, unsigned int d, unsigned int columns, const double *centers, std::size_t stride,
           const double *inputs, double *r);

/// rows[j][p] ← a_j rows[j][p], with the distance `stride` between the a_j.
void scale_rows(unsigned int n, unsigned int columns, const double *a, std::size_t stride, double *rows);

/// Component i of the gradients of n bumps: G[j][p] = factor·s'_jp (θ_j[i] − x_p[i])/|x_p − θ_j|, zero at the centre itself.
/// `center_components` θ_j[i] with the distance `stride`, `input_components` x_p[i].
void bump_gradients(unsigned int n, unsigned int columns, double factor, const double *center_components, std::size_t stride,
                    const double *input_components, const double *derivatives, const double *r, double *gradients);

/// K[p][q] += Σ_j rows[j][p] rows[j][q] for all groups with q's group not before p's; `kernel` [columns][columns].
void add_products(unsigned int n, unsigned int columns, const double *rows, double *kernel);
} // namespace tangent_kernel_kernel
} // namespace rhoflow
