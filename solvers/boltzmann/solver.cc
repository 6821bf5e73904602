#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>
#include <solvers/boltzmann/density_places.h>
#include <solvers/boltzmann/diagnostics.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/boltzmann/picture.h>
#include <solvers/boltzmann/solver.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/mean_field/fitted_curve.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
/// What is kept for a quadrature node beside the features, with and without a picture: fits to measured peaks.
constexpr double node_bytes_of_picture = 20., node_bytes = 4.;

/// What helps against a small box beside a larger one: completes RunningChecks' message.
std::string advice_for_box(const double lambda)
{
  return lambda > 0. ? ", raise 'Mean field/Weight decay'" :
                       "; without 'Mean field/Weight decay' a density on an unbounded space need not exist";
}

/// "at the inverse temperature 100".
std::string at_beta(const double beta)
{
  return "at the inverse temperature " + short_number(beta);
}

/// The ladder of inverse temperatures, solved one from the other, with its rows of statistics.
class BoltzmannLadder
{
public:
  BoltzmannLadder(const BoltzmannInputs &given, const RunContext &run_context)
    : inputs(given)
    , context(run_context)
    , problem(*given.problem)
    , field(*given.mean_field)
    , betas(given.scheme.path)
    , dual(quadrature("features", given.scheme.nodes_per_cell))
    , finer(quadrature("finer quadrature", given.scheme.nodes_per_cell + 1))
    , statistics(run_context.directory.file("statistics.csv"), rank_of(run_context.communicator) == 0)
    , curve(problem, run_context.directory, rank_of(run_context.communicator) == 0, "inverse temperature")
    , checks(given.scheme, run_context.progress, advice_for_box(field.weight_decay()))
    , solution{{0., std::vector<double>(dual.n_modes(), 0.), 0., 0., {}, {}, {}}}
    , of_data(given.data_nodes.error)
  {
    betas.push_back(given.parameters.inverse_temperature);
    context.progress.line("Quadrature: " + std::to_string(dual.n_nodes()) + " nodes; " +
                          (problem.has_external_potential() ?
                             "a fixed landscape, no features" :
                             std::to_string(dual.n_modes()) + " of " + std::to_string(problem.n_nodes()) +
                               " features kept, error " + short_number(field.compression_error(), 2)));
  }

  /// All inverse temperatures that are not done yet; the state is kept after each. Collective.
  void solve()
  {
    if (context.checkpoints != nullptr && context.checkpoints->restart() != nullptr)
      context.checkpoints->load([&](const CheckpointReader &checkpoint) { load(checkpoint); });
    while (n_done < betas.size())
      {
        solve_next();
        ++n_done;
        if (context.checkpoints != nullptr)
          context.checkpoints->consider(
            no_time, n_done == betas.size(), [this](CheckpointWriter &checkpoint) { save(checkpoint); },
            "inverse temperature " + short_number(betas[n_done - 1]));
      }
  }

  /// The density at the last inverse temperature as files. Collective.
  void write_density()
  {
    if (MeasureOutput measures(problem.parameter_names(), inputs.comparison, context.directory); measures.writes())
      {
        Timing::Scope scope(timing.section("measures"));
        measures.write(std::numeric_limits<double>::infinity(), dual.masses(solution.state));
      }
    if (inputs.scheme.write_density)
      {
        Timing::Scope scope(timing.section("pictures"));
        write_picture(dual, solution.state, inputs.domain, context.directory, inputs.scheme.snapshots,
                      problem.parameter_names(), betas.back());
      }
  }

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("inverse temperatures done", self.n_done);
    visit("steps in all", self.n_steps);
    visit("steps", self.solution.n_steps);
    visit("halvings", self.solution.n_halvings);
    visit("gradient", self.solution.gradient);
    visit("effective dimension", self.solution.effective_rank);
    visit("error of the data nodes", self.of_data);
    RunningChecks::visit(visit, self.checks);
  }

  /// Collective.
  void report()
  {
    const auto times = timing.write(context.directory.file("timing.csv"), context.communicator);
    context.progress.report(
      "Boltzmann density",
      {{"inverse temperature", short_number(betas.back())},
       {problem.has_external_potential() ? "risk (mean of the landscape)" : "risk", short_number(last.risk, 8)},
       {"excess risk", short_number(last.excess_risk, 8)},
       {"free energy", short_number(last.free_energy, 10)},
       {"  above its minimum by", "at most " + short_number(last.gap, 2) + " (duality gap)"},
       {"  error", short_number(free_energy_error(), 2) + ", with the gap and"},
       {"  quadrature error", short_number(quadrature_error, 2)},
       {"  error of the data nodes", MeanFieldSetup::data_error(of_data)},
       {"  error of the features' compression",
        "not estimated; " + short_number(field.compression_error(), 2) + " of the kernel"},
       {"  error of the box", "not estimated; see the mass in the outermost cells"},
       {"  below that of the initial law by",
        short_number(initial.lower_bound, 3) + " to " + short_number(initial.upper_bound, 3)},
       {"entropy", short_number(last.entropy, 6)},
       {"log partition function", short_number(solution.state.log_partition, 6)},
       {"effective dimension", short_number(solution.effective_rank) + " of " + std::to_string(dual.n_modes())},
       {"Frank-Wolfe gap without entropy", short_number(last.certificate)},
       {"mass in the outermost cells", short_number(last.boundary_mass, 2)},
       {"Newton steps", std::to_string(n_steps) + " in all; " + std::to_string(solution.n_steps) + " with " +
                          std::to_string(solution.n_halvings) + " halvings at the end, gradient " +
                          short_number(solution.gradient, 2)},
       {"memory", short_number(Timing::peak_memory(), 3) + " MiB on rank 0"}});
    context.progress.report("Time, mean over the ranks", times);
  }

private:
  DualProblem quadrature(const std::string &section, unsigned int nodes_per_cell)
  {
    Timing::Scope scope(timing.section(section));
    return DualProblem(field, inputs.domain, nodes_per_cell, context.communicator);
  }

  void solve_next()
  {
    const double beta = betas[n_done];
    {
      Timing::Scope scope(timing.section("Newton's method"));
      solution = maximise_dual(dual, beta, solution.state.e, inputs.scheme.tolerance, inputs.scheme.max_steps,
                               [&](unsigned int steps, double gradient) {
                                 context.progress.update(static_cast<double>(n_done) / static_cast<double>(betas.size()),
                                                         {{"beta", short_number(beta)},
                                                          {"steps", std::to_string(steps)},
                                                          {"gradient", short_number(gradient)}});
                               });
      n_steps += solution.n_steps;
    }
    examine();
    checks.check_box(last.boundary_mass, at_beta(beta));
    if (quadrature_error * beta > 1e-4)
      context.progress.warning(at_beta(beta) +
                               " one more Gauss point along each axis of a "
                               "cell changes the partition function by a factor exp(" +
                               short_number(quadrature_error * beta, 2) +
                               "): refine section 'Domain', or raise 'Boltzmann/Nodes per cell'");
    add_to_row(statistics, solution, last, quadrature_error, problem.parameter_names(), inputs.observables);
    statistics.set("free energy error", free_energy_error());
    checks.check_observables(inputs.observables, last.functionals.observables.data(), at_beta(beta));
    statistics.set("initial free energy", initial.free_energy);
    statistics.set("initial lower bound of the gap", initial.lower_bound);
    statistics.set("initial upper bound of the gap", initial.upper_bound);
    statistics.finish_row();
    curve.add(beta, field.prediction(solution.state.moments));
    curve.add_map(beta, field.map_prediction(solution.state.moments));
  }

  /// Of the quadrature over the box, of Newton's method, and of the data nodes: with a density held fixed F changes as R does.
  double free_energy_error() const { return quadrature_error + last.gap + of_data * last.excess_risk; }

  /// What the solution tells.
  void examine()
  {
    const double beta = solution.state.beta;
    {
      Timing::Scope scope(timing.section("diagnostics"));
      last = diagnose(dual, solution, inputs.observables);
    }
    {
      Timing::Scope scope(timing.section("finer quadrature"));
      quadrature_error = std::abs(finer.evaluate(solution.state.e, beta, false).log_partition - solution.state.log_partition) /
                         beta;
    }
    const InitialLaw &initial_law = problem.initial_law();
    if (initial_law.has_density())
      initial = dual.certify(solution.state, [&](const double *theta) { return initial_law.density(theta); });
  }

  /// The residual e is the state: everything else follows from it.
  void save(CheckpointWriter &checkpoint) const
  {
    checkpoint.put("residual", solution.state.e);
    save_state(checkpoint, "Newton's method", *this);
    statistics.save(checkpoint);
    curve.save(checkpoint);
  }

  void load(const CheckpointReader &checkpoint)
  {
    load_state(checkpoint, "Newton's method", *this);
    solution.state = dual.evaluate(checkpoint.numbers("residual", field.n_modes()), betas.at(n_done - 1), false);
    statistics.load(checkpoint);
    curve.load(checkpoint);
    examine();
    context.progress.line("Going on after the inverse temperature " + short_number(betas[n_done - 1]) + " from " +
                          checkpoint.file());
  }

  static constexpr double no_time = 0.;
  static constexpr double nan     = std::numeric_limits<double>::quiet_NaN();

  const BoltzmannInputs &inputs;
  const RunContext      &context;
  const LearningProblem &problem;
  const MeanField       &field;
  std::vector<double>    betas;
  Timing                 timing;
  DualProblem            dual, finer;
  Statistics             statistics;
  FittedCurve            curve;
  RunningChecks          checks;

  std::uint64_t            n_done  = 0; ///< inverse temperatures
  unsigned int             n_steps = 0;
  BoltzmannSolution        solution;
  BoltzmannDiagnostics     last{};
  DualProblem::Certificate initial{nan, nan, nan, nan};
  double                   quadrature_error = 0.;
  double                   of_data; ///< relative; as the run that this one goes on with found it
};

SolverTraits boltzmann_traits()
{
  SolverTraits traits;
  traits.solution        = SolverTraits::Solution::density_at_rest;
  traits.entropy         = SolverTraits::Entropy::required;
  traits.point_masses    = true;
  traits.networks_beside = false;
  traits.ambient_measure = true;
  return traits;
}
} // namespace

DensityPlaces BoltzmannInputs::find_places()
{
  if (!std::isfinite(parameters.inverse_temperature)) // which is refused later
    return EvolutionInputs::find_places();
  // The first of a path is the widest.
  std::vector<double> betas{parameters.inverse_temperature};
  if (!scheme.path.empty())
    betas.push_back(scheme.path.front());
  try
    {
      return boltzmann_places(*problem, domain, parameters, betas);
    }
  catch (const RunError &error)
    {
      if (domain.is_automatic())
        throw InputError(Refusal::missing, "Domain/Lower corner",
                         std::string("the search for a box failed: ") + error.what() + " Give both corners of a box.");
      return EvolutionInputs::find_places(); // for the data nodes; the run has a mesh of its own
    }
}

BoltzmannSolver::BoltzmannSolver()  = default;
BoltzmannSolver::~BoltzmannSolver() = default;

void BoltzmannSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  BoltzmannParameters &settings = inputs.scheme;
  settings.parse(parameters);
  inputs.parse(parameters, boltzmann_traits());
  const double beta = inputs.parameters.inverse_temperature;
  if (!settings.path.empty() && settings.path.back() >= beta)
    throw InputError(Refusal::inconsistent, "Boltzmann/Path of inverse temperatures",
                     "the path must stay below the last inverse temperature, " + short_number(beta) +
                       " of section 'Mean field'.");
  if (inputs.domain.subdivisions.empty())
    {
      inputs.domain.set_subdivisions(enough_subdivisions(*inputs.problem, inputs.domain, inputs.parameters,
                                                         settings.nodes_per_cell, inputs.accuracy.functionals));
      set_parameter_value(parameters, "Domain/Subdivisions", std::to_string(inputs.domain.subdivisions.front()));
    }
  inputs.observables.require_finite_in(inputs.domain.lower, inputs.domain.upper);
  inputs.make_mean_field(communicator, &progress);
  const Domain    &domain     = inputs.domain;
  const MeanField *mean_field = inputs.mean_field.get();
  // With one more node for the error estimate.
  const auto cost = DualProblem::cost(*mean_field, domain, settings.nodes_per_cell + 1, communicator);
  if (cost.nodes > 1e9)
    throw InputError(Refusal::too_large, "Domain/Subdivisions",
                     "the cells have " + short_number(cost.nodes, 2) +
                       " quadrature nodes on every rank, more than 10^9. Choose fewer cells, fewer "
                       "'Boltzmann/Nodes per cell', or more ranks.");
  const std::string advice = "choose fewer 'Domain/Subdivisions' or 'Boltzmann/Nodes per cell'";
  inputs.memory.add("the features at the quadrature nodes",
                    cost.bytes + DualProblem::cost(*mean_field, domain, settings.nodes_per_cell, communicator).bytes,
                    "Domain/Subdivisions", advice);
  inputs.memory.add("the density at the quadrature nodes",
                    (settings.write_density ? node_bytes_of_picture : node_bytes) * cost.nodes, "Domain/Subdivisions", advice);
  inputs.memory.require(communicator);
  // The covariance is summed exactly, in half a kilobyte an entry.
  if (mean_field->n_modes() > 2000)
    throw InputError(Refusal::too_large, "Mean field/Compression tolerance",
                     std::to_string(mean_field->n_modes()) + " modes are more than the 2000 whose covariance can be kept. "
                                                             "Choose a larger tolerance.");
}

void BoltzmannSolver::run(const RunContext &context)
{
  inputs.problem->announce(context.progress);
  inputs.memory.announce(context.progress, context.communicator);
  BoltzmannLadder ladder(inputs, context);
  ladder.solve();
  ladder.write_density();
  ladder.report();
}

SolverEntry boltzmann_solver_entry()
{
  return {
    "boltzmann",
    "Stationary density of the equation with entropy: the one minimiser of R + (lambda/2) int |theta|^2 rho + (1/beta) int rho "
    "log(rho), which is the self-consistent rho = exp(-beta Psi_lambda(theta; rho))/Z. Newton's method on the concave dual "
    "problem in as many unknowns as there are moments, with Gauss points in the cells of section 'Domain'; needs a finite "
    "'Inverse temperature' and a box (or weight decay) that holds the density. Writes free energy, entropy, moments and error "
    "bounds (statistics.csv, one row an inverse temperature), the density (density.vtu) and the fitted curves (curve.csv). For "
    "'Neuron = landscape' the Gibbs density exp(-beta (L + (lambda/2) |theta|^2))/Z; the risk is then int L rho. Of section "
    "'Output' it reads 'Observables', 'Format' and 'Compression', of section 'Comparison' 'Write measures' and 'Measure "
    "points': the density at the last inverse temperature, "
    "boxes around the Gauss points, as that of the time infinity.",
    [] { return std::make_unique<BoltzmannSolver>(); },
    boltzmann_traits(),
    {"", "Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Accuracy", "Domain", "Boltzmann",
     "Comparison", "Output"},
    [](dealii::ParameterHandler &parameters) {
      return std::vector<Unread>{{"Accuracy/Density", ""},        {"Accuracy/Estimate errors", ""},
                                 {"Domain/Extendable", ""},       {"End time", ""},
                                 {"Output interval", ""},         {"Output times", ""},
                                 {"Output/Every n-th output", ""}} +
             SnapshotParameters::unread_without_density() + ModelParameters::unread(parameters) +
             ComparisonParameters::unread_without_networks(parameters, "");
    }};
}
} // namespace rhoflow
