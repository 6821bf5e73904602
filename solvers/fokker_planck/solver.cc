#include <solvers/fokker_planck/solver.h>

#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/comparison/memory.h>
#include <solvers/evolution/density_memory.h>
#include <solvers/fokker_planck/initial_state.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FokkerPlanckSolver::FokkerPlanckSolver()  = default;
FokkerPlanckSolver::~FokkerPlanckSolver() = default;

void FokkerPlanckSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  common.parse(parameters);
  setup.domain = common.domain;
  setup.domain.check_mesh();
  setup.parameters.parse(parameters);
  setup.refinement.parse(parameters);
  setup.output.parse(parameters);
  setup.end_time = common.run.end_time;
  setup.beta     = common.parameters.inverse_temperature;
  if (!std::isfinite(setup.beta))
    throw InputError("Mean field/Inverse temperature",
                     "the solver 'fokker planck' is for the equation with entropy: give a finite beta, such as 100, or choose "
                     "'Solver = continuity'.");
  if (setup.refinement.adaptive && setup.domain.refinement > setup.refinement.maximum_level)
    throw InputError("Refinement/Maximum level",
                     "the mesh starts with 'Domain/Refinement = " + std::to_string(setup.domain.refinement) +
                       "', which is above the maximum level. Raise the one or lower the other.");
  setup.observables.parse(parameters, common.problem->parameter_names());
  setup.observables.require_finite_in(common.domain.lower, common.domain.upper);
  if (!common.problem->initial_law().has_density())
    throw InputError("Initial law/Law",
                     "a point mass has no density on a mesh. Use a narrow normal(...) instead of point(...).");
  // The mesh alone before anything is made for it, and all of it when the number of modes is known.
  const auto estimate = [&](const unsigned int n_modes) {
    common.memory.clear();
    DensityMemory{setup.parameters.degree, common.problem->linear_in_first_parameter(), setup.refinement.adaptive,
                  setup.output.write_density, n_modes}
      .add_continuous(setup.domain, communicator, common.memory);
    if (setup.twin != nullptr)
      add_twin_memory(*common.problem, twin, communicator, common.memory);
    common.memory.require(communicator);
  };
  estimate(0);
  common.check_initial_mass();
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

void FokkerPlanckSolver::check_start(MPI_Comm communicator)
{
  check_initial_state(setup, communicator);
}

void FokkerPlanckSolver::run(const RunContext &context)
{
  common.problem->announce(context.progress);
  common.memory.announce(context.progress, context.communicator);
  FokkerPlanckEvolution evolution(setup, context);
  run_time_loop(evolution, common.run.all_output_times(), context.progress, context.checkpoints);
  evolution.write_relaxation();
  const auto timing = evolution.write_timing();
  context.progress.report("Density with entropy", evolution.report());
  context.progress.report("Time, mean over the ranks", timing);
}

namespace
{
std::vector<Unread> unread_by_fokker_planck(dealii::ParameterHandler &parameters)
{
  std::vector<Unread> rules = RunParameters::unread(parameters) + ModelParameters::unread(parameters) +
                              RefinementParameters::unread(parameters) + OutputParameters::unread(parameters) +
                              TwinSettings::unread(parameters);
  if (parameter_value(parameters, "Fokker-Planck/Time stepping") != "SDIRK2")
    for (const char *parameter : {"Fokker-Planck/Maximum time step", "Fokker-Planck/Error tolerance"})
      rules.push_back({parameter, "unless 'Time stepping = SDIRK2'"});
  return rules;
}
} // namespace

SolverEntry fokker_planck_solver_entry()
{
  return {
    "fokker planck",
    "The Fokker-Planck equation d rho/dt = div(rho grad Psi) + (1/beta) Laplace rho of an infinitely wide network that is "
    "trained with noise, as a density on a box of parameter space with up to three coordinates: exponentially fitted "
    "continuous elements on adaptive meshes, implicit steps whose nonlinearity is solved in moment space. Mass, sign and "
    "the decay of the free energy are kept for every step size, Boltzmann densities are at rest to round-off, and every "
    "row says between which bounds the distance to equilibrium lies.",
    [] { return std::make_unique<FokkerPlanckSolver>(); },
    {"Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Domain", "Fokker-Planck", "Refinement",
     "Output", "Particles", "Comparison"},
    unread_by_fokker_planck,
    true};
}
} // namespace rhoflow
