#include <solvers/base/files/complete_file.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/machine.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>
#include <solvers/comparison/parameters.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/finite_networks/solver.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/kernel_drift.h>
#include <solvers/particles/ensemble/make_network.h>
#include <solvers/particles/ensemble/memory.h>
#include <solvers/particles/ensemble/particle_output.h>
#include <solvers/particles/ensemble/prediction_band.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/ensemble/sample_statistics.h>
#include <solvers/particles/sgd/throughput.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace rhoflow
{
namespace
{
/// The replicas in time, with their tables and pictures.
class ParticleEvolution : public Evolution
{
public:
  ParticleEvolution(const EvolutionInputs &inputs, const ParticleParameters &parameters, const RunContext &context)
    : problem(*inputs.problem)
    , observables(inputs.observables)
    , checks(context.progress)
    , replicas(problem, parameters, inputs.parameters.weight_decay, inputs.run.seed, context.communicator)
    , end_time(inputs.run.end_time)
    , throughput_file(rank_of(context.communicator) == 0 ? context.directory.file("throughput.csv") : "")
    , statistics(context.directory.file("statistics.csv"), rank_of(context.communicator) == 0)
    , risk_table(context.directory.file("replicas.csv"), rank_of(context.communicator) == 0)
    , curve(problem, context.directory, rank_of(context.communicator) == 0)
    , pictures(context.directory, replicas)
  {
    if (replicas.parameters().reports_tangent_kernel())
      kernel = std::make_unique<KernelDrift>(replicas, replicas.parameters().tangent_kernel_points, inputs.run.seed);
  }

  double time() const override { return present; }

  void step(double end) override
  {
    Timing::Scope scope(timing.section("training"));
    present = replicas.advance(end, end_time);
  }

  void output() override
  {
    std::vector<double> risks;
    {
      Timing::Scope scope(timing.section("risk"));
      risks = replicas.risks();
    }
    risk          = mean(risks);
    error_of_risk = standard_error(risks);
    statistics.set("time", present);
    statistics.set("risk", risk);
    statistics.set("excess risk", risk - .5 * problem.noise_variance());
    statistics.set("standard error", error_of_risk);
    set_quantiles(statistics, "risk ", risks);
    add_moments();
    statistics.set("steps", static_cast<double>(replicas.steps()));
    if (kernel)
      {
        Timing::Scope scope(timing.section("tangent kernel"));
        kernel->set(statistics);
      }
    statistics.finish_row();
    add_replicas_row(risk_table, present, risks);
    curve.add(present, {}, prediction_band(replicas));
    curve.add_map(present, {}, prediction_map(replicas));
    Timing::Scope scope(timing.section("pictures"));
    pictures.write(present, present == end_time);
  }

  void save(CheckpointWriter &checkpoint) const override
  {
    replicas.save(checkpoint, "networks");
    save_state(checkpoint, "evolution", *this);
    statistics.save(checkpoint);
    risk_table.save(checkpoint);
    curve.save(checkpoint);
    pictures.save(checkpoint);
  }

  void load(const CheckpointReader &checkpoint) override
  {
    replicas.load(checkpoint, "networks");
    load_state(checkpoint, "evolution", *this);
    statistics.load(checkpoint);
    risk_table.load(checkpoint);
    curve.load(checkpoint);
    pictures.load(checkpoint);
  }

  std::vector<std::pair<std::string, std::string>> progress() const override { return {{"risk", short_number(risk)}}; }

  std::vector<std::pair<std::string, std::string>> report()
  {
    const ParticleParameters &settings = replicas.parameters();
    const double              beta     = settings.inverse_temperature;
    const std::string         error    = (settings.n_replicas > 1 ? " ± " + short_number(error_of_risk, 2) : "");
    std::vector<std::pair<std::string, std::string>> rows = {
      {"networks", std::to_string(settings.n_replicas) + " of " + std::to_string(settings.n_neurons) +
                     (problem.has_external_potential() ? " independent walkers, " : " neurons, ") +
                     ParticleParameters::method_name(settings.method) +
                     (std::isfinite(beta) ? " with noise of inverse temperature " + short_number(beta) : "")},
      {"risk at t = " + short_number(present), short_number(risk) + error},
      {"risk computed by", problem.particle_risk_method()}};
    if (settings.ranks_per_network > 1 || replicas.ranks_of_network() > 1)
      rows.emplace_back("ranks of a network", std::to_string(replicas.ranks_of_network()));
    const double        seconds = replicas.training_seconds();
    const std::uint64_t timed   = replicas.timed_steps();
    if (timed > 0 && seconds > 0.)
      rows.emplace_back("time of one step",
                        short_number(1e6 * seconds / static_cast<double>(timed * replicas.n_networks()), 3) +
                          " us per network and core");
    // Measuring the machine takes a tenth of a second.
    if (!throughput_file.empty() && timed > 0 && settings.stochastic_gradient() && seconds > 1.)
      {
        const Throughput   throughput(settings, problem.particle_neuron(), replicas.block_steps(), timed, replicas.n_networks(),
                                      replicas.ranks_of_network(), seconds);
        const MachineRates machine = measure_machine();
        for (auto &row : throughput.report(machine))
          rows.push_back(std::move(row));
        write_complete_file(throughput_file, [&](std::ostream &file) {
          file.precision(17);
          file << "rate of one rank,value\n";
          for (const auto &[name, value] : throughput.rows(machine))
            file << name << ',' << value << '\n';
        });
      }
    return rows;
  }

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("time", self.present);
    visit("risk", self.risk);
    visit("error of the risk", self.error_of_risk);
    RunningChecks::visit(visit, self.checks);
  }

  Timing timing;

private:
  /// Means and standard deviations of the coordinates over all neurons of all replicas, and the means of |a| and of the
  /// observables.
  void add_moments()
  {
    const unsigned int    D           = problem.n_parameters();
    const auto            names       = problem.parameter_names();
    const auto            coordinates = replicas.local_coordinates();
    std::vector<ExactSum> sums(2 * D + 1 + observables.size());
    std::vector<double>   observed(observables.size());
    for (std::size_t j = 0; j < coordinates.size() / D; ++j)
      {
        const double *theta = coordinates.data() + j * D;
        for (unsigned int i = 0; i < D; ++i)
          {
            sums[i].add(theta[i]);
            sums[D + i].add(theta[i] * theta[i]);
          }
        sums[2 * D].add(std::abs(theta[0]));
        observables.evaluate(theta, observed.data());
        for (unsigned int i = 0; i < observables.size(); ++i)
          sums[2 * D + 1 + i].add(observed[i]);
      }
    const auto   totals = global_sums(sums, replicas.communicator());
    const double n      = static_cast<double>(replicas.parameters().n_neurons) * replicas.parameters().n_replicas;
    for (unsigned int i = 0; i < D; ++i)
      statistics.set("mean " + names[i], totals[i] / n);
    for (unsigned int i = 0; i < D; ++i)
      statistics.set("deviation " + names[i], std::sqrt(std::max(0., totals[D + i] / n - (totals[i] / n) * (totals[i] / n))));
    if (problem.has_outer_weight())
      statistics.set("mean |" + names[0] + "|", totals[2 * D] / n);
    for (unsigned int i = 0; i < observables.size(); ++i)
      statistics.set("mean of " + observables.names()[i], totals[2 * D + 1 + i] / n);
    checks.check_observables(observables, totals.data() + 2 * D + 1, RunningChecks::at_time(present));
  }

  const LearningProblem       &problem;
  const Observables           &observables;
  RunningChecks                checks;
  Replicas                     replicas;
  double                       end_time;
  double                       present = 0.;
  double                       risk = 0., error_of_risk = 0.;
  std::unique_ptr<KernelDrift> kernel;          ///< null unless it is reported
  std::string                  throughput_file; ///< empty on ranks that do not write
  Statistics                   statistics, risk_table;
  FittedCurve                  curve;
  ParticleOutput               pictures;
};

SolverTraits particle_traits()
{
  SolverTraits traits;
  traits.solution        = SolverTraits::Solution::networks;
  traits.point_masses    = true;
  traits.networks_beside = false;
  return traits;
}
} // namespace

ParticleSolver::ParticleSolver()  = default;
ParticleSolver::~ParticleSolver() = default;

void ParticleSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &)
{
  inputs.parse(parameters, particle_traits());
  networks.parse(parameters);
  networks.inverse_temperature = inputs.parameters.inverse_temperature;
  networks.check_output_times(inputs.run.all_output_times());
  networks.check_weight_decay(inputs.parameters.weight_decay, inputs.run.all_output_times());
  check_network(*inputs.problem, networks);
  inputs.observables.require_finite_at(inputs.problem->initial_law());
  inputs.memory.clear();
  add_network_memory(*inputs.problem, networks, 1., communicator, inputs.memory);
  inputs.memory.require(communicator);
}

void ParticleSolver::run(const RunContext &context)
{
  warn_of_exact_risks(*inputs.problem, networks, 1., context.communicator, context.progress);
  inputs.problem->announce(context.progress);
  inputs.memory.announce(context.progress, context.communicator);
  ParticleEvolution evolution(inputs, networks, context);
  run_time_loop(evolution, inputs.run.all_output_times(), context.progress, context.checkpoints);
  const auto timing = evolution.timing.write(context.directory.file("timing.csv"), context.communicator);
  context.progress.report("Finite networks", evolution.report());
  context.progress.report("Time, mean over the ranks", timing);
}

SolverEntry particle_solver_entry()
{
  return {
    "particles",
    "The finite network itself: replicas of M neurons trained by one-pass SGD, multi-pass SGD, gradient descent or "
    "gradient flow on the population risk from independent draws of the initial law, in the full parameter space of the "
    "neurons; with noise where 'Inverse temperature' is finite. For 'Neuron = landscape' independent walkers instead, "
    "theta <- (1 - eta lambda) theta - eta grad L + sqrt(2 eta/beta) g, whose risk is the mean of L. Writes the risk with "
    "its statistics over the replicas (statistics.csv, replicas.csv) and the neurons as points (particles.pvd). Of section "
    "'Output' it reads 'Observables', 'Every n-th output' and 'Compression'.",
    [] { return std::make_unique<ParticleSolver>(); },
    particle_traits(),
    {"Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Accuracy", "Domain", "Particles",
     "Output"},
    [](dealii::ParameterHandler &parameters) {
      return std::vector<Unread>{{"Accuracy/Density", ""},
                                 {"Domain/Extendable", ""},
                                 {"Accuracy/Estimate errors", ""},
                                 {"Domain/Refinement", ""},
                                 {"Domain/Boundary mass warning", ""},
                                 {"Domain/Boundary mass limit", ""},
                                 {"Mean field/Compression tolerance", ""},
                                 {"Output/Format", ""}} +
             SnapshotParameters::unread_without_density() + RunParameters::unread(parameters) +
             ModelParameters::unread(parameters) + ParticleParameters::unread(parameters, true);
    }};
}
} // namespace rhoflow
