#pragma once

#include <cstddef>

namespace rhoflow
{
/// The inner loops of blocked stochastic gradient descent. Neurons sit in tiles of `lanes`, so that a vector register holds the
/// same weight of neighbouring neurons and a whole tile stays in the first-level cache while it is updated and projected:
///   weights         [tile][d][lanes]
///   preactivations  [tile][column][lanes]   (`columns` of them allocated)
///   gradients       [tile][column][lanes]
/// A column is one sample of the block. Columns are worked on in groups of `group`; arrays over columns are padded to that with
/// zeros. Every sum runs in an order that depends on the sizes alone.
namespace sgd_kernel
{
constexpr unsigned int lanes = 32;
constexpr unsigned int group = 8;

/// First w_j ← decay·w_j + Σ_c g_jc x_c for the `n_pending` columns of the last block (pending_inputs [c][d]), then
/// z_jb = w_j·x_b for the `n_next` columns of the next one (next_inputs [d][columns]; a multiple of `group`, or 0).
void update_and_project(unsigned int n_tiles, unsigned int d, unsigned int columns, double *weights, double decay,
                        unsigned int n_pending, const double *pending_inputs, const double *gradients, unsigned int n_next,
                        const double *next_inputs, double *preactivations);

/// z_jb ← scale_b z_jb + Σ_{c < first} g_jc k_cb for the columns b = first .. first + group − 1; `gram` is k
/// [columns][columns].
void correct_group(unsigned int n_tiles, unsigned int columns, unsigned int first, const double *scale, const double *gram,
                   const double *gradients, double *preactivations);

/// arguments_j = z_jb + Σ_{first ≤ c < end} g_jc k_cb, [tile][lanes].
void arguments_of_column(unsigned int n_tiles, unsigned int columns, unsigned int column, unsigned int first, unsigned int end,
                         const double *gram, const double *gradients, const double *preactivations, double *arguments);

/// Σ_j a_j s_j over all lanes.
double weighted_sum(unsigned int n_tiles, const double *a, const double *s);

/// g_jb = factor·a_j s'_j.
void gradients_of_column(unsigned int n_tiles, unsigned int columns, unsigned int column, double factor, const double *a,
                         const double *derivatives, double *gradients);

/// One sample's part of a ← decay·a + Σ factor·s: `sums` collects within a mini-batch, `a` moves at its end.
void update_outer(unsigned int n_tiles, bool first_of_batch, bool last_of_batch, double decay, double factor, const double *s,
                  double *sums, double *a);

/// gram_cb = x_c·x_b for all columns c < n and b (padding included), from inputs [columns][d] and their transpose [d][columns].
void inner_products(unsigned int n, unsigned int d, unsigned int columns, const double *inputs, const double *transposed,
                    double *gram);

/// radii_j = |x − θ_j| and arguments_j = |x − θ_j|/δ of bump neurons with centres [tile][d][lanes].
void radii_of_bumps(unsigned int n_tiles, unsigned int d, const double *centers, const double *input, double inverse_width,
                    double *radii, double *arguments);

/// One sample's gradient, which points from the sample to the centre: updates_j += factor·a_j s'_j (θ_j − x)/|θ_j − x|, zero at
/// the centre itself. `a` is one for neurons and zero for padding.
void add_bump_updates(unsigned int n_tiles, unsigned int d, double factor, const double *a, const double *derivatives,
                      const double *radii, const double *centers, const double *input, double *updates);

/// θ ← decay·θ + updates; updates ← 0.
void apply_bump_updates(unsigned int n_tiles, unsigned int d, double decay, double *updates, double *centers);
} // namespace sgd_kernel
} // namespace rhoflow
