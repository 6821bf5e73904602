#pragma once

#include <cstddef>
#include <vector>

#include <solvers/discretization/dg/coupling_kernel.h>

namespace rhoflow
{
/// How functionals are kept: ψ_k at node (a, i) of a cell is A_p(a) T_k(i), where p = 0, 1, 2 is the power of the first
/// coordinate if features are linear in it (a: node along that axis, i: node of the feature cell); without, there is only p = 0
/// and A_0 = 1.
struct TiltLayout
{
  unsigned int n_line   = 1; ///< nodes a
  unsigned int n_nodes  = 0; ///< nodes i
  unsigned int n_powers = 1;
  unsigned int first[4] = {0, 0, 0, 0}; ///< functionals of power p: first[p] ≤ k < first[p + 1]
  unsigned int n_functionals() const { return first[n_powers]; }
  unsigned int n_pairs() const { return n_powers * (n_powers + 1) / 2; }
  /// Position of the pair of powers p ≤ q.
  unsigned int pair(unsigned int p, unsigned int q) const { return p * n_powers - p * (p + 1) / 2 + q; }
};

/// s[p][i] = Σ_{k of power p} c_k T_k(i); `rows` [i][k].
void contract_functionals(const TiltLayout &layout, const double *rows, const double *c, double *s);

/// t(a, i) = Σ_p A_p(a) s[p][i] in one cell; `line` [p][a].
void add_up_functionals(const TiltLayout &layout, const double *line, const double *s, double *t);

/// v = start · g(t) and slope = start · g'(t) with g(t) = exp(t) for t < 0 and 1 + t for t ≥ 0.
void apply_tilt(std::size_t n, const double *start, const double *t, double *v, double *slope);

/// sums[pair(p, q)][i] = Σ_a measure v A_p A_q of one cell.
void column_sums(const TiltLayout &layout, const double *line, const double *measure, const double *v, double *sums);

/// gram[k][l] += Σ_i sums[pair(p_k, p_l)][i] T_k(i) T_l(i) for l ≥ k.
void add_gram(const TiltLayout &layout, const double *rows, const double *sums, double *gram);

/// Order-independent sums: high + low += terms, elementwise.
void add_binned(std::size_t n, const double *terms, const BinnedScale &scale, double *high, double *low);
} // namespace rhoflow
