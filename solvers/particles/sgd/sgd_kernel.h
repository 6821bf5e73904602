#pragma once

#include <cstddef>

namespace rhoflow
{
class Activation;

/// The inner loops of blocked stochastic gradient descent in double and in single precision. Neurons sit in tiles of `lanes`,
/// so that a vector register holds the same weight of neighbouring neurons and a whole tile stays in the first-level cache
/// while it is updated and projected:
///   weights                    [tile][d][lanes]
///   preactivations, gradients  [tile][column][lanes]   (`columns` of them allocated)
/// A column is one sample of the block. Columns are worked on in groups of `group`; arrays over columns are padded to whole
/// groups with zeros. Every sum runs in an order
/// that depends on the sizes alone, and what happens in a tile does not depend on the others. Arrays begin at multiples of 64
/// bytes.
template <typename Number>
struct SgdKernel
{
  static constexpr unsigned int lanes = 256 / sizeof(Number); ///< four registers of 64 bytes
  static constexpr unsigned int group = 4;

  /// First w_j ← decay·w_j + Σ_c g_jc x_c for the `n_pending` columns of the last block (pending_inputs as pack() has them),
  /// then z_jb = w_j·x_b for the `n_next` columns of the next one (next_inputs [column/group][d][group]; a multiple of `group`,
  /// or 0).
  static void update_and_project(std::size_t n_tiles, unsigned int d, unsigned int columns, Number *weights, Number decay,
                                 unsigned int n_pending, const Number *pending_inputs, const Number *gradients,
                                 unsigned int n_next, const Number *next_inputs, Number *preactivations);

  /// Column c of `n` pending inputs, times `factor`, to where update_and_project() reads them: in blocks of some of the d
  /// inputs, [block][column][input of the block].
  static void pack(unsigned int n, unsigned int c, unsigned int d, double factor, const double *input, Number *pending_inputs);

  /// z_jb ← scale_b z_jb + Σ_{c < end} g_jc k_cb for the columns b = first .. first + group − 1; `gram` is k
  /// [columns][columns].
  static void correct_group(std::size_t n_tiles, unsigned int columns, unsigned int first, unsigned int end,
                            const Number *scale, const Number *gram, const Number *gradients, Number *preactivations);

  /// arguments_j = z_jb + Σ_{first ≤ c < end} g_jc k_cb, [tile][lanes].
  static void arguments_of_column(std::size_t n_tiles, unsigned int columns, unsigned int column, unsigned int first,
                                  unsigned int end, const Number *gram, const Number *gradients, const Number *preactivations,
                                  Number *arguments);

  /// One sample after the other, batches of one: in one sweep over the neurons what sample b − 1 did to them, and the output
  /// for sample b,
  ///   g_{b−1} = factor·a s',   a ← decay·a + factor·s                (where there is a sample b − 1),
  ///   t = z_b + Σ_{first ≤ c < b} g_c k_cb,   s = σ(t),   s' = σ'(t),   sums_i = Σ_j a_j s_j over chunk i.
  struct Sample
  {
    unsigned int  column;       ///< b
    unsigned int  first;        ///< z_b has the corrections of earlier columns; at least b − group
    bool          has_previous; ///< column b − 1 belongs to the same block
    bool          moves_inner, moves_outer;
    Number        factor, decay; ///< of sample b − 1
    unsigned int  padding;       ///< lanes of the last tile without a neuron, whose `a` stays 0
    const Number *gram, *preactivations;
    Number       *outer, *values, *derivatives, *gradients;
  };
  static void sweep(const Activation &activation, std::size_t n_tiles, std::size_t chunk, unsigned int columns,
                    const Sample &sample, double *sums);

  /// sums_i = Σ_j a_j s_j over the lanes of the tiles i·chunk, ..., (i + 1)·chunk − 1. In single precision the lanes of a tile
  /// are added as doubles.
  static void chunk_sums(std::size_t n_tiles, std::size_t chunk, const Number *a, const Number *s, double *sums);

  /// g_jb = factor·a_j s'_j.
  static void gradients_of_column(std::size_t n_tiles, unsigned int columns, unsigned int column, Number factor,
                                  const Number *a, const Number *derivatives, Number *gradients);

  /// One sample's part of a ← decay·a + Σ factor·s: `sums` collects within a mini-batch, `a` moves at its end.
  static void update_outer(std::size_t n_tiles, bool first_of_batch, bool last_of_batch, Number decay, Number factor,
                           const Number *s, Number *sums, Number *a);

  /// radii_j = |x − θ_j| and arguments_j = |x − θ_j|/δ of bump neurons with centres [tile][d][lanes].
  static void radii_of_bumps(std::size_t n_tiles, unsigned int d, const Number *centers, const Number *input,
                             Number inverse_width, Number *radii, Number *arguments);

  /// One sample's gradient, which points from the sample to the centre: updates_j += factor·a_j s'_j (θ_j − x)/|θ_j − x|, zero
  /// at the centre itself. `a` is one for neurons and zero for padding.
  static void add_bump_updates(std::size_t n_tiles, unsigned int d, Number factor, const Number *a, const Number *derivatives,
                               const Number *radii, const Number *centers, const Number *input, Number *updates);

  /// θ ← decay·θ + updates; updates ← 0.
  static void apply_bump_updates(std::size_t n_tiles, unsigned int d, Number decay, Number *updates, Number *centers);
};

namespace sgd_kernel
{
/// gram_cb = x_c·x_b for all columns c < n and b (padding included), from inputs [columns][d] and their transpose [d][columns];
/// `columns` is a multiple of 8.
void inner_products(unsigned int n, unsigned int d, unsigned int columns, const double *inputs, const double *transposed,
                    double *gram);
} // namespace sgd_kernel
} // namespace rhoflow
