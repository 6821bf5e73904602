#pragma once

#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/evolution/error_estimate.h>

namespace rhoflow
{
struct FokkerPlanckInputs;

/// A density with entropy with less resolution, FokkerPlanckOnMesh::coarser(), for the errors of risk and free energy; none if
/// the inputs ask for no estimate. The inputs live longer.
std::vector<std::unique_ptr<CoarserSolution>> coarser_densities(const FokkerPlanckInputs &inputs, MPI_Comm communicator);
} // namespace rhoflow
