#pragma once

#include <mpi.h>

namespace rhoflow
{
class LearningProblem;
class MemoryEstimate;
struct CompanionSettings;

/// What the networks beside a density and their distances to it take on this rank.
void add_companion_memory(const LearningProblem &problem, const CompanionSettings &settings, MPI_Comm communicator,
                          MemoryEstimate &memory);
} // namespace rhoflow
