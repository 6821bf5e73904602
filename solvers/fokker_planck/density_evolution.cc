#include <solvers/fokker_planck/density_evolution.h>
#include <solvers/fokker_planck/initial_state.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/fokker_planck/adaptation.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FokkerPlanckEvolution::FokkerPlanckEvolution(const FokkerPlanckSetup &s, const RunContext &c)
  : setup(s)
  , context(c)
  , mesh(s.domain, c.communicator)
  , stepping(s.parameters)
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , results(*s.problem, s.output, s.twin, c)
{
  // A run that goes on has its density from load().
  if (context.checkpoints == nullptr || context.checkpoints->restart() == nullptr)
    set_initial_density();
}

void FokkerPlanckEvolution::make_state()
{
  state = std::make_unique<FokkerPlanckState>(mesh, *setup.mean_field, setup.beta, setup.parameters.degree,
                                              setup.parameters.stage);
}

void FokkerPlanckEvolution::set_initial_density()
{
  Timing::Scope scope(timing.section("set-up"));
  state = initial_state(mesh, setup, missing_mass);
  announce();
  if (std::abs(missing_mass) > 1e-3)
    context.progress.warning("the nodes of the mesh see " + short_number(100. * (1. - missing_mass), 6) +
                             " % of the initial law's mass; the density was scaled to mass one");
}

void FokkerPlanckEvolution::announce()
{
  context.progress.line("Mesh: " + cells_and_unknowns() + "; " + std::to_string(setup.mean_field->n_modes()) + " of " +
                        std::to_string(setup.problem->n_nodes()) + " features kept, error " +
                        short_number(setup.mean_field->compression_error(), 2));
  results.announce(context, state->space);
}

std::string FokkerPlanckEvolution::cells_and_unknowns() const
{
  return std::to_string(mesh.n_global_cells()) + " cells, " + std::to_string(state->space.n_global()) + " unknowns of degree " +
         std::to_string(setup.parameters.degree);
}

void FokkerPlanckEvolution::adapt()
{
  Timing::Scope scope(timing.section("adaptation"));
  state->update_operator();
  CellDensities densities = cell_densities(*state);
  const auto    flags     = refinement_flags(mesh, resolution_indicator(*state, densities, setup.parameters.peclet_limit),
                                             setup.refinement, setup.refinement.tolerance);
  const double  mass = state->mass(), before = free_energy(state->fitted, state->potential, state->p);
  if (!mesh.adapt(flags, 2 * state->space.points_per_cell(), densities.values,
                  fitted_transfer(mesh.dimension(), setup.parameters.degree)))
    return;
  stepping.forget();
  const MomentJacobian jacobian = state->stage.jacobian();
  make_state();
  state->stage.jacobian() = jacobian;
  state->set(collect_density(state->space, densities.values, mass));
  refinement_jumps += free_energy(state->fitted, state->potential, state->p) - before;
}

void FokkerPlanckEvolution::step(double end)
{
  Timing::Scope total(stepping_seconds);
  if (setup.refinement.adaptive && stepping.counts().steps % setup.refinement.interval == 0)
    adapt();
  Timing::Scope scope(timing.section("steps"));
  const double  before = free_energy(state->fitted, state->potential, state->p);
  try
    {
      present = stepping.step(*state, present, end);
    }
  catch (const RunError &error)
    {
      // The state is that before the step: worth a row and a picture.
      if (statistics.last_time() < present)
        output();
      throw RunError(std::string(error.what()) + " The density at t = " + short_number(present) +
                     ", before this step, is written.");
    }
  if (!stepping.failure().empty() && !warned_of_steps)
    {
      warned_of_steps = true;
      context.progress.warning("at t = " + short_number(present) + " " + stepping.failure() + "; shorter steps are taken");
    }
  largest_increase = std::max(largest_increase, stepping.last_free_energy() - before);
}

void FokkerPlanckEvolution::check(const FokkerPlanckDiagnostics &d)
{
  if (!std::isfinite(d.free_energy) || !std::isfinite(d.mass))
    throw RunError("the density is no longer finite at t = " + short_number(present) +
                   ". Reduce 'Fokker-Planck/Time step', or choose an implicit 'Time stepping'.");
  if (std::abs(d.mass - 1.) > 1e-6)
    throw RunError("the mass is " + short_number(d.mass, 10) + " at t = " + short_number(present) +
                   ", which the scheme does not do: please report it.");
  const double by_steps = d.free_energy - refinement_jumps;
  if (by_steps > energy_by_steps + 1e-4 * (1. + std::abs(d.free_energy)))
    throw RunError(
      "the steps up to t = " + short_number(present) + " have let the free energy grow by " +
      short_number(by_steps - energy_by_steps) +
      ", which no solution does. Use 'Fokker-Planck/Time stepping = implicit Euler', 'Refinement/Adaptive = true' or "
      "more 'Domain/Subdivisions'.");
  energy_by_steps = by_steps;
  refuse_small_box(setup, d.boundary_mass, present);
  if (d.boundary_mass > setup.parameters.boundary_warning && !warned)
    {
      warned = true;
      context.progress.warning("at t = " + short_number(present) + " the outermost cells of the box hold the mass " +
                               short_number(d.boundary_mass) + "; the box may be too small");
    }
}

void FokkerPlanckEvolution::check_equilibrium()
{
  const double mass = mass_at_sides(state->fitted, state->potential, state->equilibrium->density);
  if (mass > setup.parameters.boundary_limit)
    throw InputError(
      "Domain/Upper corner",
      "the box is too small for the density at rest, whose outermost cells hold the mass " + short_number(mass) + " (limit " +
        short_number(setup.parameters.boundary_limit) + "). Enlarge the box" +
        (setup.mean_field->weight_decay() > 0. ? ", raise 'Mean field/Weight decay'" : ", give 'Mean field/Weight decay'") +
        ", or, for what happens before the density gets there, set 'Fokker-Planck/Find equilibrium' to false.");
  if (mass > setup.parameters.boundary_warning && !warned_of_rest)
    {
      warned_of_rest = true;
      context.progress.warning("the outermost cells of the box hold the mass " + short_number(mass) +
                               " of the density at rest; the box may be too small");
    }
}

void FokkerPlanckEvolution::output()
{
  state->set(std::move(state->p));
  if (setup.parameters.find_equilibrium && !state->equilibrium)
    {
      Timing::Scope scope(timing.section("equilibrium"));
      state->equilibrium = std::make_unique<Equilibrium>(state->potential, state->space, state->e);
      check_equilibrium();
    }
  last          = diagnose(state->fitted, state->potential, state->p, state->equilibrium.get(), setup.observables);
  largest_drift = std::max(largest_drift, std::abs(last.mass - 1.));

  statistics.set("time", present);
  add_to_row(statistics, last, setup.problem->parameter_names(), setup.observables);
  if (const std::string complaint = setup.observables.complaint(last.observables.data());
      !complaint.empty() && !warned_of_observables)
    {
      context.progress.warning("at t = " + short_number(present) + " " + complaint);
      warned_of_observables = true;
    }
  statistics.set("cells", static_cast<double>(mesh.n_global_cells()));
  statistics.finish_row();
  results.write(present, present == setup.end_time, last.risk, *state, timing);
  check(last);
}

void FokkerPlanckEvolution::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put_in_turn("mesh", mesh.speaks() ? mesh.listed_cells() : std::vector<std::uint64_t>());
  state->save(checkpoint);
  stepping.save(checkpoint);
  checkpoint.put("evolution",
                 std::vector<double>{present, missing_mass, largest_drift, largest_increase, refinement_jumps, last.risk,
                                     last.free_energy, last.upper_bound, last.lower_bound, last.minimum, energy_by_steps});
  checkpoint.put("warnings", std::vector<std::uint64_t>{warned ? 1U : 0U, warned_of_rest ? 1U : 0U, warned_of_steps ? 1U : 0U});
  statistics.save(checkpoint);
  results.save(checkpoint);
}

void FokkerPlanckEvolution::load(const CheckpointReader &checkpoint)
{
  const std::vector<std::uint64_t> places = mesh.recreate(checkpoint.integers("mesh"));
  make_state();
  state->load(checkpoint, places);
  stepping.load(checkpoint, *state);
  const std::vector<double> numbers = checkpoint.numbers("evolution");
  std::size_t               i       = 0;
  for (double *const value : {&present, &missing_mass, &largest_drift, &largest_increase, &refinement_jumps, &last.risk,
                              &last.free_energy, &last.upper_bound, &last.lower_bound, &last.minimum, &energy_by_steps})
    *value = numbers.at(i++);
  const std::vector<std::uint64_t> warnings = checkpoint.integers("warnings");
  warned                                    = warnings.at(0) > 0;
  warned_of_rest                            = warnings.at(1) > 0;
  warned_of_steps                           = warnings.at(2) > 0;
  statistics.load(checkpoint);
  results.load(checkpoint, statistics.last_time());
  announce();
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::progress() const
{
  return {{"step", short_number(stepping.last_step(), 2)},
          {"F", short_number(stepping.last_free_energy())},
          {"F - F* at most", short_number(last.upper_bound, 2)},
          {"cells", std::to_string(mesh.n_global_cells())}};
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::report()
{
  double memory = Timing::peak_memory();
  MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_DOUBLE, MPI_MAX, context.communicator);
  const StepCounts &counts = stepping.counts();
  const auto        mean   = [](std::uint64_t what, std::uint64_t of) {
    return short_number(of == 0 ? 0. : static_cast<double>(what) / static_cast<double>(of), 3);
  };
  std::vector<std::pair<std::string, std::string>> rows = {
    {"risk at t = " + short_number(present), short_number(last.risk, 6)},
    {"free energy", short_number(last.free_energy, 8)},
    {"distance to equilibrium", "<= " + short_number(last.upper_bound, 3) +
                                  (std::isfinite(last.lower_bound) ? ", >= " + short_number(last.lower_bound, 3) : "")},
    {"largest increase of the free energy in a step", short_number(largest_increase, 2)},
    {"largest drift of the mass", short_number(largest_drift, 2)},
    {"smallest density", short_number(last.minimum, 2)}};
  if (setup.refinement.adaptive)
    rows.emplace_back("change of the free energy by new meshes", short_number(refinement_jumps, 2));
  if (relaxation)
    {
      const auto rates = relaxation->report();
      rows.insert(rows.end(), rates.begin(), rates.end());
    }
  const auto more = results.report();
  rows.insert(rows.end(), more.begin(), more.end());
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
  if (!state->equilibrium)
    return;
  Timing::Scope       scope(timing.section("relaxation"));
  const Equilibrium  &equilibrium = *state->equilibrium;
  std::vector<double> times, distances;
  const auto         &names  = statistics.columns();
  const auto          column = [&names](const char *name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const std::size_t time_column = column("time"), distance_column = column("distance to equilibrium");
  for (const std::vector<double> &row : statistics.rows())
    {
      times.push_back(row[time_column]);
      distances.push_back(row[distance_column]);
    }
  // F and F* are rounded sums of O(1).
  const double resolution = 1e-13 * std::max(1., std::abs(equilibrium.free_energy));
  relaxation              = Relaxation{setup.beta, fit_relaxation(times, distances, resolution), setup.parameters.find_gap};
  if (relaxation->with_gap)
    {
      relaxation->gap = find_spectral_gap(state->fitted, state->potential, equilibrium);
      state->update_operator();
    }
  relaxation->write(context.directory.file("relaxation.csv"), rank_of(context.communicator) == 0);
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckEvolution::write_timing()
{
  return timing.write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
