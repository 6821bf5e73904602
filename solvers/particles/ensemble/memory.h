#pragma once

#include <mpi.h>

namespace rhoflow
{
class LearningProblem;
class MemoryEstimate;
struct ParticleParameters;

/// What the networks of `Replicas` take on this rank; `copies`: so many times the neurons, for further networks beside them.
void add_network_memory(const LearningProblem &problem, const ParticleParameters &parameters, double copies,
                        MPI_Comm communicator, MemoryEstimate &memory);
} // namespace rhoflow
