#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/continuity/inputs.h>
#include <solvers/discretization/dg/initial_density.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>

namespace rhoflow
{
InitialState project_initial_state(AdaptiveMesh &mesh, const ContinuityInputs &inputs, const double refinement_tolerance)
{
  const unsigned int degree           = inputs.scheme.degree;
  const bool         has_outer_weight = inputs.problem->has_outer_weight();
  InitialState       state;
  for (;;)
    {
      state.space  = std::make_unique<DGMesh>(mesh, degree, has_outer_weight, inputs.radial_power);
      state.values = project_initial_density(inputs.problem->initial_law(), *state.space, state.missing_mass);
      if (!inputs.refinement.adaptive)
        return state;
      // Refinement only: what is coarsened here would be refined again.
      auto flags = refinement_flags(mesh, resolution_indicator(*state.space, state.values), inputs.refinement,
                                    refinement_tolerance);
      for (auto &flag : flags)
        flag = std::max<signed char>(flag, 0);
      if (!mesh.adapt(flags, state.space->points_per_cell(), state.values, state.space->cell_transfer()))
        return state;
    }
}

std::vector<bool> natural_lower_sides(const ContinuityInputs &inputs)
{
  std::vector<bool> natural;
  for (const std::string &name : inputs.problem->parameter_names())
    natural.push_back(name == "r" && inputs.domain.lower[natural.size()] == 0.);
  return natural;
}

double initial_mass_at_sides(const ContinuityInputs &inputs, const MPI_Comm communicator)
{
  AdaptiveMesh       mesh(inputs.domain, communicator);
  const InitialState state = project_initial_state(mesh, inputs, inputs.refinement.tolerance);
  return mass_at_sides(*state.space, state.values, natural_lower_sides(inputs));
}
} // namespace rhoflow
