#pragma once

#include <mpi.h>

namespace rhoflow
{
class LearningProblem;
class MemoryEstimate;
struct TwinSettings;

/// What the networks beside a density and their distances to it take on this rank.
void add_twin_memory(const LearningProblem &problem, const TwinSettings &settings, MPI_Comm communicator,
                     MemoryEstimate &memory);
} // namespace rhoflow
