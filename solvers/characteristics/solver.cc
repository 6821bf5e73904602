#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/characteristics/characteristics_evolution.h>
#include <solvers/characteristics/coarser_points.h>
#include <solvers/characteristics/marked_points.h>
#include <solvers/characteristics/paths_evolution.h>
#include <solvers/characteristics/solver.h>
#include <solvers/common_noise/stability.h>
#include <solvers/comparison/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
const char *const points_parameter = "Characteristics/Nodes per coordinate";

/// How many points InitialLaw::quadrature(n) would give, without making them: a sum of powers of n, one for each component of a
/// mixture, since factors that are point masses have one node whatever n is.
double number_of_points(const InitialLaw &law, const double n)
{
  const unsigned int D = law.dimension();
  if (law.n_products() == 0 && law.has_density())
    return std::pow(n, D);
  // The polynomial of degree D in n through its values at 1, ..., D + 1 (Lagrange).
  double number = 0.;
  for (unsigned int i = 1; i <= D + 1; ++i)
    {
      Measure few;
      law.quadrature(i, few.points, few.weights);
      double value = static_cast<double>(few.weights.size());
      for (unsigned int j = 1; j <= D + 1; ++j)
        if (j != i)
          value *= (n - j) / (static_cast<double>(i) - j);
      number += value;
    }
  return number;
}

SolverTraits characteristics_traits()
{
  SolverTraits traits;
  traits.entropy      = SolverTraits::Entropy::refused;
  traits.point_masses = true;
  traits.method       = "characteristics: the points of a Gauss quadrature of the initial law, moved along −∇Ψ";
  return traits;
}
} // namespace

Measure CharacteristicsInputs::points(const unsigned int n) const
{
  Measure points;
  problem->initial_law().quadrature(n, points.points, points.weights);
  drop_light_points(points, problem->n_parameters(), scheme.neglected_mass);
  return points;
}

void CharacteristicsInputs::take_points(const MPI_Comm communicator)
{
  const double n_points = number_of_points(problem->initial_law(), scheme.n_per_coordinate);
  if (n_points > 1e8)
    throw InputError(Refusal::too_large, points_parameter, "the initial law would have more than 10^8 points. Choose fewer.");
  require_memory("the points of the initial law", 8. * (3. * problem->n_parameters() + 4.) * n_points, points_parameter,
                 "choose fewer 'Nodes per coordinate'", communicator);
  law = points(scheme.n_per_coordinate);
  observables.require_finite_at(law.points);
  if (exact_features)
    return;
  const std::string outside = coordinate_outside(*this, law.points.data(), law.weights.size());
  if (!outside.empty())
    throw InputError(Refusal::inconsistent, "Domain/Lower corner",
                     "the initial law has a point with " + outside + " outside the box. " + box_advice);
}

namespace
{
/// Reads section 'Common noise' and refuses what paths cannot be. Throws InputError.
void prepare_noise(CharacteristicsInputs &inputs, dealii::ParameterHandler &parameters)
{
  CommonNoiseParameters &noise = inputs.noise;
  noise.parse(parameters, inputs.run.all_output_times());
  if (!noise.active())
    return;
  noise.check(*inputs.problem);
  if (inputs.scheme.features == CharacteristicsParameters::Features::compressed)
    throw InputError(Refusal::unsupported, "Characteristics/Features",
                     "paths of the common noise are computed with all data nodes: choose 'exact' or 'automatic'.");
  if (inputs.run.compare_with_sgd)
    throw InputError(Refusal::unsupported, "Compare with SGD",
                     "networks cannot be trained beside paths of the common noise yet. Set it to false, and train them with "
                     "'Solver = particles'.");
  noise.record(parameters);
}

/// What paths take beside what the points take without noise.
void add_path_memory(CharacteristicsInputs &inputs, const MPI_Comm communicator)
{
  const LearningProblem &problem = *inputs.problem;
  const double           K = problem.n_nodes(), n_omega = problem.n_feature_parameters(), ranks = number_of_ranks(communicator);
  const auto             points = static_cast<double>(inputs.law.weights.size());
  // As many ranks share a path as there are for each.
  const double n_paths = inputs.noise.n_paths, width = std::max(1., std::floor(ranks / n_paths));
  inputs.memory.add("the features on a path", 8. * points / width * K * (1. + n_omega) * (2. + .5 * n_omega), points_parameter,
                    "choose fewer 'Nodes per coordinate'");
  inputs.memory.add("the points of the paths",
                    8. * problem.n_parameters() * points * std::ceil(n_paths / ranks) * (inputs.noise.beside_sgd() ? 2. : 1.),
                    "Common noise/Paths", "choose fewer paths, or more ranks");
}
} // namespace

CharacteristicsSolver::CharacteristicsSolver()  = default;
CharacteristicsSolver::~CharacteristicsSolver() = default;

void CharacteristicsSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  inputs.parse(parameters, characteristics_traits());
  CharacteristicsParameters &settings = inputs.scheme;
  settings.parse(parameters);
  const LearningProblem &problem = *inputs.problem;
  const unsigned int     D       = problem.n_parameters();
  Measure               &law     = inputs.law;
  prepare_noise(inputs, parameters);

  const unsigned int K  = problem.n_nodes();
  inputs.exact_features = (inputs.noise.active() || settings.features == CharacteristicsParameters::Features::exact ||
                           (settings.features == CharacteristicsParameters::Features::automatic && K <= 1000));
  // MeanField keeps a K × K matrix.
  if (inputs.exact_features && K > 10000)
    throw InputError(Refusal::too_large, "Characteristics/Features",
                     "there are " + std::to_string(K) +
                       " data nodes, more than the 10000 that can be kept exactly. Choose 'compressed', "
                       "or fewer nodes in section 'Data'.");
  if (inputs.exact_features)
    inputs.parameters.tolerance = 0.;

  const bool choose = settings.n_per_coordinate == 0;
  if (!choose)
    inputs.take_points(communicator);
  inputs.make_mean_field(communicator, &progress);
  if (choose)
    {
      const PointsChoice choice = choose_points(inputs, communicator, progress);
      settings.n_per_coordinate = choice.n_per_coordinate;
      inputs.take_points(communicator);
      if (choice.limited)
        progress.warning("the " + std::to_string(inputs.law.weights.size()) +
                         " points of the initial law may be too few for 'Accuracy/Functionals': more would cost too much. See "
                         "'risk error', and give 'Characteristics/Nodes per coordinate' to have more of them");
    }
  if (inputs.noise.active())
    {
      // The splitting has larger errors.
      settings.set_automatic_tolerance(std::max(1e-2 * inputs.accuracy.functionals, 1e-13));
      append_marked_points(inputs);
      refuse_large_step(*inputs.problem, inputs.noise);
    }
  settings.record(parameters);

  const std::string advice = "choose fewer 'Nodes per coordinate'";
  // The solutions with fewer points for the error among them.
  const double ratio   = std::pow(.75, D);
  const double of_rank = static_cast<double>(law.weights.size()) / number_of_ranks(communicator) *
                         (inputs.accuracy.estimate ? 1. + ratio + ratio * ratio : 1.);
  inputs.memory.add("the features at the points",
                    8. * of_rank * inputs.mean_field->n_modes() * (1. + problem.n_feature_parameters()), points_parameter,
                    advice + (inputs.exact_features ? ", or 'Characteristics/Features = compressed'" : ""));
  if (inputs.noise.active())
    add_path_memory(inputs, communicator);
  // The stages of the Runge-Kutta method here, and all points where they are written.
  inputs.memory.add("the points", 8. * D * (12. * of_rank + 5. * static_cast<double>(law.weights.size())), points_parameter,
                    advice);
  inputs.add_network_memory(communicator);
  inputs.memory.require(communicator);
}

void CharacteristicsSolver::run(const RunContext &context)
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
    solve(PathsEvolution(inputs, context), "Characteristics with common noise");
  else
    solve(CharacteristicsEvolution(inputs, context), "Characteristics");
}

namespace
{
/// What paths do not read of what the points without noise read.
std::vector<Unread> unread_by_paths(dealii::ParameterHandler &parameters)
{
  if (parameter_value(parameters, "Common noise/Equation") == "none")
    return {};
  std::vector<Unread> rules;
  for (const char *path : {"Characteristics/Write points", "Accuracy/Estimate errors", "Comparison", "Output/Format",
                           "Output/Compression", "Output/Every n-th output"})
    rules.push_back({path, "with common noise"});
  return rules;
}
} // namespace

SolverEntry characteristics_solver_entry()
{
  return {
    "characteristics",
    "Deterministic reference solution of the continuity equation: the points of a Gauss quadrature of the initial law move "
    "along theta' = -grad Psi(theta; rho) - lambda theta, with an adaptive Runge-Kutta method. The moved measure solves the "
    "equation exactly, so that only the quadrature of the initial law and the tolerance of the time steps count; it needs no "
    "mesh and starts from point masses too. For 'Neuron = landscape' Psi is the formula of section 'Landscape'. Writes "
    "moments, energy balance and Frank-Wolfe gap (statistics.csv) and the points (points.pvd). With section 'Common noise' "
    "an ensemble of paths that the noise of SGD moves, and the risk of each (paths.csv). Of section 'Output' it "
    "reads 'Observables', 'Every n-th output', 'Format' and 'Compression'.",
    [] { return std::make_unique<CharacteristicsSolver>(); },
    characteristics_traits(),
    {"", "Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Common noise", "Accuracy", "Domain",
     "Characteristics", "Particles", "Comparison", "Output"},
    [](dealii::ParameterHandler &parameters) {
      return std::vector<Unread>{{"Accuracy/Density", ""},
                                 {"Domain/Extendable", ""},
                                 {"Domain/Refinement", ""},
                                 {"Domain/Boundary mass warning", ""},
                                 {"Domain/Boundary mass limit", ""}} +
             SnapshotParameters::unread_without_density() + RunParameters::unread(parameters) +
             ModelParameters::unread(parameters) + CompanionSettings::unread(parameters) +
             CommonNoiseParameters::unread(parameters) + unread_by_paths(parameters);
    }};
}
} // namespace rhoflow
