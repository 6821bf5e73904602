#pragma once

#include <cstdint>
#include <memory>

#include <mpi.h>

#include <solvers/particles/network.h>

namespace rhoflow
{
/// Throws InputError if the method does not fit the learning problem.
void check_network(const LearningProblem &problem, const ParticleParameters &parameters);

/// The network that `parameters` describe, at t = 0, on the ranks of `communicator` (one rank for methods other than SGD).
/// `weight_decay` is λ: R + (λ/2)|θ|² is what decreases. Throws InputError if the method does not fit the learning problem.
/// Collective.
std::unique_ptr<Network> make_network(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                      std::uint64_t seed, std::uint64_t replica, MPI_Comm communicator = MPI_COMM_SELF);
} // namespace rhoflow
