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
            auto state    = std::make_unique<NoisyState>();
            state->points = group->law.start().points;
            return state;
          })
  , tables(given, given.noise, c)
  , checks(c.progress)
{}

void PathsEvolution::step(const double end)
{
  Timing::Scope scope(timing.section("paths"));
  const double  interval = inputs.noise.interval;
  paths.for_each([&](NoisyState &state, const unsigned int path) {
    group->stepper.step(state, interval, field.increment(inputs.run.seed, path, n_intervals), present);
  });
  ++n_intervals;
  // Output times are multiples of the interval, to round-off.
  const double reached = static_cast<double>(n_intervals) * interval;
  present              = reached > end - .5 * interval ? end : reached;
}

std::vector<double> PathsEvolution::functionals_of(const NoisyState &state)
{
  const auto                &law = group->law;
  const auto                 D   = problem.n_parameters();
  const std::size_t          n   = law.start().weights.size();
  const std::vector<double>  r   = field.residuals(group->points.prediction(state.points));
  double                     sum = problem.noise_variance();
  const std::vector<double> &p   = problem.weights();
  for (std::size_t l = 0; l < r.size(); ++l)
    sum += p[l] * r[l] * r[l];
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
  return PathTables::row(.5 * sum, functionals(means, D, inputs.observables));
}

void PathsEvolution::output()
{
  Timing::Scope scope(timing.section("diagnostics"));
  tables.add(present, paths.gather(tables.row_size(), [this](const NoisyState &state) { return functionals_of(state); }),
             checks);
  if (tables.has_curve())
    tables.add_curve(present, paths.gather(problem.n_nodes(),
                                           [this](const NoisyState &state) { return group->points.prediction(state.points); }));
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
  std::vector<double>        points, steps;
  std::vector<std::uint64_t> begins, numbers;
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    {
      const NoisyState  &state = *paths.local()[i];
      const unsigned int path  = layout.members()[i];
      if (n_local() > 0)
        {
          points.insert(points.end(), state.points.begin(), state.points.end());
          begins.push_back(begin_of(path));
        }
      if (layout.leads())
        {
          steps.push_back(state.first_drift_step);
          numbers.push_back(path);
        }
    }
  checkpoint.put_parts("points of paths", points, begins);
  checkpoint.put_parts("drift steps", steps, numbers);
  save_state(checkpoint, "evolution", *this);
  tables.save(checkpoint);
}

void PathsEvolution::load(const CheckpointReader &checkpoint)
{
  std::vector<CheckpointReader::Extent> extents;
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    extents.push_back({begin_of(layout.members()[i]), n_local()});
  const std::vector<double> points = checkpoint.numbers("points of paths", extents);
  const std::vector<double> steps  = checkpoint.numbers("drift steps", std::uint64_t(layout.size()));
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    {
      NoisyState &state = *paths.local()[i];
      std::copy_n(points.begin() + static_cast<std::ptrdiff_t>(i * n_local()), n_local(), state.points.begin());
      state.first_drift_step = steps[layout.members()[i]];
      state.drift.clear();
    }
  load_state(checkpoint, "evolution", *this);
  tables.load(checkpoint);
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
  const CommonNoiseParameters &noise = inputs.noise;
  return {
    {"paths", std::to_string(noise.n_paths) + " of the " +
                (noise.equation == CommonNoiseParameters::Equation::modified_flow ? "stochastic modified flow" :
                                                                                    "stochastic mean-field equation")},
    {"noise", "SGD with steps of " + short_number(noise.step_size) + " and batches of " + std::to_string(noise.batch_size) +
                ", intervals of " + short_number(noise.interval)},
    {"points", std::to_string(inputs.law.weights.size())},
    {"features", std::to_string(problem.n_nodes()) + " data nodes, exact"},
    {"risk at t = " + short_number(present), short_number(tables.risk(), 8) + " ± " + short_number(tables.error_of_risk(), 2)},
    {"velocities", short_number(static_cast<double>(n_evaluations()) / noise.n_paths) + " a path"},
    {"memory", short_number(Timing::peak_memory(), 3) + " MiB on rank 0"}};
}

std::vector<std::pair<std::string, std::string>> PathsEvolution::write_timing()
{
  return timing.write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
