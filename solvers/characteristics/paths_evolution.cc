#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/characteristics/paths_evolution.h>
#include <solvers/evolution/functionals.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
PathsEvolution::Group::Group(const CharacteristicsInputs &inputs, const SgdField &field, MPI_Comm communicator)
  : law(*inputs.mean_field, inputs.law, communicator)
  , points(*inputs.problem, field, law.start(), communicator)
  , stepper(points, inputs.scheme.tolerance)
{}

PathsEvolution::PathsEvolution(const CharacteristicsInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , problem(*given.problem)
  , field(given.noise, problem, given.parameters.weight_decay)
  , layout(given.noise.n_paths, std::max(1, number_of_ranks(c.communicator) / static_cast<int>(given.noise.n_paths)),
           c.communicator)
  , group(layout.group() == MPI_COMM_NULL ? nullptr : std::make_unique<Group>(given, field, layout.group()))
  , paths(layout,
          [this](unsigned int, MPI_Comm) {
            auto path         = std::make_unique<Path>();
            path->flow.points = group->law.start().points;
            if (inputs.noise.beside_sgd())
              path->sgd = path->flow.points;
            return path;
          })
  , tables(given, given.noise, c)
  , marked(c.directory.file("marked_points.csv"), rank_of(c.communicator) == 0, problem.parameter_names(), given.n_marked)
  , checks(c.progress)
{}

void PathsEvolution::step(const double end)
{
  Timing::Scope scope(timing.section("paths"));
  const double  interval = inputs.noise.interval;
  const auto    seed     = inputs.run.seed;
  paths.for_each([&](Path &path, const unsigned int number) {
    // Without noise all paths are the same.
    if (Path &first = *paths.local().front(); field.has_noise() || &path == &first)
      group->stepper.step(path.flow, interval, field.increment(seed, number, n_intervals), present);
    else
      path.flow = first.flow;
    if (inputs.noise.beside_sgd())
      for (std::uint64_t i = 0; i < inputs.noise.steps_in_interval(); ++i)
        group->points.sgd_step(path.sgd, field.drawn(seed, number, n_intervals, i));
  });
  ++n_intervals;
  // Output times are multiples of the interval, to round-off.
  const double reached = static_cast<double>(n_intervals) * interval;
  present              = reached > end - .5 * interval ? end : reached;
}

double PathsEvolution::risk_of(const std::vector<double> &points)
{
  const std::vector<double>  r   = field.residuals(group->points.prediction(points));
  const std::vector<double> &p   = problem.weights();
  double                     sum = problem.noise_variance();
  for (std::size_t l = 0; l < r.size(); ++l)
    sum += p[l] * r[l] * r[l];
  return .5 * sum;
}

std::vector<double> PathsEvolution::functionals_of(const NoisyState &state)
{
  const auto         &law   = group->law;
  const auto          D     = problem.n_parameters();
  const std::size_t   n     = law.start().weights.size();
  const double        mass  = law.integrals(std::vector<double>(n, 1.), 1)[0];
  const MassIntegrals means = [&](const unsigned int n_functions, const FunctionsOfMass &functions) {
    std::vector<double> g(n * n_functions);
    for (std::size_t i = 0; i < n; ++i)
      functions(&state.points[i * D], 1., g.data() + i * n_functions);
    std::vector<double> integrals = law.integrals(g, n_functions);
    for (double &x : integrals)
      x /= mass;
    return integrals;
  };
  return PathTables::row(risk_of(state.points), functionals(means, D, inputs.observables));
}

void PathsEvolution::output()
{
  Timing::Scope              scope(timing.section("diagnostics"));
  PathTables::FurtherColumns beside_sgd;
  if (inputs.noise.beside_sgd())
    beside_sgd = [this](const std::vector<double> &risks, Statistics &statistics, Statistics &risk_table) {
      comparison.add_to_row(statistics, risk_table, risks,
                            paths.gather(1, [this](const Path &path) { return std::vector<double>{risk_of(path.sgd)}; }),
                            present);
    };
  tables.add(present, paths.gather(tables.row_size(), [this](const Path &path) { return functionals_of(path.flow); }), checks,
             beside_sgd);
  output_marked_points();
  if (tables.has_curve())
    tables.add_curve(present, paths.gather(problem.n_nodes(),
                                           [this](const Path &path) { return group->points.prediction(path.flow.points); }));
}

void PathsEvolution::output_marked_points()
{
  if (inputs.n_marked == 0)
    return;
  const std::size_t D = problem.n_parameters(), n = inputs.n_marked * D;
  const std::size_t first  = (group ? group->law.n_global_points() * D : n) - n;
  const auto        values = [&](const std::vector<double> &points) {
    // Every number is that of one rank plus zeros.
    std::vector<double> all(n, 0.);
    const std::size_t   begin = group->law.first_point() * D;
    for (std::size_t i = 0; i < n_local(); ++i)
      if (begin + i >= first)
        all[begin + i - first] = points[i];
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(n), MPI_DOUBLE, MPI_SUM, layout.group());
    return all;
  };
  std::vector<std::vector<double>> of_flow_and_sgd;
  of_flow_and_sgd.push_back(paths.gather(n, [&](const Path &path) { return values(path.flow.points); }));
  if (inputs.noise.beside_sgd())
    of_flow_and_sgd.push_back(paths.gather(n, [&](const Path &path) { return values(path.sgd); }));
  marked.add_row(present, of_flow_and_sgd, [this](const std::vector<double> &sample) { return tables.error_of_mean(sample); });
}

std::uint64_t PathsEvolution::n_local() const
{
  return group ? group->law.start().points.size() : 0;
}

std::uint64_t PathsEvolution::begin_of(const unsigned int path) const
{
  return (path * group->law.n_global_points() + group->law.first_point()) * problem.n_parameters();
}

void PathsEvolution::save(CheckpointWriter &checkpoint) const
{
  std::vector<double>        points, sgd, steps;
  std::vector<std::uint64_t> begins, numbers;
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    {
      const NoisyState  &state  = paths.local()[i]->flow;
      const auto        &beside = paths.local()[i]->sgd;
      const unsigned int path   = layout.members()[i];
      if (n_local() > 0)
        {
          points.insert(points.end(), state.points.begin(), state.points.end());
          sgd.insert(sgd.end(), beside.begin(), beside.end());
          begins.push_back(begin_of(path));
        }
      if (layout.leads())
        {
          steps.push_back(state.first_drift_step);
          numbers.push_back(path);
        }
    }
  checkpoint.put_parts("points of paths", points, begins);
  if (inputs.noise.beside_sgd())
    checkpoint.put_parts("points of SGD", sgd, begins);
  checkpoint.put_parts("drift steps", steps, numbers);
  save_state(checkpoint, "evolution", *this);
  tables.save(checkpoint);
  marked.save(checkpoint);
}

void PathsEvolution::load(const CheckpointReader &checkpoint)
{
  std::vector<CheckpointReader::Extent> extents;
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    extents.push_back({begin_of(layout.members()[i]), n_local()});
  const std::vector<double> points = checkpoint.numbers("points of paths", extents);
  const std::vector<double> sgd    = inputs.noise.beside_sgd() ? checkpoint.numbers("points of SGD", extents) :
                                                                 std::vector<double>();
  const std::vector<double> steps  = checkpoint.numbers("drift steps", std::uint64_t(layout.size()));
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    {
      NoisyState &state = paths.local()[i]->flow;
      const auto  begin = static_cast<std::ptrdiff_t>(i * n_local());
      std::copy_n(points.begin() + begin, n_local(), state.points.begin());
      if (inputs.noise.beside_sgd())
        std::copy_n(sgd.begin() + begin, n_local(), paths.local()[i]->sgd.begin());
      state.first_drift_step = steps[layout.members()[i]];
      state.drift.clear();
    }
  load_state(checkpoint, "evolution", *this);
  tables.load(checkpoint);
  marked.load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> PathsEvolution::progress() const
{
  return {{"risk", short_number(tables.risk())}};
}

std::uint64_t PathsEvolution::n_evaluations() const
{
  // Those of a group are counted once.
  const std::uint64_t mine = group && layout.leads() ? group->stepper.n_evaluations() : 0;
  std::uint64_t       all  = 0;
  MPI_Allreduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, context.communicator);
  return all;
}

std::vector<std::pair<std::string, std::string>> PathsEvolution::report()
{
  using Equation = CommonNoiseParameters::Equation;

  const CommonNoiseParameters &noise    = inputs.noise;
  const std::string            equation = noise.equation == Equation::modified_flow ? "stochastic modified flow" :
                                          noise.equation == Equation::gradient_flow ? "gradient flow" :
                                                                                      "stochastic mean-field equation";
  std::vector<std::pair<std::string, std::string>> rows = {
    {"paths", std::to_string(noise.n_paths) + " of the " + equation},
    {"noise", std::string(noise.beside_sgd() ? "the samples of " : "") + "SGD with steps of " + short_number(noise.step_size) +
                " and batches of " + std::to_string(noise.batch_size) + ", intervals of " + short_number(noise.interval)},
    {"points", std::to_string(inputs.law.weights.size() - inputs.n_marked)},
    {"features", std::to_string(problem.n_nodes()) + " data nodes, exact"},
    {"risk at t = " + short_number(present), short_number(tables.risk(), 8) + " ± " + short_number(tables.error_of_risk(), 2)},
    {"velocities", short_number(static_cast<double>(n_evaluations()) / noise.n_paths) + " a path"},
    {"memory", short_number(Timing::peak_memory(), 3) + " MiB on rank 0"}};
  if (noise.beside_sgd())
    rows.insert(rows.begin() + 5, comparison.report());
  return rows;
}

std::vector<std::pair<std::string, std::string>> PathsEvolution::write_timing()
{
  return timing.write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
