#pragma once

#include <memory>
#include <vector>

#include <solvers/discretization/dg/dg_mesh.h>

namespace rhoflow
{
class AdaptiveMesh;
struct ContinuitySetup;

/// The density that a run of the continuity equation begins with.
struct InitialState
{
  std::unique_ptr<DGMesh> space;
  std::vector<double>     values;            ///< [cells][points]
  double                  missing_mass = 0.; ///< before it was scaled to mass one
};

/// Projects the initial law, and refines the mesh where that asks for it. Throws the InputErrors of project_initial_density().
/// Collective.
InitialState project_initial_state(AdaptiveMesh &mesh, const ContinuitySetup &setup);

/// Throws InputError if the box does not hold this state: as the run does at its first output, but before anything is written.
/// Collective.
void check_initial_state(const ContinuitySetup &setup, MPI_Comm communicator);

/// Lower sides at which a density may sit, since nothing can leave there: r = 0. [D].
std::vector<bool> natural_lower_sides(const ContinuitySetup &setup);

/// Throws InputError if the cells at the sides of the box hold more mass at `time` than its limit.
void refuse_small_box(const ContinuitySetup &setup, double boundary_mass, double time);
} // namespace rhoflow
