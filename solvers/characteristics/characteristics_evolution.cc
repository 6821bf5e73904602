#include <solvers/characteristics/characteristics_evolution.h>
#include <solvers/characteristics/coarser_points.h>

#include <algorithm>
#include <cmath>

#include <deal.II/base/mpi.h>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
const char *const box_advice = "The features are compressed on this box and unknown outside: enlarge it, or set 'Features = "
                               "exact' in section 'Characteristics'.";

std::string coordinate_outside(const CharacteristicsInputs &inputs, const double *points, const std::size_t n)
{
  const LearningProblem &problem = *inputs.problem;
  const Domain          &domain  = inputs.domain;
  const unsigned int     D       = problem.n_parameters();
  for (std::size_t i = 0; i < n; ++i)
    for (unsigned int d = D - problem.n_feature_parameters(); d < D; ++d)
      if (!domain.periodic[d] && !(points[i * D + d] >= domain.lower[d] && points[i * D + d] <= domain.upper[d]))
        return problem.parameter_names()[d] + " = " + short_number(points[i * D + d]);
  return "";
}

namespace
{
/// Whether a complaint of any rank must end the run. Collective.
bool any(const bool complaint, const MPI_Comm communicator)
{
  return dealii::Utilities::MPI::max(complaint ? 1 : 0, communicator) != 0;
}

/// Where differences of a landscape have no digits, points stay where they are. Throws RunError on every rank. Collective.
void require_known_gradient(const LearningProblem &problem, const std::vector<double> &points, const double time,
                            const MPI_Comm communicator)
{
  const double reach = problem.external_reach();
  if (any(!std::all_of(points.begin(), points.end(), [&](double x) { return std::abs(x) < reach; }), communicator))
    throw RunError("A point left the region where the landscape's gradient is known before t = " + short_number(time) +
                   ": it is beyond " + short_number(reach, 2) +
                   ". Does the landscape fall without bound? Choose an earlier 'End time', or add 'Mean field/Weight decay'.");
}

/// The moved points at an output time; the operator is up to date there.
class CharacteristicsView : public DensityView
{
public:
  CharacteristicsView(CharacteristicsOperator &moved, std::vector<double> places, double risk_there, PointOutput &output)
    : system(moved)
    , problem(moved.mean_field().learning_problem())
    , points(std::move(places))
    , present_risk(risk_there)
    , pictures(output)
  {}

  double              risk() const override { return present_risk; }
  std::vector<double> prediction() const override { return system.mean_field().prediction(system.moments()); }
  Measure             measure() override { return {points, system.start().weights, {}}; }
  double              mass() const override { return 1.; }

  /// The sum over the points itself: the moments know f at the data nodes only.
  std::vector<double> map_prediction() const override
  {
    const std::vector<double> inputs = problem.map_inputs();
    const unsigned int        D = problem.n_parameters(), first = D - problem.n_feature_parameters();
    const std::size_t         n = system.start().weights.size(), at_once = LearningProblem::map_side;
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

  void draw(double time) override
  {
    const unsigned int                                       D     = problem.n_parameters();
    const std::size_t                                        n     = system.start().weights.size();
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
    pictures.write(time, D, points, fields);
  }

private:
  CharacteristicsOperator  &system;
  const LearningProblem    &problem;
  const std::vector<double> points; ///< [n][D]
  double                    present_risk;
  PointOutput              &pictures;
};
} // namespace

CharacteristicsEvolution::CharacteristicsEvolution(const CharacteristicsInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , problem(*given.problem)
  , system(*given.mean_field, given.law, c.communicator)
  , stepper(system, given.scheme.tolerance)
  , errors({"risk"}, coarser_points(given, c.communicator), given, c)
  , sample(given.domain.lower, given.domain.upper, problem.has_outer_weight())
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , pictures(c.directory, given.scheme.snapshots, problem.parameter_names(), given.scheme.write_points)
  , outputs(given, c, timing, &pictures)
  , checks(c.progress)
{}

void CharacteristicsEvolution::step(const double end)
{
  {
    Timing::Scope scope(timing.section("characteristics"));
    stepper.step(end);
  }
  errors.advance(time(), end);
  risk = system.mean_field().risk(system.moments()) + system.external_energy(stepper.points());
  if (inputs.exact_features)
    return;
  const std::string outside = coordinate_outside(inputs, stepper.points(), system.start().weights.size());
  if (any(!outside.empty(), system.communicator()))
    throw RunError("A point left the box of section 'Domain' at t = " + short_number(time()) +
                   (outside.empty() ? "" : ": " + outside) + ". " + box_advice);
}

void CharacteristicsEvolution::output()
{
  {
    Timing::Scope scope(timing.section("diagnostics"));
    last = diagnose(system, stepper.points(), sample, inputs.observables);
    if (!started)
      initial_energy = last.energy;
    started = true;
    risk    = last.risk;
    errors.look({last.risk}, last.excess_risk);
    add_to_row(statistics, time(), last, errors.error(0), energy_balance(), problem.parameter_names(),
               problem.parameter_names() == std::vector<std::string>{"a", "s", "r"}, inputs.observables);
    outputs.spread_of_networks().add_to_row(statistics, time());
    statistics.finish_row();
  }
  checks.check_observables(inputs.observables, last.functionals.observables.data(), RunningChecks::at_time(time()));
  const std::size_t   n = system.start().weights.size() * problem.n_parameters();
  std::vector<double> points(stepper.points(), stepper.points() + n);
  require_known_gradient(problem, points, time(), system.communicator());
  CharacteristicsView view(system, std::move(points), last.risk, pictures);
  outputs.write(time(), view, errors.error(0));
}

void CharacteristicsEvolution::save(CheckpointWriter &checkpoint) const
{
  stepper.save(checkpoint, "");
  errors.save(checkpoint);
  save_state(checkpoint, "evolution", *this);
  statistics.save(checkpoint);
  outputs.save(checkpoint);
}

void CharacteristicsEvolution::load(const CheckpointReader &checkpoint)
{
  stepper.load(checkpoint, "");
  errors.load(checkpoint);
  evaluations_before = stepper.n_evaluations();
  load_state(checkpoint, "evolution", *this);
  started = true;
  last    = diagnose(system, stepper.points(), sample, inputs.observables);
  risk    = last.risk;
  statistics.load(checkpoint);
  outputs.load(checkpoint, statistics.last_time());
}

std::vector<std::pair<std::string, std::string>> CharacteristicsEvolution::progress() const
{
  return {{"risk", short_number(risk)}, {"steps", std::to_string(stepper.n_steps())}};
}

std::vector<std::pair<std::string, std::string>> CharacteristicsEvolution::report()
{
  const MeanField &field   = system.mean_field();
  const double     seconds = timing.section("characteristics");
  const auto       work    = static_cast<double>(system.n_global_points()) *
                    static_cast<double>(stepper.n_evaluations() - evaluations_before);
  const int                                        n_ranks = number_of_ranks(system.communicator());
  std::vector<std::pair<std::string, std::string>> rows    = {
       {"points", std::to_string(system.n_global_points())},
       {"features", problem.has_external_potential() ? "none, a fixed landscape" :
                    inputs.exact_features            ? std::to_string(field.n_modes()) + " data nodes, exact" :
                                                       std::to_string(field.n_modes()) + " modes, relative error " +
                                           short_number(field.compression_error(), 2)},
       {"risk at t = " + short_number(time()), short_number(last.risk, 8)},
       {"Frank-Wolfe gap", short_number(last.certificate)},
       {"energy balance", short_number(energy_balance(), 2)},
       {"time steps", std::to_string(stepper.n_steps()) + " (" + std::to_string(stepper.n_evaluations()) + " velocities)"}};
  if (seconds > 0.)
    rows.emplace_back("throughput",
                      short_number(work / seconds / n_ranks / 1e6, 3) + " million velocities per second and core");
  rows.emplace_back("memory", short_number(Timing::peak_memory(), 3) + " MiB on rank 0");
  for (const auto &row : errors.report("points and time steps", false))
    rows.push_back(row);
  for (const auto &row : outputs.report())
    rows.push_back(row);
  return rows;
}

std::vector<std::pair<std::string, std::string>> CharacteristicsEvolution::write_timing()
{
  return timing.write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
