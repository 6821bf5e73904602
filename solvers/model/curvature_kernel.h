#pragma once

#include <vector>

#include <solvers/model/feature_kernel.h>
#include <solvers/model/single_neuron_kernel.h>

namespace rhoflow
{
namespace kernel
{
/// Second derivatives of sums of features, Σ_k c_k ∂²g_k/∂ω_i∂ω_j at n points ω, [n][Dω][Dω], in the layout of
/// LearningProblem::curvature(). `coefficients` c: [K], filled up with zeros to whole vectors.

/// Of neuron_features(). σ must have two derivatives; of a bump σ'(0) = 0, too.
void neuron_curvature(const ParticleNeuron &neuron, const Activation &activation, const NodeTable &nodes,
                      const std::vector<double> &coefficients, unsigned int n, const double *omega, double *result);

/// Of reduced_features(), [n][2][2].
void reduced_curvature(const Activation &activation, const ReducedNodes &nodes, const std::vector<double> &coefficients,
                       unsigned int n, const double *points, double *result);
} // namespace kernel
} // namespace rhoflow
