#pragma once

#include <memory>

#include <mpi.h>

namespace rhoflow
{
class AdaptiveMesh;
struct FokkerPlanckSetup;
struct FokkerPlanckState;

/// The density that a run of the Fokker–Planck equation begins with, scaled to mass one, on the mesh refined where that asks
/// for it. `missing_mass`: 1 − mass before scaling. Throws InputError if the nodes do not see the initial law. Collective.
std::unique_ptr<FokkerPlanckState> initial_state(AdaptiveMesh &mesh, const FokkerPlanckSetup &setup, double &missing_mass);

/// Throws InputError if the box does not hold this density: as the run does at its first output, but before anything is
/// written. Collective.
void check_initial_state(const FokkerPlanckSetup &setup, MPI_Comm communicator);

/// Throws InputError if the cells at the sides of the box hold more mass at `time` than its limit.
void refuse_small_box(const FokkerPlanckSetup &setup, double boundary_mass, double time);
} // namespace rhoflow
