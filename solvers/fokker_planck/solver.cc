#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/boltzmann/density_places.h>
#include <solvers/comparison/parameters.h>
#include <solvers/evolution/density_memory.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/fokker_planck/fokker_planck_evolution.h>
#include <solvers/fokker_planck/initial_state.h>
#include <solvers/fokker_planck/solver.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
SolverTraits fokker_planck_traits()
{
  SolverTraits traits;
  traits.entropy               = SolverTraits::Entropy::required;
  traits.ambient_measure       = true;
  traits.free_energy_decreases = true;
  traits.method                = "continuous elements on a mesh of parameter space and implicit steps in time";
  return traits;
}
} // namespace

DensityPlaces FokkerPlanckInputs::find_places()
{
  DensityPlaces places = EvolutionInputs::find_places();
  if (!domain.is_automatic() || !std::isfinite(beta())) // the latter is refused later
    return places;
  // A coordinate with noise alone spreads by 2 t/β, with weight decay as an Ornstein-Uhlenbeck process.
  constexpr double reach = 6.; // deviations
  const double     decay = parameters.weight_decay, time = run.end_time;
  const double spread = reach * std::sqrt(decay > 0. ? -std::expm1(-2. * decay * time) / (decay * beta()) : 2. * time / beta());
  for (std::size_t d = 0; d < places.lower.size(); ++d)
    {
      const double middle = .5 * (places.lower[d] + places.upper[d]);
      const double half   = std::hypot(.5 * (places.upper[d] - places.lower[d]), spread);
      places.lower[d]     = middle - half;
      places.upper[d]     = middle + half;
    }
  DensityPlaces at_rest;
  try
    {
      at_rest = boltzmann_places(*problem, domain, parameters, {beta()});
    }
  catch (const RunError &)
    {
      box_without_rest = true;
    }
  catch (const InputError &)
    {
      box_without_rest = true;
    }
  if (box_without_rest) // what the noise can reach must do; the boundary mass tells if it does not
    return places;
  for (std::size_t d = 0; d < places.lower.size(); ++d)
    {
      places.lower[d] = std::min(places.lower[d], at_rest.lower[d]);
      places.upper[d] = std::max(places.upper[d], at_rest.upper[d]);
    }
  places.snapshots.push_back(std::move(at_rest.snapshots.front()));
  return places;
}

FokkerPlanckSolver::FokkerPlanckSolver()  = default;
FokkerPlanckSolver::~FokkerPlanckSolver() = default;

void FokkerPlanckSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  inputs.parse(parameters, fokker_planck_traits());
  // What is automatic depends on whether the mesh is, which parse_mesh() makes numbers of.
  inputs.scheme.parse(parameters, inputs.domain.dimension(), !inputs.box_without_rest);
  inputs.scheme.record(parameters);
  if (inputs.box_without_rest && !inputs.scheme.find_equilibrium)
    progress.warning(
      "no box was found that holds a density at rest, and the distance to it is not computed. 'Mean field/Weight "
      "decay' makes sure that there is one");
  const bool automatic_mesh = inputs.domain.subdivisions.empty();
  inputs.parse_mesh(parameters);
  if (automatic_mesh)
    {
      // The density comes to rest on cells that it has needed before, and new meshes change the free energy. Linear neurons in
      // two dimensions, β = 20: a tolerance of 1e-5 leaves errors of 1.2e-4, one of 1e-6 leaves 2e-5.
      const double part = std::min(1., 30. * inputs.accuracy.functionals / inputs.accuracy.density);
      inputs.refinement.prefer(part, 0., 30);
      inputs.refinement.record(parameters);
    }
  inputs.prepare_on_mesh(communicator, progress, [&](const unsigned int n_modes) {
    DensityMemory{inputs.scheme.degree,
                  inputs.problem->has_outer_weight(),
                  inputs.refinement.adaptive,
                  inputs.output.write_density,
                  n_modes,
                  inputs.accuracy.estimate ? 1U : 0U}
      .add_continuous(inputs.domain, communicator, inputs.memory);
  });
}

void FokkerPlanckSolver::check_start(MPI_Comm communicator)
{
  Progress            silent(false);
  const RunningChecks checks(inputs.scheme, silent, advice_for_box(inputs));
  checks.refuse_small_box(initial_mass_at_sides(inputs, communicator), RunningChecks::at_time(0.));
}

void FokkerPlanckSolver::run(const RunContext &context)
{
  inputs.problem->announce(context.progress);
  inputs.memory.announce(context.progress, context.communicator);
  FokkerPlanckEvolution evolution(inputs, context);
  run_time_loop(evolution, inputs.run.all_output_times(), context.progress, context.checkpoints);
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
                              CompanionSettings::unread(parameters);
  rules.push_back({"Domain/Extendable", ""});
  const std::string stepping = parameter_value(parameters, "Fokker-Planck/Time stepping");
  const bool        euler = stepping == "automatic" && (parameter_value(parameters, "Fokker-Planck/Time step") != "automatic" ||
                                                 parameter_value(parameters, "Domain/Subdivisions") != "automatic");
  if (stepping != "SDIRK2" && (stepping != "automatic" || euler))
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
    "row says between which bounds the free-energy gap lies.",
    [] { return std::make_unique<FokkerPlanckSolver>(); },
    fokker_planck_traits(),
    {"Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Accuracy", "Domain", "Fokker-Planck",
     "Refinement", "Output", "Particles", "Comparison"},
    unread_by_fokker_planck,
    true};
}
} // namespace rhoflow
