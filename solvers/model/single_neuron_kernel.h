#pragma once

#include <vector>

#include <solvers/model/activation/activation.h>

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
} // namespace kernel
} // namespace rhoflow
