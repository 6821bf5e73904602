#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/timing.h>
#include <solvers/characteristics/diagnostics.h>
#include <solvers/characteristics/point_output.h>
#include <solvers/characteristics/solver.h>
#include <solvers/characteristics/step.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/memory.h>
#include <solvers/comparison/sgd_twin.h>
#include <solvers/mean_field/fitted_curve.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace rhoflow
{
namespace
{
/// Compressed features are as good as they say inside the box alone. The name of the first coordinate of ω that is outside for
/// one of this rank's `points`, with its value; empty if there is none.
std::string coordinate_outside(const LearningProblem &problem, const Domain &domain, const double *points, std::size_t n)
{
  const unsigned int D = problem.n_parameters();
  for (std::size_t i = 0; i < n; ++i)
    for (unsigned int d = D - problem.n_feature_parameters(); d < D; ++d)
      if (!domain.periodic[d] && !(points[i * D + d] >= domain.lower[d] && points[i * D + d] <= domain.upper[d]))
        return problem.parameter_names()[d] + " = " + short_number(points[i * D + d]);
  return "";
}

const std::string box_advice = "The features are compressed on this box and unknown outside: enlarge it, or set 'Features = "
                               "exact' in section 'Characteristics'.";

class CharacteristicsEvolution : public Evolution
{
public:
  CharacteristicsEvolution(const MeanField &mean_field, const WeightedPoints &law, const CharacteristicsParameters &parameters,
                           double last_time, bool exact_features, const Observables &wanted, const TwinSettings *twin_settings,
                           const Domain &box, const RunContext &context)
    : problem(mean_field.learning_problem())
    , end_time(last_time)
    , exact(exact_features)
    , observables(wanted)
    , messages(context.progress)
    , domain(box)
    , system(mean_field, law, context.communicator)
    , stepper(system, parameters.tolerance)
    , sample(box.lower, box.upper, problem.linear_in_first_parameter())
    , statistics(context.directory.file("statistics.csv"), rank_of(context.communicator) == 0)
    , curve(problem, context.directory, rank_of(context.communicator) == 0)
    , measures(problem, context)
  {
    if (parameters.write_points)
      pictures.emplace(context.directory, parameters.snapshots, problem.parameter_names());
    if (twin_settings != nullptr)
      twin.emplace(problem, *twin_settings, context.directory, &context.progress);
  }

  double time() const override { return stepper.time(); }

  void step(double end) override
  {
    Timing::Scope scope(timing.section("characteristics"));
    stepper.step(end);
    risk = system.mean_field().risk(system.moments()) + system.external_energy(stepper.points());
    if (exact)
      return;
    const std::string outside = coordinate_outside(problem, domain, stepper.points(), system.start().size());
    int               escaped = (outside.empty() ? 0 : 1);
    MPI_Allreduce(MPI_IN_PLACE, &escaped, 1, MPI_INT, MPI_MAX, system.communicator());
    if (escaped != 0)
      throw RunError("A point left the box of section 'Domain' at t = " + short_number(time()) +
                     (outside.empty() ? "" : ": " + outside) + ". " + box_advice);
  }

  bool prepare_output() override
  {
    if (!twin)
      return true;
    Timing::Scope scope(timing.section("finite networks"));
    return twin->train(time());
  }

  void output() override
  {
    {
      Timing::Scope scope(timing.section("diagnostics"));
      last = diagnose(system, stepper.points(), sample, observables);
      if (!started)
        initial_energy = last.energy;
      started = true;
      risk    = last.risk;
      add_to_row(statistics, time(), last, initial_energy - last.energy - stepper.dissipated_energy(),
                 problem.parameter_names(), problem.parameter_names() == std::vector<std::string>{"a", "s", "r"}, observables);
      statistics.finish_row();
    }
    if (const std::string complaint = observables.complaint(last.observables.data()); !complaint.empty() && !warned)
      {
        messages.warning("at t = " + short_number(time()) + " " + complaint);
        warned = true;
      }
    const std::size_t         D = problem.n_parameters(), n = system.start().size();
    const std::vector<double> points(stepper.points(), stepper.points() + n * D);
    require_known_gradient(points);
    if (pictures && pictures->due(time() == end_time))
      {
        Timing::Scope scope(timing.section("pictures"));
        write_points(points);
      }
    const std::vector<double> prediction = system.mean_field().prediction(system.moments());
    if (measures.writes())
      measures.write(time(), {points, system.start().weights, {}});
    if (twin)
      {
        Timing::Scope scope(timing.section("finite networks"));
        twin->compare(time(), {last.risk, prediction, points, system.start().weights});
      }
    curve.add(time(), prediction, twin ? twin->band() : Curves());
    curve.add_map(time(), map_prediction(points), twin ? twin->map() : Curves());
  }

  void save(CheckpointWriter &checkpoint) const override
  {
    stepper.save(checkpoint);
    checkpoint.put("initial energy", initial_energy);
    statistics.save(checkpoint);
    curve.save(checkpoint);
    measures.save(checkpoint);
    if (pictures)
      pictures->save(checkpoint);
    if (twin)
      twin->save(checkpoint);
  }

  void load(const CheckpointReader &checkpoint) override
  {
    stepper.load(checkpoint);
    evaluations_before = stepper.n_evaluations();
    initial_energy     = checkpoint.number_of("initial energy");
    started            = true;
    last               = diagnose(system, stepper.points(), sample, observables);
    risk               = last.risk;
    statistics.load(checkpoint);
    curve.load(checkpoint);
    measures.load(checkpoint);
    if (pictures)
      pictures->load(checkpoint, statistics.last_time());
    if (twin)
      twin->load(checkpoint);
  }

  std::vector<std::pair<std::string, std::string>> progress() const override
  {
    return {{"risk", short_number(risk)}, {"steps", std::to_string(stepper.n_steps())}};
  }

  std::vector<std::pair<std::string, std::string>> report()
  {
    const MeanField &field   = system.mean_field();
    const double     seconds = timing.section("characteristics");
    const auto       work    = static_cast<double>(system.n_global_points()) *
                      static_cast<double>(stepper.n_evaluations() - evaluations_before);
    int n_ranks;
    MPI_Comm_size(system.communicator(), &n_ranks);
    std::vector<std::pair<std::string, std::string>> rows = {
      {"points", std::to_string(system.n_global_points())},
      {"features",
       problem.has_external_potential() ? "none, a fixed landscape" :
       exact                            ? std::to_string(field.n_modes()) + " data nodes, exact" :
               std::to_string(field.n_modes()) + " modes, relative error " + short_number(field.compression_error(), 2)},
      {"risk at t = " + short_number(time()), short_number(last.risk, 8)},
      {"optimality certificate", short_number(last.certificate)},
      {"energy balance", short_number(initial_energy - last.energy - stepper.dissipated_energy(), 2)},
      {"time steps", std::to_string(stepper.n_steps()) + " (" + std::to_string(stepper.n_evaluations()) + " velocities)"}};
    if (seconds > 0.)
      rows.emplace_back("throughput",
                        short_number(work / seconds / n_ranks / 1e6, 3) + " million velocities per second and core");
    rows.emplace_back("memory", short_number(Timing::peak_memory(), 3) + " MiB on rank 0");
    if (twin)
      for (const auto &row : twin->report())
        rows.push_back(row);
    return rows;
  }

  Timing timing;

private:
  static int rank_of(MPI_Comm communicator)
  {
    int rank;
    MPI_Comm_rank(communicator, &rank);
    return rank;
  }

  /// Where differences of a landscape have no digits, points stay where they are.
  void require_known_gradient(const std::vector<double> &points) const
  {
    const double reach   = problem.external_reach();
    int          escaped = std::all_of(points.begin(), points.end(), [&](double x) { return std::abs(x) < reach; }) ? 0 : 1;
    MPI_Allreduce(MPI_IN_PLACE, &escaped, 1, MPI_INT, MPI_MAX, system.communicator());
    if (escaped != 0)
      throw RunError(
        "A point left the region where the landscape's gradient is known before t = " + short_number(time()) +
        ": it is beyond " + short_number(reach, 2) +
        ". Does the landscape fall without bound? Choose an earlier 'End time', or add 'Mean field/Weight decay'.");
  }

  /// f at LearningProblem::map_inputs(), the sum over the points itself; empty if there are none.
  std::vector<double> map_prediction(const std::vector<double> &points) const
  {
    const std::vector<double> inputs = problem.map_inputs();
    const unsigned int        D = problem.n_parameters(), first = D - problem.n_feature_parameters();
    const std::size_t         n = system.start().size(), at_once = LearningProblem::map_side;
    std::vector<double>       f;
    for (std::size_t k = 0; k < inputs.size(); k += 2 * at_once)
      {
        const std::vector<double> row(&inputs[k], &inputs[k] + 2 * at_once);
        std::vector<double>       features(n * at_once);
        for (std::size_t i = 0; i < n; ++i)
          {
            double *const values = &features[i * at_once];
            problem.features_at(row, 1, &points[i * D + first], values);
            for (std::size_t j = 0; first == 1 && j < at_once; ++j)
              values[j] *= points[i * D];
          }
        const std::vector<double> part = system.integrals(features, at_once);
        f.insert(f.end(), part.begin(), part.end());
      }
    return f;
  }

  void write_points(const std::vector<double> &points)
  {
    const unsigned int                                       D     = problem.n_parameters();
    const std::size_t                                        n     = system.start().size();
    const std::vector<std::string>                           names = problem.parameter_names();
    std::vector<double>                                      velocity(n * D);
    std::vector<std::pair<std::string, std::vector<double>>> fields;
    const auto add_columns = [&](const std::string &prefix, const std::vector<double> &rows) {
      for (unsigned int d = 0; d < D; ++d)
        {
          fields.emplace_back(prefix + names[d], std::vector<double>(n));
          for (std::size_t i = 0; i < n; ++i)
            fields.back().second[i] = rows[i * D + d];
        }
    };
    fields.emplace_back("mass", system.start().weights);
    fields.emplace_back("potential", std::vector<double>(n));
    system.potential(fields.back().second.data());
    system.velocity(velocity.data());
    add_columns("", points);
    add_columns("velocity ", velocity);
    pictures->write(time(), D, points, fields);
  }

  const LearningProblem     &problem;
  double                     end_time;
  bool                       exact;
  const Observables         &observables;
  Progress                  &messages;
  bool                       warned = false; ///< of observables
  const Domain              &domain;
  CharacteristicsOperator    system;
  CharacteristicsStep        stepper;
  PotentialSample            sample;
  Statistics                 statistics;
  FittedCurve                curve;
  std::optional<PointOutput> pictures;
  std::optional<SgdTwin>     twin;
  MeasureOutput              measures;
  CharacteristicsDiagnostics last;
  bool                       started        = false;
  double                     initial_energy = 0., risk = 0.;
  std::uint64_t              evaluations_before = 0; ///< those before the run went on, which took none of the time
};
} // namespace

namespace
{
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
      WeightedPoints few;
      law.quadrature(i, few.points, few.weights);
      double value = static_cast<double>(few.size());
      for (unsigned int j = 1; j <= D + 1; ++j)
        if (j != i)
          value *= (n - j) / (static_cast<double>(i) - j);
      number += value;
    }
  return number;
}
} // namespace

CharacteristicsSolver::CharacteristicsSolver()  = default;
CharacteristicsSolver::~CharacteristicsSolver() = default;

void CharacteristicsSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress)
{
  common.parse(parameters);
  common.parameters.refuse_entropy(common.run.solver);
  settings.parse(parameters);
  const LearningProblem &problem = *common.problem;
  const unsigned int     D       = problem.n_parameters();
  observables.parse(parameters, problem.parameter_names());
  if (common.run.compare_with_sgd)
    {
      twin_settings.parse(parameters);
      twin_settings.check(problem);
    }

  const std::string parameter = "Characteristics/Nodes per coordinate", advice = "choose fewer 'Nodes per coordinate'";
  const double      n_points = number_of_points(problem.initial_law(), settings.n_per_coordinate);
  if (n_points > 1e8)
    throw InputError(parameter, "the initial law would have more than 10^8 points. Choose fewer.");
  require_memory("the points of the initial law", 8. * (3. * D + 4.) * n_points, parameter, advice, communicator);
  problem.initial_law().quadrature(settings.n_per_coordinate, law.points, law.weights);
  drop_light_points(law, D, settings.neglected_mass);
  observables.require_finite_at(law.points);

  const unsigned int K = problem.n_nodes();
  exact_features       = (settings.features == CharacteristicsParameters::Features::exact ||
                    (settings.features == CharacteristicsParameters::Features::automatic && K <= 1000));
  // MeanField keeps a K × K matrix.
  if (exact_features && K > 10000)
    throw InputError("Characteristics/Features",
                     "there are " + std::to_string(K) +
                       " data nodes, more than the 10000 that can be kept exactly. Choose 'compressed', "
                       "or fewer nodes in section 'Data'.");
  if (exact_features)
    common.parameters.tolerance = 0.;
  else
    {
      const std::string outside = coordinate_outside(problem, common.domain, law.points.data(), law.size());
      if (!outside.empty())
        throw InputError("Domain/Lower corner",
                         "the initial law has a point with " + outside + " outside the box. " + box_advice);
    }
  common.make_mean_field(communicator, &progress);

  int n_ranks;
  MPI_Comm_size(communicator, &n_ranks);
  const double of_rank = static_cast<double>(law.size()) / n_ranks;
  common.memory.add("the features at the points",
                    8. * of_rank * common.mean_field->n_modes() * (1. + problem.n_feature_parameters()), parameter,
                    advice + (exact_features ? ", or 'Characteristics/Features = compressed'" : ""));
  // The stages of the Runge-Kutta method here, and all points where they are written.
  common.memory.add("the points", 8. * D * (12. * of_rank + 5. * static_cast<double>(law.size())), parameter, advice);
  if (common.run.compare_with_sgd)
    add_twin_memory(problem, twin_settings, communicator, common.memory);
  common.memory.require(communicator);
}

void CharacteristicsSolver::run(const RunContext &context)
{
  common.problem->announce(context.progress);
  common.memory.announce(context.progress, context.communicator);
  CharacteristicsEvolution evolution(*common.mean_field, law, settings, common.run.end_time, exact_features, observables,
                                     common.run.compare_with_sgd ? &twin_settings : nullptr, common.domain, context);
  run_time_loop(evolution, common.run.all_output_times(), context.progress, context.checkpoints);
  const auto timing = evolution.timing.write(context.directory.file("timing.csv"), context.communicator);
  context.progress.report("Characteristics", evolution.report());
  context.progress.report("Time, mean over the ranks", timing);
}

SolverEntry characteristics_solver_entry()
{
  return {
    "characteristics",
    "Deterministic reference solution of the continuity equation: the points of a Gauss quadrature of the initial law move "
    "along theta' = -grad Psi(theta; rho) - lambda theta, with an adaptive Runge-Kutta method. The moved measure solves the "
    "equation exactly, so that only the quadrature of the initial law and the tolerance of the time steps count; it needs no "
    "mesh and starts from point masses too. For 'Neuron = landscape' Psi is the formula of section 'Landscape'. Writes "
    "moments, energy balance and optimality certificate (statistics.csv) and the points (points.pvd). Of section 'Output' it "
    "reads 'Observables', 'Every n-th output', 'Format' and 'Compression'.",
    [] { return std::make_unique<CharacteristicsSolver>(); },
    {"", "Learning problem", "Landscape", "Data", "Target", "Initial law", "Mean field", "Domain", "Characteristics",
     "Particles", "Comparison", "Output"},
    [](dealii::ParameterHandler &parameters) {
      return std::vector<Unread>{
               {"Domain/Refinement", ""}, {"Domain/Boundary mass warning", ""}, {"Domain/Boundary mass limit", ""}} +
             SnapshotParameters::unread_without_density() + RunParameters::unread(parameters) +
             ModelParameters::unread(parameters) + TwinSettings::unread(parameters);
    }};
}
} // namespace rhoflow
