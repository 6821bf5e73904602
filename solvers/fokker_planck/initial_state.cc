#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/text.h>
#include <solvers/fokker_planck/adaptation.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/fokker_planck_state.h>
#include <solvers/fokker_planck/initial_state.h>
#include <solvers/fokker_planck/inputs.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/ambient_measure.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
/// The initial law at the owned nodes.
std::vector<double> initial_density(const InitialLaw &law, const NodalSpace &space, double &missing_mass)
{
  const MPI_Comm      communicator = space.mesh().communicator();
  std::vector<double> p(space.n_owned());
  for (std::size_t i = 0; i < p.size(); ++i)
    p[i] = law.density(space.position(space.owned_node(i)));
  const bool finite = std::all_of(p.begin(), p.end(), [](double v) { return std::isfinite(v); });
  if (!all_agree(finite, communicator))
    throw InputError(Refusal::out_of_range, "Initial law/Law",
                     "the density is infinite at a node of the mesh. Move the law or the box.");
  const double mass = total_mass(space, p);
  missing_mass      = 1. - mass;
  if (!(mass > 1e-3))
    throw InputError(Refusal::inconsistent, "Initial law/Law",
                     "the nodes of the mesh see only " + short_number(100. * mass, 2) +
                       " % of the initial density: it lies outside of the box, or it is narrower than a "
                       "cell. Raise 'Domain/Subdivisions', or widen the law.");
  for (double &value : p)
    value /= mass;
  return p;
}
} // namespace

std::unique_ptr<FokkerPlanckState> initial_state(AdaptiveMesh &mesh, const FokkerPlanckInputs &inputs,
                                                 const RefinementParameters &refinement, double &missing_mass)
{
  for (;;)
    {
      auto state = std::make_unique<FokkerPlanckState>(mesh, *inputs.mean_field, inputs.beta(), inputs.scheme.degree,
                                                       inputs.scheme.stage);
      state->set(initial_density(inputs.problem->initial_law(), state->space, missing_mass));
      if (!refinement.adaptive)
        return state;
      CellDensities densities = cell_densities(*state);
      auto flags = refinement_flags(mesh, resolution_indicator(*state, densities, inputs.scheme.peclet_limit), refinement,
                                    refinement.tolerance);
      // Refinement only: what is coarsened here would be refined again.
      for (auto &flag : flags)
        flag = std::max<signed char>(flag, 0);
      if (!mesh.adapt(flags, 2 * state->space.points_per_cell(), densities.values,
                      fitted_transfer(mesh.dimension(), inputs.scheme.degree)))
        return state;
    }
}

std::string advice_for_box(const FokkerPlanckInputs &inputs)
{
  return inputs.mean_field->weight_decay() > 0. ? "" : ", give 'Mean field/Weight decay'";
}

double initial_mass_at_sides(const FokkerPlanckInputs &inputs, const MPI_Comm communicator)
{
  AdaptiveMesh mesh(inputs.domain, communicator);
  double       missing_mass;
  if (inputs.refinement.adaptive)
    {
      const auto state = initial_state(mesh, inputs, inputs.refinement, missing_mass);
      return mass_at_sides(state->fitted, state->potential, state->p);
    }
  // Without hanging nodes the features, of which a state is full, say nothing about the mass.
  const AmbientMeasure measure(*inputs.problem);
  const NodalSpace     space(mesh, inputs.scheme.degree, measure.radial_power > 0);
  std::vector<double>  local = space.to_local(initial_density(inputs.problem->initial_law(), space, missing_mass));
  for (std::size_t node = 0; node < local.size(); ++node)
    if (space.number(node) < 0 && space.terms_begin(node) != space.terms_end(node))
      local[node] = local[space.terms_begin(node)->node];
  return mass_at_sides(space, measure.has_radius, local);
}
} // namespace rhoflow
