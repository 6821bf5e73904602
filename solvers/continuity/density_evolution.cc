#include <solvers/continuity/density_evolution.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/timing.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
DensityEvolution::DensityEvolution(const ContinuitySetup &s, const RunContext &c)
  : setup(s)
  , context(c)
  , method(RungeKutta::from_name(s.parameters.time_stepping))
  , mesh(s.domain, c.communicator)
  , solution(*s.mean_field, method, s.parameters.limit)
  , stepping(s.parameters, method)
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , results(*s.problem, s.output, s.twin, c)
  , natural_sides(natural_lower_sides(s))
  , refinement_tolerance(s.refinement.tolerance)
{
  // A run that goes on has its density from load().
  if (context.checkpoints == nullptr || context.checkpoints->restart() == nullptr)
    project_initial_density();
}

void DensityEvolution::project_initial_density()
{
  InitialState start = project_initial_state(mesh, setup);
  missing_mass       = start.missing_mass;
  space              = std::move(start.space);
  solution.reinit(*space, start.values);
  // The first measurement of velocities, for the first time step.
  solution.dissipation();
  announce();
  if (std::abs(missing_mass) > 1e-3)
    context.progress.warning("the box holds " + short_number(100. * (1. - missing_mass), 6) +
                             " % of the initial law's mass; the density was scaled to mass one");
}

void DensityEvolution::announce()
{
  context.progress.line("Mesh: " + cells_and_unknowns() + "; " + std::to_string(setup.mean_field->n_modes()) + " of " +
                        std::to_string(setup.problem->n_nodes()) + " features kept, error " +
                        short_number(setup.mean_field->compression_error(), 2));
  results.announce(context, *space);
}

std::string DensityEvolution::cells_and_unknowns() const
{
  return std::to_string(mesh.n_global_cells()) + " cells, " + std::to_string(mesh.n_global_cells() * space->points_per_cell()) +
         " unknowns of degree " + std::to_string(setup.parameters.degree);
}

void DensityEvolution::adapt()
{
  Timing::Scope       scope(solution.timing().section("adaptation"));
  std::vector<double> values    = solution.values();
  const auto          indicator = resolution_indicator(*space, values);
  const auto          flags     = refinement_flags(mesh, indicator, setup.refinement, refinement_tolerance);
  if (!mesh.adapt(flags, space->points_per_cell(), values, space->cell_transfer()))
    return;
  space = std::make_unique<DGMesh>(mesh, setup.parameters.degree, setup.problem->linear_in_first_parameter(),
                                   setup.radial_power);
  solution.reinit(*space, values);
  // Smaller cells allow only smaller time steps: measure before the next one.
  solution.dissipation();
}

void DensityEvolution::record_dissipation(double value)
{
  if (!dissipation_times.empty() && dissipation_times.back() == present)
    return;
  dissipation_times.push_back(present);
  dissipation_values.push_back(value);
}

void DensityEvolution::step(double end)
{
  double seconds = 0.;
  {
    Timing::Scope scope(seconds);
    if (setup.refinement.adaptive && stepping.n_steps() % setup.refinement.interval == 0)
      adapt();
    const double after = stepping.step(solution, present, end, energies);
    record_dissipation(solution.dissipation_before());
    present = after;
    unknown_stages += method.stages.size() * mesh.n_global_cells() * space->points_per_cell();
  }
  stepping_seconds += seconds;
  if (stepping.n_repeated() > 0 && !warned_of_steps)
    {
      warned_of_steps = true;
      context.progress.warning(stepping.failure() + "; it was repeated with a smaller length, as are others like it");
    }
}

void DensityEvolution::check(const Diagnostics &d)
{
  if (!std::isfinite(d.risk) || !std::isfinite(d.mass))
    throw RunError("the density is no longer finite at t = " + short_number(present) +
                   ". Reduce 'Discontinuous Galerkin/CFL number'.");
  // Both hold to far better than this unless something is wrong.
  if (std::abs(d.mass / first_mass - 1.) > 1e-8)
    throw RunError("the mass has changed by " + short_number(d.mass / first_mass - 1., 2) +
                   " up to t = " + short_number(present) + ", which the scheme does not do: please report it.");
  const double energy = d.risk + d.confinement;
  if (energy > energies.bound())
    throw RunError("the risk has grown from " + short_number(energies.last_output) + " to " + short_number(energy) +
                   " up to t = " + short_number(present) +
                   ", which no solution does: the mesh does not resolve the density. Use 'Refinement/Adaptive = true' or more "
                   "'Domain/Subdivisions', or a smaller 'Discontinuous Galerkin/CFL number'.");
  energies.last_output = energy;
  refuse_small_box(setup, d.boundary_mass, present);
  if (d.boundary_mass > setup.parameters.boundary_warning && !warned)
    {
      warned = true;
      context.progress.warning("at t = " + short_number(present) + " the outermost cells of the box hold the mass " +
                               short_number(d.boundary_mass) + "; the box may be too small");
    }
}

void DensityEvolution::output()
{
  last = diagnose(solution, natural_sides);
  record_dissipation(last.dissipation);
  dissipated += integrate_samples(dissipation_times, dissipation_values);
  dissipation_times.assign(1, present);
  dissipation_values.assign(1, last.dissipation);

  const double energy = last.risk + last.confinement;
  if (statistics.rows().empty())
    {
      first_mass = last.mass;
      energies   = {energy, energy};
    }
  energy_balance        = energies.initial - energy - dissipated;
  largest_drift         = std::max(largest_drift, std::abs(last.mass / first_mass - 1.));
  largest_negative_mass = std::max(largest_negative_mass, last.negative_mass);

  const auto         names = setup.problem->parameter_names();
  const unsigned int dim   = mesh.dimension();
  statistics.set("time", present);
  statistics.set("risk", last.risk);
  statistics.set("excess risk", last.excess_risk);
  statistics.set("dissipation", last.dissipation);
  statistics.set("energy balance", energy_balance);
  statistics.set("optimality certificate", last.certificate);
  statistics.set("mass", last.mass);
  for (unsigned int d = 0; d < dim; ++d)
    statistics.set("mean " + names[d], last.means[d]);
  for (unsigned int d = 0, k = 0; d < dim; ++d)
    for (unsigned int f = d; f < dim; ++f)
      statistics.set("covariance " + names[d] + " " + names[f], last.covariances[k++]);
  if (setup.alignment)
    statistics.set("alignment", last.alignment);
  statistics.set("minimum", last.minimum);
  statistics.set("negative mass", last.negative_mass);
  statistics.set("boundary mass", last.boundary_mass);
  statistics.set("cells", static_cast<double>(mesh.n_global_cells()));
  statistics.finish_row();
  check(last);
  results.write(present, present == setup.end_time, solution);
  if (setup.refinement.negative_mass > 0. && last.negative_mass > setup.refinement.negative_mass)
    refinement_tolerance *= 0.5;
}

void DensityEvolution::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put_in_turn("mesh", mesh.speaks() ? mesh.listed_cells() : std::vector<std::uint64_t>());
  checkpoint.put_in_turn("density", mesh.speaks() ? solution.values() : std::vector<double>());
  checkpoint.put("evolution",
                 std::vector<double>{present, refinement_tolerance, missing_mass, first_mass, energies.initial, dissipated,
                                     energy_balance, largest_drift, largest_negative_mass, solution.max_rate(), last.risk,
                                     last.certificate, last.negative_mass, energies.last_output});
  checkpoint.put("evolution steps", std::vector<std::uint64_t>{unknown_stages, warned ? 1U : 0U, warned_of_steps ? 1U : 0U});
  checkpoint.put("dissipation times", dissipation_times);
  checkpoint.put("dissipation values", dissipation_values);
  stepping.save(checkpoint);
  statistics.save(checkpoint);
  results.save(checkpoint);
}

void DensityEvolution::load(const CheckpointReader &checkpoint)
{
  const std::vector<std::uint64_t> places = mesh.recreate(checkpoint.integers("mesh"));
  space = std::make_unique<DGMesh>(mesh, setup.parameters.degree, setup.problem->linear_in_first_parameter(),
                                   setup.radial_power);
  solution.reinit(*space, checkpoint.rows("density", places, space->points_per_cell()));

  const std::vector<double> numbers = checkpoint.numbers("evolution");
  std::size_t               i       = 0;
  double                    rate    = 0.;
  for (double *const value : {&present, &refinement_tolerance, &missing_mass, &first_mass, &energies.initial, &dissipated,
                              &energy_balance, &largest_drift, &largest_negative_mass, &rate, &last.risk, &last.certificate,
                              &last.negative_mass, &energies.last_output})
    *value = numbers.at(i++);
  solution.set_max_rate(rate);
  const std::vector<std::uint64_t> counts = checkpoint.integers("evolution steps");
  unknown_stages = stages_before = counts.at(0);
  warned                         = counts.at(1) > 0;
  warned_of_steps                = counts.at(2) > 0;
  dissipation_times              = checkpoint.numbers("dissipation times");
  dissipation_values             = checkpoint.numbers("dissipation values", dissipation_times.size());
  stepping.load(checkpoint);
  statistics.load(checkpoint);
  results.load(checkpoint, statistics.last_time());
  announce();
}

std::vector<std::pair<std::string, std::string>> DensityEvolution::progress() const
{
  return {{"step", short_number(stepping.last_step(), 2)},
          {"risk", short_number(last.risk)},
          {"cells", std::to_string(mesh.n_global_cells())},
          {"mass drift", short_number(largest_drift, 2)}};
}

std::vector<std::pair<std::string, std::string>> DensityEvolution::report()
{
  const int n_ranks = number_of_ranks(mesh.communicator());
  double    memory  = Timing::peak_memory();
  MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_DOUBLE, MPI_MAX, context.communicator);
  const double speed = static_cast<double>(unknown_stages - stages_before) / stepping_seconds / n_ranks / 1e6;
  std::vector<std::pair<std::string, std::string>> rows = {
    {"risk at t = " + short_number(present), short_number(last.risk, 6)},
    {"certified distance to the least risk", short_number(last.certificate, 3)},
    {"energy balance", short_number(energy_balance, 2)},
    {"largest drift of the mass", short_number(largest_drift, 2)},
    {"largest negative mass", short_number(largest_negative_mass, 2)},
    {"mesh at the end", cells_and_unknowns()},
    {"time steps", std::to_string(stepping.n_steps())},
    {"throughput", stepping_seconds > 0. ?
                     short_number(speed, 3) + " million unknowns per second and rank (one right-hand side "
                                              "each)" :
                     "no steps were taken"},
    {"time in steps", short_number(stepping_seconds, 3) + " s"},
    {"memory", short_number(memory, 3) + " MiB at most on a rank"}};
  if (stepping.n_repeated() > 0)
    rows.insert(rows.begin() + 7, {"steps repeated with a smaller length", std::to_string(stepping.n_repeated())});
  const auto more = results.report();
  rows.insert(rows.begin() + 5, more.begin(), more.end());
  return rows;
}

std::vector<std::pair<std::string, std::string>> DensityEvolution::write_timing()
{
  return solution.timing().write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
