#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/continuity/density_evolution.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/discretization/dg/initial_density.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>

namespace rhoflow
{
InitialState project_initial_state(AdaptiveMesh &mesh, const ContinuitySetup &setup)
{
  const unsigned int degree    = setup.parameters.degree;
  const bool         amplitude = setup.problem->linear_in_first_parameter();
  InitialState       state;
  for (;;)
    {
      state.space  = std::make_unique<DGMesh>(mesh, degree, amplitude, setup.radial_power);
      state.values = project_initial_density(setup.problem->initial_law(), *state.space, state.missing_mass);
      if (!setup.refinement.adaptive)
        return state;
      // Refinement only: what is coarsened here would be refined again.
      auto flags = refinement_flags(mesh, resolution_indicator(*state.space, state.values), setup.refinement,
                                    setup.refinement.tolerance);
      for (auto &flag : flags)
        flag = std::max<signed char>(flag, 0);
      if (!mesh.adapt(flags, state.space->points_per_cell(), state.values, state.space->cell_transfer()))
        return state;
    }
}

std::vector<bool> natural_lower_sides(const ContinuitySetup &setup)
{
  std::vector<bool> natural;
  for (const std::string &name : setup.problem->parameter_names())
    natural.push_back(name == "r" && setup.domain.lower[natural.size()] == 0.);
  return natural;
}

void refuse_small_box(const ContinuitySetup &setup, const double boundary_mass, const double time)
{
  if (boundary_mass > setup.parameters.boundary_limit)
    throw InputError("Domain/Upper corner", "the box is too small: at t = " + short_number(time) +
                                              " its outermost cells hold the mass " + short_number(boundary_mass) + " (limit " +
                                              short_number(setup.parameters.boundary_limit) +
                                              "). Enlarge the box, or raise 'Domain/Boundary mass limit'.");
}

void check_initial_state(const ContinuitySetup &setup, const MPI_Comm communicator)
{
  AdaptiveMesh       mesh(setup.domain, communicator);
  const InitialState state = project_initial_state(mesh, setup);
  refuse_small_box(setup, mass_at_sides(*state.space, state.values, natural_lower_sides(setup)), 0.);
}
} // namespace rhoflow
