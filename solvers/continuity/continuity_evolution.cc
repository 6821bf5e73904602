#include <solvers/continuity/continuity_evolution.h>

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
#include <solvers/base/timing.h>
#include <solvers/continuity/coarser_density.h>
#include <solvers/continuity/continuity_view.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
ContinuityEvolution::ContinuityEvolution(const ContinuityInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , density(given, DensityOnMesh::given(given), c.communicator)
  , errors({"risk"}, coarser_densities(given, c.communicator), given, c)
  , statistics(c.directory.file("statistics.csv"), rank_of(c.communicator) == 0)
  , pictures(given.output, c.directory, given.problem->parameter_names())
  , outputs(given, c, density.solution().timing(), &pictures)
  , checks(given.scheme, c.progress)
  , natural_sides(natural_lower_sides(given))
{
  // A run that goes on has its density from load().
  if (context.checkpoints == nullptr || context.checkpoints->restart() == nullptr)
    start();
}

void ContinuityEvolution::start()
{
  density.start();
  errors.start();
  announce();
  if (std::abs(density.missing_mass()) > 1e-3)
    context.progress.warning("the box holds " + short_number(100. * (1. - density.missing_mass()), 6) +
                             " % of the initial law's mass; the density was scaled to mass one");
}

void ContinuityEvolution::announce()
{
  context.progress.line("Mesh: " + cells_and_unknowns() + "; " + std::to_string(inputs.mean_field->n_modes()) + " of " +
                        std::to_string(inputs.problem->n_nodes()) + " features kept, error " +
                        short_number(inputs.mean_field->compression_error(), 2));
  pictures.announce(context.progress, inputs.run.all_output_times().size(), density.n_unknowns());
}

std::string ContinuityEvolution::cells_and_unknowns() const
{
  return std::to_string(density.mesh().n_global_cells()) + " cells, " + std::to_string(density.n_unknowns()) +
         " unknowns of degree " + std::to_string(inputs.scheme.degree);
}

void ContinuityEvolution::record_dissipation(const double when, const double value)
{
  if (!dissipation_times.empty() && dissipation_times.back() == when)
    return;
  dissipation_times.push_back(when);
  dissipation_values.push_back(value);
}

double ContinuityEvolution::end_of_step(const double end) const
{
  // The coarser solutions take steps of twice the length: two steps here leave room for one there.
  const double middle = 0.5 * (statistics.last_time() + end);
  return inputs.scheme.largest_fall > 0. && time() < middle ? middle : end;
}

void ContinuityEvolution::step(double end)
{
  const double before  = time();
  double       seconds = 0.;
  {
    Timing::Scope       scope(seconds);
    const std::uint64_t stages = density.solution().stages();
    density.step(end_of_step(end), energies);
    unknown_stages += (density.solution().stages() - stages) * density.n_unknowns();
  }
  stepping_seconds += seconds;
  record_dissipation(before, density.solution().dissipation_before());
  errors.advance(time(), end);
  if (density.stepping().n_repeated() > 0)
    checks.warn_of_steps(density.stepping().failure() + "; it was repeated with a smaller length, as are others like it");
}

void ContinuityEvolution::check(const Diagnostics &d)
{
  const double present = time();
  RunningChecks::require_finite({d.risk, d.mass}, present, "Reduce 'Discontinuous Galerkin/CFL number'.");
  // Holds to far better than this unless something is wrong.
  RunningChecks::require_mass(d.mass, first_mass, 1e-8, present);
  const double energy = d.risk + d.confinement;
  if (energy > energies.bound())
    throw RunError("the risk has grown from " + short_number(energies.last_output) + " to " + short_number(energy) +
                   " up to t = " + short_number(present) +
                   ", which no solution does: the mesh does not resolve the density. Use 'Refinement/Adaptive = true' or more "
                   "'Domain/Subdivisions', or a smaller 'Discontinuous Galerkin/CFL number'.");
  energies.last_output = energy;
  checks.check_box(d.boundary_mass, RunningChecks::at_time(present));
  checks.check_observables(inputs.observables, d.functionals.observables.data(), RunningChecks::at_time(present));
}

void ContinuityEvolution::output()
{
  const double present = time();
  last                 = diagnose(density.solution(), natural_sides, inputs.observables);
  record_dissipation(present, last.dissipation);
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
  errors.look({last.risk}, last.excess_risk);
  write_row();
  check(last);
  ContinuityView view(density.solution(), pictures);
  outputs.write(present, view, errors.error(0));
  largest_deviation = std::max(largest_deviation, view.deviation());
  density.control(last.negative_mass);
}

void ContinuityEvolution::write_row()
{
  statistics.set("time", time());
  statistics.set("risk", last.risk);
  statistics.set("excess risk", last.excess_risk);
  statistics.set("risk error", errors.error(0));
  statistics.set("dissipation", last.dissipation);
  statistics.set("energy balance", energy_balance);
  statistics.set("Frank-Wolfe gap", last.certificate);
  statistics.set("mass", last.mass);
  add_moments(statistics, last.functionals, inputs.problem->parameter_names());
  if (inputs.alignment)
    statistics.set("alignment", last.alignment);
  add_observables(statistics, last.functionals, inputs.observables);
  statistics.set("minimum", last.minimum);
  statistics.set("negative mass", last.negative_mass);
  statistics.set("boundary mass", last.boundary_mass);
  statistics.set("cells", static_cast<double>(density.mesh().n_global_cells()));
  outputs.spread_of_networks().add_to_row(statistics, time());
  statistics.finish_row();
}

void ContinuityEvolution::save(CheckpointWriter &checkpoint) const
{
  density.save(checkpoint, "");
  errors.save(checkpoint);
  save_state(checkpoint, "evolution", *this);
  statistics.save(checkpoint);
  outputs.save(checkpoint);
}

void ContinuityEvolution::load(const CheckpointReader &checkpoint)
{
  density.load(checkpoint, "");
  errors.load(checkpoint);
  load_state(checkpoint, "evolution", *this);
  stages_before = unknown_stages;
  statistics.load(checkpoint);
  outputs.load(checkpoint, statistics.last_time());
  announce();
}

std::vector<std::pair<std::string, std::string>> ContinuityEvolution::progress() const
{
  return {{"step", short_number(density.stepping().last_step(), 2)},
          {"risk", short_number(last.risk)},
          {"cells", std::to_string(density.mesh().n_global_cells())},
          {"mass drift", short_number(largest_drift, 2)}};
}

std::string ContinuityEvolution::certified_distance() const
{
  // A risk is never below that of the noise, and R_λ not below it either.
  const double trivial = last.excess_risk + last.confinement;
  return last.certificate < trivial ? short_number(last.certificate, 3) :
                                      "no bound better than the excess risk, " + short_number(trivial, 3);
}

std::vector<std::pair<std::string, std::string>> ContinuityEvolution::report()
{
  const int n_ranks = number_of_ranks(density.mesh().communicator());
  double    memory  = Timing::peak_memory();
  MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_DOUBLE, MPI_MAX, context.communicator);
  const double speed = static_cast<double>(unknown_stages - stages_before) / stepping_seconds / n_ranks / 1e6;
  std::vector<std::pair<std::string, std::string>> rows = {
    {"risk at t = " + short_number(time()), short_number(last.risk, 6)},
    {"certified distance to the least risk", certified_distance()},
    {"energy balance", short_number(energy_balance, 2)},
    {"largest drift of the mass", short_number(largest_drift, 2)},
    {"largest negative mass", short_number(largest_negative_mass, 2)},
    {"mesh at the end", cells_and_unknowns()},
    {"time steps", std::to_string(density.stepping().n_steps())},
    {"throughput", stepping_seconds > 0. ?
                     short_number(speed, 3) + " million unknowns per second and rank (one right-hand side "
                                              "each)" :
                     "no steps were taken"},
    {"time in steps", short_number(stepping_seconds, 3) + " s"},
    {"memory", short_number(memory, 3) + " MiB at most on a rank"}};
  for (const auto &row : errors.report("mesh and time steps", true))
    rows.push_back(row);
  if (density.stepping().n_repeated() > 0)
    rows.insert(rows.begin() + 7, {"steps repeated with a smaller length", std::to_string(density.stepping().n_repeated())});
  auto more = outputs.report();
  more.insert(more.begin(),
              {"moments of the written density", "off by at most " + short_number(largest_deviation, 2) + " of their scale"});
  rows.insert(rows.begin() + 5, more.begin(), more.end());
  return rows;
}

std::vector<std::pair<std::string, std::string>> ContinuityEvolution::write_timing()
{
  return density.solution().timing().write(context.directory.file("timing.csv"), context.communicator);
}
} // namespace rhoflow
