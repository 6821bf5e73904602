#pragma once

#include <cstdint>
#include <vector>

#include <solvers/model/learning_problem.h>
#include <solvers/particles/trained_layers.h>

namespace rhoflow
{
/// The neural tangent kernel (Jacot, Gabriel, Hongler 2018) of a finite network f(x) = (α/M) Σ_j σ*(x; θ_j) between P inputs.
/// Trained by θ_j ← θ_j + (η/α) (y − f) ∇σ*(x; θ_j), f obeys in the limit of small steps
///   d f(x)/dt = E_{x'} K_t(x, x') (y' − f(x')),      K_t(x, x') = (1/M) Σ_j ⟨∇_θ σ*(x; θ_j), ∇_θ σ*(x'; θ_j)⟩,
/// in mean-field scaling (α = 1) as in lazy scaling (α = √M); the sum over components of θ is over those that are trained. In
/// lazy scaling K_t hardly leaves K_0, and training is a linear problem (Chizat, Oyallon, Bach 2019); in mean-field scaling the
/// kernel moves with the neurons. With the outer weights alone trained (random features) it is constant in both.
class TangentKernel
{
public:
  /// The P inputs are drawn from the data law, the same for a seed whatever the network, unless the problem has a data set of
  /// at most `n_points` points: then they are its points, in its order. `problem` must outlive this object. Throws InputError
  /// for a landscape, and for outer weights of a neuron that has none.
  TangentKernel(const LearningProblem &problem, TrainedLayers trained, unsigned int n_points, std::uint64_t seed);

  /// P.
  unsigned int n_points() const { return number; }
  /// The inputs, [P][d].
  const std::vector<double> &points() const { return inputs; }

  /// K [P][P], exactly symmetric, of the network with the parameters `theta` [M][n]. O(M P (P + d)) operations, for bumps
  /// O(M P² d); bitwise the same for the same parameters.
  std::vector<double> evaluate(const double *theta, std::uint64_t n_neurons) const;

private:
  const LearningProblem &problem;
  ParticleNeuron         neuron;
  TrainedLayers          trained;
  unsigned int           number;
  std::vector<double>    inputs;
};

/// ‖K_t − K_0‖_F / ‖K_0‖_F; 0 if both vanish, infinite if only K_0 does.
double relative_drift(const std::vector<double> &kernel, const std::vector<double> &initial);

/// ⟨K_t, K_0⟩_F / (‖K_t‖_F ‖K_0‖_F), 1 if K_t is a multiple of K_0; 0 if one of them vanishes.
double alignment(const std::vector<double> &kernel, const std::vector<double> &initial);

/// tr K / P, the mean of K(x, x) [P][P].
double mean_diagonal(const std::vector<double> &kernel);

/// The largest eigenvalue of K/P, an estimate of that of f ↦ E K(·, x') f(x') on the data law: the rate at which the fastest
/// part of the residual decreases.
double largest_eigenvalue(const std::vector<double> &kernel);

/// ‖θ_t − θ_0‖ / ‖θ_0‖ over all parameters of all neurons; infinite if only θ_0 vanishes.
double relative_movement(const std::vector<double> &theta, const std::vector<double> &initial);
} // namespace rhoflow
