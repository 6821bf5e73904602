#pragma once

#include <cstdint>
#include <vector>

namespace rhoflow
{
namespace kernel
{
/// Neurons whose pairs are summed, in panels of `panel` neurons, component after component inside a panel, filled up with
/// neurons of coefficient zero.
struct NeuronPanels
{
  static constexpr unsigned int panel = 96;

  NeuronPanels(unsigned int d, std::uint64_t n_neurons);

  std::uint64_t size() const { return n_panels * panel; }
  double &component(std::uint64_t j, unsigned int k) { return components[(j / panel * dimension + k) * panel + j % panel]; }

  unsigned int        dimension;
  std::uint64_t       n_panels;
  std::vector<double> components;   ///< [n_panels][d][panel]
  std::vector<double> coefficients; ///< [n_panels][panel]
};

/// ΣΣ_{ij} c_i c_j K(v_i·v_j) over i of one panel and j of another one: every pair of one panel where both are the same.
/// O(panel² d), products in registers.

/// K(p) = (2/π) asin(p), p bounded by ±1: E[erf(w·x/√2) erf(w'·x/√2)] for v = w/√(1 + |w|²), x ~ N(0, I) (C. K. I. Williams,
/// "Computation with infinite neural networks", Neural Computation 10, 1998, presented at NIPS 1996).
double erf_pairs(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column);

/// K(c) = [√(1 − c²) + c (π/2 + asin c)]/(2π), the arc-cosine kernel of first order (Y. Cho & L. K. Saul, NIPS 2009): E[relu(G)
/// relu(G')] for unit vectors v; the lengths belong to the coefficients.
double relu_pairs(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column);

/// K = e^{−(q² + q'²)/2} cosh(v·v'), `lengths` q: E[cos(w·x) cos(w'·x)] for v = w.
double cosine_pairs(const NeuronPanels &neurons, const std::vector<double> &lengths, std::uint64_t row, std::uint64_t column);

/// Mehler's series Σ_n h_n(q) h_n(q') c^n of every neuron, n < n_terms(last level), split into even and odd n, of which all or
/// the first only differ from zero.
struct PairSeries
{
  static constexpr unsigned int panel      = NeuronPanels::panel;
  static constexpr unsigned int level_step = 8; ///< level l has the terms n < 8 (l + 1)

  unsigned int        n_levels = 0;
  bool                all_even = true, all_odd = true;
  std::vector<double> even, odd; ///< [n_panels][n_even() or n_odd()][panel]
  std::vector<double> tails;     ///< [n_panels][n_levels]: max over the panel of √(E σ² − Σ_{n < 8 (l + 1)} h_n²)
  double              tolerance; ///< of one pair

  unsigned int n_even() const { return all_even ? n_levels * level_step / 2 : 1; }
  unsigned int n_odd() const { return all_odd ? n_levels * level_step / 2 : 1; }
};

/// Pairs for which the series would need too many terms.
struct SteepPairs
{
  std::vector<std::uint64_t> row, column;
  std::vector<double>        cosine;
};

/// ΣΣ c_i c_j K over unit vectors v by the series, with as many terms as the largest |v_i·v_j| of a group of pairs needs. Pairs
/// of a neuron with itself count as if they were orthogonal; pairs with more than the tolerance left after the last level are
/// left out and appended to `steep`.
double series_pairs(const NeuronPanels &neurons, const PairSeries &series, std::uint64_t row, std::uint64_t column,
                    SteepPairs &steep);

/// Exact kernels E[σ(qG) σ(q'G')], (G, G') standard normal with correlation c, of n pairs.
///
/// σ = offset + factor Σ_k p_k erf(t/(τ_k √2)): Williams' kernel for every two components, q² → (q/τ_k)².
void erf_mixture_pairs(double offset, double factor, const std::vector<double> &scales, const std::vector<double> &weights,
                       unsigned int n, const double *q, const double *q2, const double *c, double *values);

/// σ(t) = Σ_k p_k E relu(t + τ_k N), N standard normal: the arc-cosine kernel with q² → q² + τ_k².
void relu_mixture_pairs(const std::vector<double> &scales, const std::vector<double> &weights, unsigned int n, const double *q,
                        const double *q2, const double *c, double *values);

/// What the kinks of a piecewise linear σ, slope jumps m_k at t_k, add to K(0) + c K'(0):
///   (q q'/2π) ΣΣ m_k m_l ∫_0^{asin c} (c − sin θ) exp(−(α² − 2 αβ sin θ + β²)/(2 cos²θ)) dθ,  α = t_k/q, β = t_l/q',
/// because K'' = q² q'² E[σ''(qG) σ''(q'G')] (R. Price, IRE Trans. Inf. Theory 4, 1958) and the density of two normals is
/// elementary (R. L. Plackett, Biometrika 41, 1954).
void kink_pairs(const std::vector<double> &kinks, const std::vector<double> &jumps, unsigned int n, const double *q,
                const double *q2, const double *c, double *values);

/// moments[m] = Σ_i values[i] table[i][m], m < n_moments, a multiple of 8; the rows of the table are `stride` apart.
void weighted_rows(unsigned int n_rows, unsigned int n_moments, const double *values, const double *table, unsigned int stride,
                   double *moments);
} // namespace kernel
} // namespace rhoflow
