#pragma once

#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace kernel
{
/// The data nodes of a Euclidean problem, one coordinate after the other: [d][stride], filled up with zeros.
struct NodeTable
{
  /// From `nodes` [K][d].
  NodeTable(const std::vector<double> &nodes, unsigned int dimension);

  unsigned int        n_nodes; ///< K
  unsigned int        dimension;
  unsigned int        stride; ///< K rounded up to whole vectors
  std::vector<double> coordinates;
};

/// g_k(ω) and, unless `gradients` is null, ∂g_k/∂ω, in the layout of LearningProblem::features(). Unless `hessians` is null,
/// ∂²g_k/∂ω² too, in the layout of LearningProblem::features_to_second_order(): not of bumps, and not without gradients.
void neuron_features(const ParticleNeuron &neuron, const Activation &activation, const NodeTable &nodes, unsigned int n,
                     const double *omega, double *values, double *gradients, double *hessians = nullptr);
} // namespace kernel
} // namespace rhoflow
