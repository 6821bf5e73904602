#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/continuity/density_paths_evolution.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
std::string prefix_of(const unsigned int path)
{
  return "path " + std::to_string(path) + " ";
}
} // namespace

DensityPathsEvolution::DensityPathsEvolution(const ContinuityInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , field(given.noise, *given.problem, given.parameters.weight_decay)
  , squares(squares_of(given))
  , layout(given.noise.n_paths, std::max(1, number_of_ranks(c.communicator) / static_cast<int>(given.noise.n_paths)),
           c.communicator)
  , paths(layout, [this](unsigned int,
                         MPI_Comm communicator) { return std::make_unique<DensityPath>(inputs, field, squares, communicator); })
  , tables(given, given.noise, c)
  , checks(given.scheme, c.progress)
  , natural_sides(natural_lower_sides(given))
{
  // A run that goes on has its densities from load().
  if (context.checkpoints == nullptr || context.checkpoints->restart() == nullptr)
    paths.for_each([](DensityPath &path, unsigned int) { path.start(); });
}

void DensityPathsEvolution::step(const double end)
{
  const double interval = inputs.noise.interval, reached = static_cast<double>(n_intervals + 1) * interval;
  // Output times are multiples of the interval, to round-off.
  present = reached > end - .5 * interval ? end : reached;
  {
    Timing::Scope scope(timing.section("paths"));
    paths.for_each([&](DensityPath &path, const unsigned int number) {
      path.step(interval, field.increment(inputs.run.seed, number, n_intervals), present);
    });
  }
  ++n_intervals;
}

void DensityPathsEvolution::output()
{
  const std::size_t         K = inputs.problem->n_nodes(), size = tables.row_size();
  constexpr std::size_t     n_more    = 5;
  std::size_t               n_curve   = tables.has_curve() ? K : 0;
  const std::vector<double> all       = paths.gather(size + n_more + n_curve, [&](DensityPath &path) {
    {
      Timing::Scope scope(timing.section("paths"));
      path.finish();
    }
    Timing::Scope       scope(timing.section("diagnostics"));
    const Diagnostics   d   = diagnose(path.solution(), natural_sides, inputs.observables);
    std::vector<double> row = PathTables::row(d.risk, d.functionals);
    for (const double x :
         {d.mass, d.minimum, d.negative_mass, d.boundary_mass, static_cast<double>(path.on_mesh().mesh().n_global_cells())})
      row.push_back(x);
    if (tables.has_curve())
      {
        const std::vector<double> f = inputs.mean_field->prediction(path.solution().moments());
        row.insert(row.end(), f.begin(), f.end());
      }
    return row;
  });
  const std::size_t         n_columns = size + n_more + n_curve;
  std::vector<double>       rows, curves;
  double                    mass = all[size], minimum = all[size + 1], negative_mass = 0., boundary_mass = 0., cells = 0.;
  if (present == 0.)
    first_mass = mass;
  for (std::size_t path = 0; path < layout.size(); ++path)
    {
      const double *const row = &all[path * n_columns];
      rows.insert(rows.end(), row, row + size);
      curves.insert(curves.end(), row + size + n_more, row + n_columns);
      if (!(std::abs(row[size] - first_mass) <= std::abs(mass - first_mass)))
        mass = row[size];
      minimum       = std::min(minimum, row[size + 1]);
      negative_mass = std::max(negative_mass, row[size + 2]);
      boundary_mass = std::max(boundary_mass, row[size + 3]);
      cells         = std::max(cells, row[size + 4]);
    }
  largest_drift         = std::max(largest_drift, std::abs(mass / first_mass - 1.));
  largest_negative_mass = std::max(largest_negative_mass, negative_mass);
  tables.add(present, rows, checks, [&](const std::vector<double> &, Statistics &statistics, Statistics &) {
    statistics.set("mass", mass);
    statistics.set("minimum", minimum);
    statistics.set("negative mass", negative_mass);
    statistics.set("boundary mass", boundary_mass);
    statistics.set("cells", cells);
  });
  if (tables.has_curve())
    tables.add_curve(present, curves);
  RunningChecks::require_finite({mass}, present, "Choose a smaller 'Common noise/Step size'.");
  RunningChecks::require_mass(mass, first_mass, 1e-8, present);
  checks.check_box(boundary_mass, RunningChecks::at_time(present));
  paths.for_each(
    [&](DensityPath &path, const unsigned int number) { path.on_mesh().control(all[number * n_columns + size + 2]); });
}

namespace
{
/// The path of this number, or null where it is on other ranks.
DensityPath *find(const Ensemble<DensityPath> &paths, const EnsembleLayout &layout, const unsigned int number)
{
  for (std::size_t i = 0; i < paths.local().size(); ++i)
    if (layout.members()[i] == number)
      return paths.local()[i].get();
  return nullptr;
}
} // namespace

void DensityPathsEvolution::save(CheckpointWriter &checkpoint) const
{
  std::vector<double>        numbers;
  std::vector<std::uint64_t> begins;
  for (unsigned int number = 0; number < layout.size(); ++number)
    {
      const DensityPath *const path = find(paths, layout, number);
      DensityPath::save_cells(checkpoint, prefix_of(number), path);
      if (path == nullptr || !layout.leads())
        continue;
      const std::vector<double> of_path = path->numbers();
      numbers.insert(numbers.end(), of_path.begin(), of_path.end());
      begins.push_back(number * DensityPath::n_numbers);
    }
  checkpoint.put_parts("numbers of paths", numbers, begins);
  save_state(checkpoint, "evolution", *this);
  tables.save(checkpoint);
}

void DensityPathsEvolution::load(const CheckpointReader &checkpoint)
{
  const std::vector<double> numbers = checkpoint.numbers("numbers of paths", layout.size() * DensityPath::n_numbers);
  for (unsigned int number = 0; number < layout.size(); ++number)
    {
      DensityPath *const path = find(paths, layout, number);
      DensityPath::load_cells(checkpoint, prefix_of(number), inputs.domain, path);
      if (path != nullptr)
        path->set_numbers(&numbers[number * DensityPath::n_numbers]);
    }
  load_state(checkpoint, "evolution", *this);
  tables.load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> DensityPathsEvolution::progress() const
{
  return {{"risk", short_number(tables.risk())}, {"mass drift", short_number(largest_drift, 2)}};
}

std::vector<std::pair<std::string, std::string>> DensityPathsEvolution::report()
{
  const CommonNoiseParameters &noise  = inputs.noise;
  double                       memory = Timing::peak_memory();
  MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_DOUBLE, MPI_MAX, context.communicator);
  std::uint64_t counts[3] = {0, 0, 0};
  for (const auto &path : paths.local())
    if (layout.leads())
      {
        counts[0] += path->n_steps();
        counts[1] += path->n_repeated();
        counts[2] += path->solution().stages();
      }
  MPI_Allreduce(MPI_IN_PLACE, counts, 3, MPI_UINT64_T, MPI_SUM, context.communicator);
  return {
    {"paths", std::to_string(noise.n_paths) + " of the " +
                (noise.equation == CommonNoiseParameters::Equation::modified_flow ? "stochastic modified flow" :
                                                                                    "stochastic mean-field equation")},
    {"noise", "SGD with steps of " + short_number(noise.step_size) + " and batches of " + std::to_string(noise.batch_size) +
                ", intervals of " + short_number(noise.interval)},
    {"features", std::to_string(inputs.mean_field->n_modes()) + " modes of " + std::to_string(inputs.problem->n_nodes()) +
                   " data nodes, " + std::to_string(squares.n_modes()) + " of their squares"},
    {"risk at t = " + short_number(present),
     short_number(tables.risk(), 8) + (noise.n_paths > 1 ? " ± " + short_number(tables.error_of_risk(), 2) : std::string())},
    {"largest drift of the mass", short_number(largest_drift, 2)},
    {"largest negative mass", short_number(largest_negative_mass, 2)},
    {"Runge-Kutta steps", std::to_string(counts[0]) + " on all paths, " + std::to_string(counts[1]) + " repeated (" +
                            std::to_string(counts[2]) + " stages since the start or resumption)"},
    {"time in steps", short_number(timing.section("paths"), 3) + " s on rank 0"},
    {"memory", short_number(memory, 3) + " MiB at most on a rank"}};
}

std::vector<std::pair<std::string, std::string>> DensityPathsEvolution::write_timing()
{
  return timing.write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
