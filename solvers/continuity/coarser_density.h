#pragma once

#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/evolution/error_estimate.h>

namespace rhoflow
{
struct ContinuityInputs;

/// Two densities of the continuity equation with less and less resolution, DensityOnMesh::coarser(), for the error of the risk;
/// none if the inputs ask for no estimate. The inputs live longer.
std::vector<std::unique_ptr<CoarserSolution>> coarser_densities(const ContinuityInputs &inputs, MPI_Comm communicator);
} // namespace rhoflow
