#include <solvers/base/error.h>
#include <solvers/base/numerics/sample_statistics.h>
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
#include <solvers/particles/ensemble/replicas.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
void refuse_large_step(const CharacteristicsInputs &inputs, const MPI_Comm communicator)
{
  const CharacteristicsOperator shares(*inputs.mean_field, inputs.law, communicator);
  const SgdField                field(inputs.noise, *inputs.problem, inputs.parameters.weight_decay);
  NoisyPoints                   points(*inputs.problem, field, shares.start(), communicator);
  const std::vector<double>    &p          = inputs.problem->weights();
  const unsigned int            batch_size = inputs.noise.batch_size;
  const std::size_t             K          = p.size();
  const std::vector<double>     both       = points.prediction_and_kernel(points.law().points);
  const double                 *kappa      = &both[K];
  double                        first = 0., second = 0.;
  for (std::size_t l = 0; l < K; ++l)
    {
      first += p[l] * kappa[l];
      second += p[l] * kappa[l] * kappa[l];
    }
  if (!(first > 0.))
    return;
  // The power method: the quotients of Rayleigh increase to ω, which need not be known well.
  constexpr unsigned int n_iterations = 30;
  std::vector<double>    x(K, 1.);
  double                 largest = 0.;
  for (unsigned int iteration = 0; iteration < n_iterations; ++iteration)
    {
      // In L²(p): x ↦ K p x.
      std::vector<double> c(K);
      double              square = 0., product = 0.;
      for (std::size_t l = 0; l < K; ++l)
        {
          square += p[l] * x[l] * x[l];
          c[l] = p[l] * x[l];
        }
      const std::vector<double> image = points.kernel_times(c);
      for (std::size_t l = 0; l < K; ++l)
        product += p[l] * x[l] * image[l];
      largest     = product / square;
      double size = 0.;
      for (const double value : image)
        size = std::max(size, std::abs(value));
      if (!(size > 0.))
        break;
      for (std::size_t l = 0; l < K; ++l)
        x[l] = image[l] / size;
    }
  const double curvature = largest * (1. - 1. / batch_size) + second / first / batch_size;
  if (field.step_size() * curvature >= 2.)
    throw InputError(Refusal::out_of_range, "Common noise/Step size",
                     "SGD with steps of " + short_number(field.step_size()) +
                       " is unstable at t = 0, and its noise has no equation: choose less than " +
                       short_number(2. / curvature) + ", or a larger 'Batch size'.");
}

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
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , risk_table(c.directory.file("paths.csv"), rank_of(c.communicator) == 0)
  , marked(c.directory.file("marked_points.csv"), rank_of(c.communicator) == 0, problem.parameter_names(), given.n_marked)
  , curve(problem, c.directory, rank_of(c.communicator) == 0)
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

std::size_t PathsEvolution::n_functionals() const
{
  const std::size_t D = problem.n_parameters();
  return 1 + D + D * (D + 1) / 2 + inputs.observables.size();
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
  const Functionals   f      = functionals(means, D, inputs.observables);
  std::vector<double> result = {risk_of(state.points)};
  for (const auto *part : {&f.mean, &f.covariance, &f.observables})
    result.insert(result.end(), part->begin(), part->end());
  return result;
}

void PathsEvolution::output()
{
  Timing::Scope             scope(timing.section("diagnostics"));
  const std::size_t         n_columns = n_functionals(), n_paths = layout.size();
  const std::vector<double> rows   = paths.gather(n_columns, [this](const Path &path) { return functionals_of(path.flow); });
  const auto                column = [&](const std::size_t c) {
    std::vector<double> values(n_paths);
    for (std::size_t path = 0; path < n_paths; ++path)
      values[path] = rows[path * n_columns + c];
    return values;
  };
  const std::vector<double> risks = column(0);
  risk                            = mean(risks);
  error_of_risk                   = error_of_mean(risks);
  RunningChecks::require_finite({risk}, present, "Choose a smaller 'Common noise/Step size'.");

  statistics.set("time", present);
  statistics.set("risk", risk);
  statistics.set("excess risk", risk - .5 * problem.noise_variance());
  statistics.set("standard error", error_of_risk);
  statistics.set("standard deviation", standard_deviation(risks));
  set_quantiles(statistics, "risk ", risks);
  // Means over the paths: of the means, with their deviation from path to path, and of the covariances on a path.
  const std::vector<std::string> names = problem.parameter_names();
  const std::size_t              D     = names.size();
  std::size_t                    next  = 1;
  for (std::size_t d = 0; d < D; ++d)
    statistics.set("mean " + names[d], mean(column(next + d)));
  for (std::size_t d = 0; d < D; ++d)
    statistics.set("deviation of mean " + names[d], standard_deviation(column(next + d)));
  next += D;
  for (std::size_t d = 0; d < D; ++d)
    for (std::size_t e = d; e < D; ++e)
      statistics.set("covariance " + names[d] + " " + names[e], mean(column(next++)));
  std::vector<double> observed;
  for (unsigned int i = 0; i < inputs.observables.size(); ++i, ++next)
    {
      observed.push_back(mean(column(next)));
      statistics.set("mean of " + inputs.observables.names()[i], observed.back());
      statistics.set("deviation of mean of " + inputs.observables.names()[i], standard_deviation(column(next)));
    }
  risk_table.set("time", present);
  for (std::size_t path = 0; path < n_paths; ++path)
    risk_table.set("risk of path " + std::to_string(path), risks[path]);
  if (inputs.noise.beside_sgd())
    comparison.add_to_row(statistics, risk_table, risks,
                          paths.gather(1, [this](const Path &path) { return std::vector<double>{risk_of(path.sgd)}; }),
                          present);
  statistics.finish_row();
  risk_table.finish_row();
  checks.check_observables(inputs.observables, observed.data(), RunningChecks::at_time(present));
  output_marked_points();
  write_curve();
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
  marked.add_row(present, of_flow_and_sgd, [this](const std::vector<double> &sample) { return error_of_mean(sample); });
}

double PathsEvolution::error_of_mean(const std::vector<double> &sample) const
{
  if (!inputs.noise.antithetic)
    return standard_error(sample);
  std::vector<double> pairs;
  for (std::size_t path = 0; path < sample.size(); path += 2)
    pairs.push_back(.5 * (sample[path] + sample[path + 1]));
  return standard_error(pairs);
}

void PathsEvolution::write_curve()
{
  if (problem.curve_inputs().empty())
    return;
  const std::size_t         K = problem.n_nodes();
  const std::vector<double> f = paths.gather(K,
                                             [this](const Path &path) { return group->points.prediction(path.flow.points); });
  std::vector<double>       fit(K), sample(layout.size());
  Curves                    band;
  for (const char *name : {"path 5 %", "path 95 %"})
    band.emplace_back(name, std::vector<double>(K));
  for (std::size_t k = 0; k < K; ++k)
    {
      for (std::size_t path = 0; path < sample.size(); ++path)
        sample[path] = f[path * K + k];
      fit[k]            = mean(sample);
      band[0].second[k] = quantile(sample, .05);
      band[1].second[k] = quantile(sample, .95);
    }
  curve.add(present, fit, band);
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
  statistics.save(checkpoint);
  risk_table.save(checkpoint);
  curve.save(checkpoint);
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
  statistics.load(checkpoint);
  risk_table.load(checkpoint);
  curve.load(checkpoint);
  marked.load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> PathsEvolution::progress() const
{
  return {{"risk", short_number(risk)}};
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
    {"risk at t = " + short_number(present), short_number(risk, 8) + " ± " + short_number(error_of_risk, 2)},
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
