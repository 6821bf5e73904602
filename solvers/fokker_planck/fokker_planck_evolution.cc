#include <solvers/fokker_planck/fokker_planck_evolution.h>
#include <solvers/fokker_planck/initial_state.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/fokker_planck/coarser_density.h>
#include <solvers/fokker_planck/fokker_planck_view.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FokkerPlanckEvolution::FokkerPlanckEvolution(const FokkerPlanckInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , density(given, FokkerPlanckOnMesh::given(given), c.communicator)
  , errors({"risk", "free energy"}, coarser_densities(given, c.communicator), given, c)
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , pictures(given.output, c.directory, given.problem->parameter_names())
  , outputs(given, c, density.timing(), &pictures)
  , checks(given.scheme, c.progress, advice_for_box(given))
{
  // A run that goes on has its density from load().
  if (context.checkpoints == nullptr || context.checkpoints->restart() == nullptr)
    start();
}

void FokkerPlanckEvolution::start()
{
  density.start();
  errors.start();
  announce();
  if (std::abs(density.missing_mass()) > 1e-3)
    context.progress.warning("the nodes of the mesh see " + short_number(100. * (1. - density.missing_mass()), 6) +
                             " % of the initial law's mass; the density was scaled to mass one");
}

void FokkerPlanckEvolution::announce()
{
  context.progress.line("Mesh: " + cells_and_unknowns() + "; " + std::to_string(inputs.mean_field->n_modes()) + " of " +
                        std::to_string(inputs.problem->n_nodes()) + " features kept, error " +
                        short_number(inputs.mean_field->compression_error(), 2));
  pictures.announce(context.progress, inputs.run.all_output_times().size(),
                    density.mesh().n_global_cells() * density.state().space.points_per_cell());
}

std::string FokkerPlanckEvolution::cells_and_unknowns() const
{
  return std::to_string(density.mesh().n_global_cells()) + " cells, " + std::to_string(density.state().space.n_global()) +
         " unknowns of degree " + std::to_string(inputs.scheme.degree);
}

void FokkerPlanckEvolution::step(double end)
{
  Timing::Scope total(stepping_seconds);
  try
    {
      density.step(end);
    }
  catch (const RunError &error)
    {
      // The state is that before the step: worth a row and a picture.
      if (statistics.last_time() < time())
        output();
      throw RunError(std::string(error.what()) + " The density at t = " + short_number(time()) +
                     ", before this step, is written.");
    }
  if (!density.stepping().failure().empty())
    checks.warn_of_steps(RunningChecks::at_time(time()) + " " + density.stepping().failure() + "; shorter steps are taken");
  errors.advance(time(), end);
  largest_increase = std::max(largest_increase, density.stepping().last_increase());
}

void FokkerPlanckEvolution::check(const FokkerPlanckDiagnostics &d)
{
  RunningChecks::require_finite({d.free_energy, d.mass}, time(),
                                "Reduce 'Fokker-Planck/Time step', or choose an implicit 'Time stepping'.");
  RunningChecks::require_mass(d.mass, 1., 1e-6, time());
  const double by_steps = d.free_energy - density.refinement_jumps();
  if (by_steps > energy_by_steps + 1e-4 * (1. + std::abs(d.free_energy)))
    throw RunError(
      "the steps up to t = " + short_number(time()) + " have let the free energy grow by " +
      short_number(by_steps - energy_by_steps) +
      ", which no solution does. Use 'Fokker-Planck/Time stepping = implicit Euler', 'Refinement/Adaptive = true' or "
      "more 'Domain/Subdivisions'.");
  energy_by_steps = by_steps;
  checks.check_box(d.boundary_mass, RunningChecks::at_time(time()));
}

void FokkerPlanckEvolution::check_equilibrium()
{
  const double mass = mass_at_sides(density.state().fitted, density.state().potential, density.state().equilibrium->density);
  if (mass > inputs.scheme.boundary_limit)
    throw InputError(
      Refusal::out_of_range, "Domain/Upper corner",
      "the box is too small for the density at rest, whose outermost cells hold the mass " + short_number(mass) + " (limit " +
        short_number(inputs.scheme.boundary_limit) + "). Enlarge the box" +
        (inputs.mean_field->weight_decay() > 0. ? ", raise 'Mean field/Weight decay'" : ", give 'Mean field/Weight decay'") +
        ", or, for what happens before the density gets there, set 'Fokker-Planck/Find equilibrium' to false.");
  if (mass > inputs.scheme.boundary_warning && !warned_of_rest)
    {
      warned_of_rest = true;
      context.progress.warning("the outermost cells of the box hold the mass " + short_number(mass) +
                               " of the density at rest; the box may be too small");
    }
}

void FokkerPlanckEvolution::output()
{
  const double       present = time();
  FokkerPlanckState &state   = density.state();
  state.set(std::move(state.p));
  if (inputs.scheme.find_equilibrium && !state.equilibrium)
    {
      Timing::Scope scope(density.timing().section("equilibrium"));
      state.equilibrium = std::make_unique<Equilibrium>(state.potential, state.space, state.e);
      check_equilibrium();
    }
  last          = diagnose(state.fitted, state.potential, state.p, state.equilibrium.get(), inputs.observables);
  largest_drift = std::max(largest_drift, std::abs(last.mass - 1.));

  statistics.set("time", present);
  errors.look({last.risk, last.free_energy}, last.excess_risk);
  add_to_row(statistics, last, inputs.problem->parameter_names(), inputs.observables);
  statistics.set("risk error", errors.error(0));
  statistics.set("free energy error", errors.error(1));
  statistics.set("cells", static_cast<double>(density.mesh().n_global_cells()));
  statistics.finish_row();
  checks.check_observables(inputs.observables, last.functionals.observables.data(), RunningChecks::at_time(present));
  FokkerPlanckView view(state, last.risk, pictures);
  outputs.write(present, view, errors.error(0));
  check(last);
}

void FokkerPlanckEvolution::save(CheckpointWriter &checkpoint) const
{
  density.save(checkpoint, "");
  errors.save(checkpoint);
  save_state(checkpoint, "evolution", *this);
  statistics.save(checkpoint);
  outputs.save(checkpoint);
}

void FokkerPlanckEvolution::load(const CheckpointReader &checkpoint)
{
  density.load(checkpoint, "");
  errors.load(checkpoint);
  load_state(checkpoint, "evolution", *this);
  statistics.load(checkpoint);
  outputs.load(checkpoint, statistics.last_time());
  announce();
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::progress() const
{
  return {{"step", short_number(density.stepping().last_step(), 2)},
          {"F", short_number(density.stepping().last_free_energy())},
          {"F - F* at most", short_number(last.upper_bound, 2)},
          {"cells", std::to_string(density.mesh().n_global_cells())}};
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::report()
{
  double memory = Timing::peak_memory();
  MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_DOUBLE, MPI_MAX, context.communicator);
  const StepCounts &counts = density.stepping().counts();
  const auto        mean   = [](std::uint64_t what, std::uint64_t of) {
    return short_number(of == 0 ? 0. : static_cast<double>(what) / static_cast<double>(of), 3);
  };
  std::vector<std::pair<std::string, std::string>> rows = {
    {"risk at t = " + short_number(time()), short_number(last.risk, 6)},
    {"free energy", short_number(last.free_energy, 8)},
    {"free-energy gap", "<= " + short_number(last.upper_bound, 3) +
                          (std::isfinite(last.lower_bound) ? ", >= " + short_number(last.lower_bound, 3) : "")},
    {"largest increase of the free energy in a step", short_number(largest_increase, 2)},
    {"largest drift of the mass", short_number(largest_drift, 2)},
    {"smallest density", short_number(last.minimum, 2)}};
  if (inputs.refinement.adaptive)
    rows.emplace_back("change of the free energy by new meshes", short_number(density.refinement_jumps(), 2));
  if (relaxation)
    {
      const auto rates = relaxation->report();
      rows.insert(rows.end(), rates.begin(), rates.end());
    }
  const auto more = outputs.report();
  rows.insert(rows.end(), more.begin(), more.end());
  for (const auto &row : errors.report("mesh and time steps", true))
    rows.push_back(row);
  rows.emplace_back("mesh at the end", cells_and_unknowns());
  rows.emplace_back("time steps", std::to_string(counts.steps) + ", " + std::to_string(counts.rejected) + " rejected, " +
                                    std::to_string(counts.fallbacks) + " repeated with monotone fluxes");
  if (counts.solves > 0)
    {
      rows.emplace_back("nonlinear iterations", mean(counts.iterations, counts.steps) + " a step");
      rows.emplace_back("linear iterations", mean(counts.linear, counts.solves) + " a system");
    }
  rows.emplace_back("time in steps", short_number(stepping_seconds, 3) + " s");
  rows.emplace_back("memory", short_number(memory, 3) + " MiB at most on a rank");
  return rows;
}

void FokkerPlanckEvolution::write_relaxation()
{
  FokkerPlanckState &state = density.state();
  if (!state.equilibrium)
    return;
  Timing::Scope       scope(density.timing().section("relaxation"));
  const Equilibrium  &equilibrium = *state.equilibrium;
  std::vector<double> times, distances;
  const auto         &names  = statistics.columns();
  const auto          column = [&names](const char *name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const std::size_t time_column = column("time"), distance_column = column("free-energy gap");
  for (const std::vector<double> &row : statistics.rows())
    {
      times.push_back(row[time_column]);
      distances.push_back(row[distance_column]);
    }
  // F and F* are rounded sums of O(1).
  const double resolution = 1e-13 * std::max(1., std::abs(equilibrium.free_energy));
  relaxation              = Relaxation{inputs.beta(), fit_relaxation(times, distances, resolution), inputs.scheme.find_gap};
  if (relaxation->with_gap)
    {
      relaxation->gap = find_spectral_gap(state.fitted, state.potential, equilibrium);
      state.update_operator();
    }
  relaxation->write(context.directory.file("relaxation.csv"), rank_of(context.communicator) == 0);
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::write_timing()
{
  return density.timing().write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
