#include <solvers/continuity/solver.h>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/comparison/memory.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/evolution/density_memory.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
ContinuitySolver::ContinuitySolver()  = default;
ContinuitySolver::~ContinuitySolver() = default;

void ContinuitySolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  common.parse(parameters);
  common.parameters.refuse_entropy(common.run.solver);
  setup.domain = common.domain;
  setup.domain.check_mesh();
  setup.parameters.parse(parameters);
  setup.refinement.parse(parameters);
  if (setup.refinement.adaptive && setup.domain.refinement > setup.refinement.maximum_level)
    throw InputError("Refinement/Maximum level",
                     "the mesh starts with 'Domain/Refinement = " + std::to_string(setup.domain.refinement) +
                       "', which is above the maximum level. Raise the one or lower the other.");
  setup.output.parse(parameters);
  setup.end_time = common.run.end_time;
  refuse_landscape(*common.problem, common.run.solver);
  Observables::refuse(parameters, common.run.solver);
  if (!common.problem->initial_law().has_density())
    throw InputError(
      "Initial law/Law",
      "a point mass has no density on a mesh. Use 'Solver = characteristics', or a narrow normal(...) instead of "
      "point(...).");
  // The mesh alone before anything is made for it, and all of it when the number of modes is known.
  const auto estimate = [&](const unsigned int n_modes) {
    common.memory.clear();
    DensityMemory{setup.parameters.degree, common.problem->linear_in_first_parameter(), setup.refinement.adaptive,
                  setup.output.write_density, n_modes}
      .add_discontinuous(setup.domain, communicator, common.memory);
    if (setup.twin != nullptr)
      add_twin_memory(*common.problem, twin, communicator, common.memory);
    common.memory.require(communicator);
  };
  estimate(0);
  common.check_initial_mass();
  adjust(parameters);
  if (common.run.compare_with_sgd)
    {
      twin.parse(parameters);
      twin.check(*common.problem);
      setup.twin = &twin;
    }
  common.make_mean_field(communicator, &progress);
  estimate(common.mean_field->n_modes());
  setup.problem    = common.problem.get();
  setup.mean_field = common.mean_field.get();
}

void ContinuitySolver::check_start(MPI_Comm communicator)
{
  check_initial_state(setup, communicator);
}

void ContinuitySolver::run(const RunContext &context)
{
  common.problem->announce(context.progress);
  common.memory.announce(context.progress, context.communicator);
  DensityEvolution evolution(setup, context);
  run_time_loop(evolution, common.run.all_output_times(), context.progress, context.checkpoints);
  const auto timing = evolution.write_timing();
  context.progress.report("Density", evolution.report());
  context.progress.report("Time, mean over the ranks", timing);
}

std::vector<std::string> continuity_sections()
{
  return {"Learning problem",       "Data",       "Target", "Initial law", "Mean field", "Domain",
          "Discontinuous Galerkin", "Refinement", "Output", "Particles",   "Comparison"};
}

std::vector<Unread> unread_by_continuity(dealii::ParameterHandler &parameters)
{
  return RunParameters::unread(parameters) + ModelParameters::unread(parameters) + RefinementParameters::unread(parameters) +
         OutputParameters::unread(parameters) + TwinSettings::unread(parameters);
}

SolverEntry continuity_solver_entry()
{
  return {
    "continuity",
    "The continuity equation d rho/dt = div(rho grad Psi) of an infinitely wide network, as a density on a box of parameter "
    "space with up to three coordinates: discontinuous Galerkin elements on adaptive meshes, upwind fluxes, explicit "
    "Runge-Kutta steps. Mass is kept to round-off; the evolution stays linear in the density, which is made positive where "
    "it is written.",
    [] { return std::make_unique<ContinuitySolver>(); }, continuity_sections(), unread_by_continuity};
}
} // namespace rhoflow
