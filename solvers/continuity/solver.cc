#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/common_noise/stability.h>
#include <solvers/comparison/parameters.h>
#include <solvers/continuity/continuity_evolution.h>
#include <solvers/continuity/density_paths_evolution.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/continuity/solver.h>
#include <solvers/evolution/density_memory.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <string>
#include <utility>

namespace rhoflow
{
ContinuitySolver::ContinuitySolver(SolverTraits what)
  : traits(std::move(what))
{}

ContinuitySolver::~ContinuitySolver() = default;

namespace
{
/// Reads section 'Common noise' and refuses what paths cannot be. Throws InputError.
void prepare_noise(ContinuityInputs &inputs, dealii::ParameterHandler &parameters)
{
  CommonNoiseParameters &noise = inputs.noise;
  noise.parse(parameters, inputs.run.all_output_times());
  if (!noise.active())
    return;
  noise.check(*inputs.problem);
  if (noise.beside_sgd())
    throw InputError(Refusal::unsupported, "Common noise/Noise",
                     "SGD has points and no density: the solver 'characteristics' has it beside its paths. Choose that, or "
                     "'Noise = Gaussian'.");
  if (inputs.run.compare_with_sgd)
    throw InputError(Refusal::unsupported, "Compare with SGD",
                     "networks cannot be trained beside paths of the common noise yet. Set it to false, and train them with "
                     "'Solver = particles'.");
  refuse_large_step(*inputs.problem, noise);
  noise.record(parameters);
}
} // namespace

void ContinuitySolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  inputs.parse(parameters, traits);
  prepare_noise(inputs, parameters);
  // Which degree is best depends on whether the mesh is automatic, which parse_mesh() makes numbers of.
  inputs.scheme.parse(parameters);
  const bool automatic_mesh = inputs.domain.subdivisions.empty();
  inputs.parse_mesh(parameters);
  if (automatic_mesh)
    {
      // Such a mesh leaves ripples in empty cells that are far below the tolerance, and no sign of a small box.
      constexpr double part          = 0.1;
      inputs.scheme.boundary_warning = std::min(inputs.scheme.boundary_limit,
                                                std::max(inputs.scheme.boundary_warning, part * inputs.refinement.tolerance));
      set_parameter_value(parameters, "Domain/Boundary mass warning", shortest_text(inputs.scheme.boundary_warning));
    }
  set_parameter_value(parameters, "Discontinuous Galerkin/Degree", std::to_string(inputs.scheme.degree));
  set_parameter_value(parameters, "Discontinuous Galerkin/Largest fall of the risk", shortest_text(inputs.scheme.largest_fall));
  adjust(parameters);
  inputs.prepare_on_mesh(communicator, progress, [&](const unsigned int n_modes) {
    DensityMemory{inputs.scheme.degree,
                  inputs.problem->has_outer_weight(),
                  inputs.refinement.adaptive,
                  inputs.output.write_density,
                  n_modes,
                  inputs.accuracy.estimate && !inputs.noise.active() ? 2U : 0U,
                  inputs.noise.active() ? inputs.noise.n_paths : 0U}
      .add_discontinuous(inputs.domain, communicator, inputs.memory);
  });
  if (inputs.noise.active() && inputs.mean_field->thinned())
    throw InputError(
      Refusal::unsupported, "Mean field/Compression tolerance",
      "paths of the common noise need the features at all data nodes, of which there are " +
        std::to_string(inputs.problem->n_nodes()) +
        ": a few stand for them here. Choose fewer data nodes, or a tolerance of 0 if there are a few thousand.");
}

void ContinuitySolver::check_start(MPI_Comm communicator)
{
  Progress            silent(false);
  const RunningChecks checks(inputs.scheme, silent);
  checks.refuse_small_box(initial_mass_at_sides(inputs, communicator), RunningChecks::at_time(0.));
}

void ContinuitySolver::run(const RunContext &context)
{
  inputs.problem->announce(context.progress);
  inputs.memory.announce(context.progress, context.communicator);
  const auto solve = [&](auto &&evolution, const std::string &title) {
    run_time_loop(evolution, inputs.run.all_output_times(), context.progress, context.checkpoints);
    const auto timing = evolution.write_timing();
    context.progress.report(title, evolution.report());
    context.progress.report("Time, mean over the ranks", timing);
  };
  if (inputs.noise.active())
    solve(DensityPathsEvolution(inputs, context), "Densities with common noise");
  else
    solve(ContinuityEvolution(inputs, context), "Density");
}

namespace
{
/// What paths do not read of what the density without noise reads.
std::vector<Unread> unread_by_paths(dealii::ParameterHandler &parameters)
{
  if (parameter_value(parameters, "Common noise/Equation") == "none")
    return {};
  std::vector<Unread> rules;
  for (const char *path : {"Accuracy/Estimate errors", "Common noise/Marked points", "Comparison",
                           "Discontinuous Galerkin/Largest fall of the risk", "Output/Write density", "Output/Format",
                           "Output/Compression", "Output/Every n-th output"})
    rules.push_back({path, "with common noise"});
  return rules;
}
} // namespace

std::vector<std::string> continuity_sections()
{
  return {"Learning problem",       "Data",         "Target",     "Initial law", "Mean field", "Accuracy",  "Domain",
          "Discontinuous Galerkin", "Common noise", "Refinement", "Output",      "Particles",  "Comparison"};
}

std::vector<Unread> unread_by_continuity(dealii::ParameterHandler &parameters)
{
  return RunParameters::unread(parameters) + ModelParameters::unread(parameters) + RefinementParameters::unread(parameters) +
         OutputParameters::unread(parameters) + CompanionSettings::unread(parameters) +
         CommonNoiseParameters::unread(parameters) + unread_by_paths(parameters);
}

SolverTraits continuity_traits(const std::string &method)
{
  SolverTraits traits;
  traits.entropy   = SolverTraits::Entropy::refused;
  traits.landscape = false;
  traits.method    = method;
  return traits;
}

SolverEntry continuity_solver_entry()
{
  const SolverTraits traits = continuity_traits("discontinuous Galerkin elements on a mesh of parameter space");
  return {
    "continuity",
    "The continuity equation d rho/dt = div(rho grad Psi) of an infinitely wide network, as a density on a box of parameter "
    "space with up to three coordinates: discontinuous Galerkin elements on adaptive meshes, upwind fluxes, explicit "
    "Runge-Kutta steps. Mass is kept to round-off; the evolution stays linear in the density, which is made positive where "
    "it is written. With section 'Common noise' densities on paths that the noise of SGD moves, and the risk of each (paths.csv).",
    [traits] { return std::make_unique<ContinuitySolver>(traits); },
    traits,
    continuity_sections(),
    unread_by_continuity};
}
} // namespace rhoflow
