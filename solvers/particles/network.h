#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
class LearningProblem;

/// One finite network f(x) = (1/M) Σ_j σ*(x; θ_j) in training.
class Network
{
public:
  virtual ~Network() = default;

  /// Trains until `time` (not before the present time).
  virtual void advance_to(double time) = 0;

  /// The parameters θ_j, [M][n].
  virtual std::vector<double> parameters() const = 0;
};

/// The M initial neurons of a replica, [M][n]: independent draws from ρ_0. Neuron j is the same for every M > j.
std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t n_neurons, std::uint64_t seed,
                                    std::uint64_t replica);

/// Throws InputError if the method does not fit the learning problem.
void check_network(const LearningProblem &problem, const ParticleParameters &parameters);

/// The network that `parameters` describe, at t = 0. `weight_decay` is λ: R + (λ/2)|θ|² is what decreases. Throws InputError if
/// the method does not fit the learning problem.
std::unique_ptr<Network> make_network(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                      std::uint64_t seed, std::uint64_t replica);
} // namespace rhoflow
