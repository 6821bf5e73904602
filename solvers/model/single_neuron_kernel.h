#pragma once

#include <cstdint>
#include <vector>

#include <solvers/model/activation.h>

namespace rhoflow
{
namespace kernel
{
/// The quadrature of the reduced single-neuron problem: data nodes (x1_k, ϱ_k), k = 1..K, and the inner rule over u.
struct ReducedNodes
{
  unsigned int        n_nodes; ///< K
  std::vector<double> x1, rho;
  std::vector<double> inner_nodes, inner_weights; ///< u_l, exactly symmetric: u_l = −u_{n−1−l}

  /// Fills x1 and rho up with zeros to whole vectors, as reduced_features() needs them.
  void pad();
};

/// σ̄_k(s, r) = E_u σ(s x1_k + r ϱ_k u) and, unless `gradients` is null, its derivatives by s and r, at n points (s, r):
/// `values` [n][K], `gradients` [n][2][K]. u and −u are taken together, so that the derivative by r vanishes exactly at r = 0.
void reduced_features(const Activation &activation, const ReducedNodes &nodes, unsigned int n, const double *points,
                      double *values, double *gradients);

/// ΣΣ_{ij} c_i c_j (2/π) asin(w_i·w_j / √((1 + |w_i|²)(1 + |w_j|²))): Σ c_i c_j E[erf(w_i·x/√2) erf(w_j·x/√2)] for
/// x ~ N(0, I_d) (C. K. I. Williams, Computing with infinite networks, 1997). `weights` [M] with the stride `stride` between
/// neurons, each of length d; `coefficients` [M].
double erf_kernel_sum(unsigned int d, std::uint64_t n_neurons, const double *coefficients, const double *weights,
                      std::uint64_t stride);

/// f(x_i) = Σ_j c_j σ(w_j·x_i) at `n` inputs [n][d], `prediction` [n].
void ridge_network(const Activation &activation, unsigned int d, std::uint64_t n_neurons, const double *coefficients,
                   const double *weights, std::uint64_t stride, std::uint64_t n, const double *inputs, double *prediction);
} // namespace kernel
} // namespace rhoflow
