#pragma once

#include <memory>
#include <vector>

#include <solvers/discretization/dg/dg_mesh.h>

namespace rhoflow
{
class AdaptiveMesh;
struct ContinuityInputs;

/// The density that a run of the continuity equation begins with.
struct InitialState
{
  std::unique_ptr<DGMesh> space;
  std::vector<double>     values;            ///< [cells][points]
  double                  missing_mass = 0.; ///< before it was scaled to mass one
};

/// Projects the initial law, and refines the mesh where an adaptive one does not resolve it to the tolerance. Throws the
/// InputErrors of project_initial_density(). Collective.
InitialState project_initial_state(AdaptiveMesh &mesh, const ContinuityInputs &inputs, double refinement_tolerance);

/// The mass of this state in the cells at the sides of the box. Collective.
double initial_mass_at_sides(const ContinuityInputs &inputs, MPI_Comm communicator);

/// Lower sides at which a density may sit, since nothing can leave there: r = 0. [D].
std::vector<bool> natural_lower_sides(const ContinuityInputs &inputs);
} // namespace rhoflow
