#pragma once

#include <memory>
#include <string>

#include <mpi.h>

namespace rhoflow
{
class AdaptiveMesh;
struct FokkerPlanckInputs;
struct FokkerPlanckState;
struct RefinementParameters;

/// The density that a run of the Fokker–Planck equation begins with, scaled to mass one, on the mesh refined where `refinement`
/// asks for it. `missing_mass`: 1 − mass before scaling. Throws InputError if the nodes do not see the initial law. Collective.
std::unique_ptr<FokkerPlanckState> initial_state(AdaptiveMesh &mesh, const FokkerPlanckInputs &inputs,
                                                 const RefinementParameters &refinement, double &missing_mass);

/// The mass of this density in the cells at the sides of the box. Collective.
double initial_mass_at_sides(const FokkerPlanckInputs &inputs, MPI_Comm communicator);

/// What helps against a small box beside a larger one: completes RunningChecks' message.
std::string advice_for_box(const FokkerPlanckInputs &inputs);
} // namespace rhoflow
