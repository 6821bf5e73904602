#include <solvers/fokker_planck/time_stepping.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/text.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/sdirk.h>

namespace rhoflow
{
namespace
{
/// Rounding of the sums that make up the free energy.
double round_off(double energy)
{
  return 1e-13 * (1. + std::abs(energy));
}

/// Beyond this a larger free energy is a mistake of the step, not of the mesh or of the equations' tolerances.
double tolerated_growth(double energy)
{
  return 1e-6 * (1. + std::abs(energy));
}

/// ∫ p⁻. Collective.
double negative_mass(const FokkerPlanckState &state)
{
  ExactSum sum;
  for (std::size_t i = 0; i < state.p.size(); ++i)
    sum.add(state.space.weights()[i] * std::max(-state.p[i], 0.));
  return global_sum(sum, state.space.mesh().communicator());
}

/// More of it than this means that an explicit step is not stable, or that the mesh does not resolve the density at all.
constexpr double max_negative_mass = 1e-2;
/// Steps between two looks at the operator for the longest stable explicit step, and what is kept back for its changes.
constexpr unsigned int steps_between_looks = 20;
constexpr double       safety              = 0.9;
} // namespace

TimeStepping::TimeStepping(const FokkerPlanckParameters &parameters)
  : settings(parameters)
  , next_step(parameters.time_step)
{}

TimeStepping::~TimeStepping() = default;

void TimeStepping::forget()
{
  sdirk.reset();
  last_change.clear();
  energy_known      = false;
  steps_with_stable = 0;
}

void TimeStepping::count(const StageResult &result)
{
  total.iterations += result.iterations;
  total.solves += result.iterations;
  total.linear += result.linear;
  total.fallbacks += result.fallbacks;
}

double TimeStepping::step(FokkerPlanckState &state, double time, double end)
{
  using Stepping = FokkerPlanckParameters::Stepping;
  if (!energy_known)
    energy = free_energy(state.fitted, state.potential, state.p);
  energy_known  = true;
  energy_before = energy;
  if (!std::isfinite(energy))
    throw RunError("the density is not finite at t = " + short_number(time) +
                   ", before the step. Reduce 'Fokker-Planck/Time step', or choose an implicit 'Fokker-Planck/Time stepping'.");
  // Cells that fell back long ago may do without again.
  if (total.steps % 16 == 0)
    std::fill(state.fitted.fallback().begin(), state.fitted.fallback().end(), 0);
  double reached;
  if (settings.stepping == Stepping::sdirk2)
    reached = second_order(state, time, end);
  else
    {
      const bool   is_explicit = settings.stepping == Stepping::ssp33;
      const double full        = is_explicit ? std::min(settings.time_step, stable_step(state)) : settings.time_step;
      const auto [dt, ends]    = control.next(full, time, end);
      const double done        = is_explicit ? explicit_step(state, dt) :
                                               implicit_euler(state, dt, settings.stepping == Stepping::semi_implicit_euler);
      if (done < dt)
        control.shorten(done, full);
      else
        control.recover();
      reached = done == dt && ends ? end : time + done;
      taken   = done;
    }
  ++total.steps;
  return reached;
}

std::string TimeStepping::growth(double after) const
{
  if (!std::isfinite(after))
    return "the free energy is no longer finite";
  return after <= energy + tolerated_growth(energy) ?
           std::string() :
           "the free energy grew from " + short_number(energy, 6) + " to " + short_number(after, 6);
}

double TimeStepping::implicit_euler(FokkerPlanckState &state, double dt, bool frozen)
{
  const std::vector<double> start = state.p, start_e = state.e;
  std::string               failure;
  for (unsigned int halvings = 0; halvings <= StepControl::max_halvings; ++halvings, dt *= .5)
    {
      std::vector<double> b(start.size());
      for (std::size_t i = 0; i < b.size(); ++i)
        b[i] = state.space.weights()[i] * start[i] / dt;
      for (unsigned int round = 0; round < 2; ++round)
        {
          std::vector<double> p = start, e = start_e;
          if (!frozen && taken > 0. && last_change.size() == e.size())
            for (std::size_t j = 0; j < e.size(); ++j)
              e[j] += std::min(dt / taken, 1.) * last_change[j];
          const StageResult result = state.stage.solve(1. / dt, b, p, e, frozen, true);
          count(result);
          failure = "did not converge: " + result.failure;
          if (!result.converged)
            break;
          const double after = free_energy(state.fitted, state.potential, p);
          if (after > energy + round_off(energy) && round == 0 && !frozen)
            {
              // Only monotone fluxes everywhere make the decay of the free energy a theorem.
              ++total.fallbacks;
              std::fill(state.fitted.fallback().begin(), state.fitted.fallback().end(), 1);
              continue;
            }
          if (failure = growth(after); !failure.empty())
            break;
          last_change.resize(e.size());
          for (std::size_t j = 0; j < e.size(); ++j)
            last_change[j] = e[j] - start_e[j];
          state.p = std::move(p);
          state.e = std::move(e);
          energy  = after;
          return dt;
        }
      ++total.rejected;
      last_failure = "an implicit step of length " + short_number(dt, 2) + " failed: " + failure;
    }
  state.p = start;
  state.e = start_e;
  throw RunError(last_failure + (frozen ? ". Choose 'implicit Euler'" : "") +
                 ". Reduce 'Fokker-Planck/Time step', raise 'Fokker-Planck/Maximum nonlinear iterations' or "
                 "'Fokker-Planck/Linear tolerance', or try another preconditioner ('-- -linear_pc_type bjacobi').");
}

double TimeStepping::stable_step(FokkerPlanckState &state)
{
  if (steps_with_stable == 0)
    {
      state.update_operator();
      // Twice the inverse of the Gershgorin bound: positive for monotone fluxes, and inside the stability interval 2.51.
      stable = safety * 2. / state.fitted.largest_rate();
    }
  steps_with_stable = (steps_with_stable + 1) % steps_between_looks;
  return stable;
}

double TimeStepping::explicit_step(FokkerPlanckState &state, double dt)
{
  // Shu and Osher's third-order method: convex combinations of Euler steps.
  const std::vector<double> start   = state.p;
  const double              keep[3] = {0., .75, 1. / 3.};
  for (unsigned int halvings = 0; halvings <= StepControl::max_halvings; ++halvings, dt *= .5)
    {
      for (const double part : keep)
        {
          state.set(std::move(state.p));
          const std::vector<double> flow = state.fitted.apply(state.p);
          for (std::size_t i = 0; i < flow.size(); ++i)
            state.p[i] = part * start[i] + (1. - part) * (state.p[i] - dt * flow[i] / state.space.weights()[i]);
          ++total.linear;
        }
      state.set(std::move(state.p));
      const double after    = free_energy(state.fitted, state.potential, state.p);
      const double negative = negative_mass(state);
      std::string  failure  = growth(after);
      if (failure.empty() && !(negative <= max_negative_mass))
        failure = "it left the negative mass " + short_number(negative, 2);
      if (failure.empty())
        {
          energy = after;
          return dt;
        }
      ++total.rejected;
      last_failure      = "an explicit step of length " + short_number(dt, 2) + " failed: " + failure;
      steps_with_stable = 0; // the operator is not what it was
      state.set(start);
    }
  throw RunError(last_failure +
                 ". Choose an implicit 'Fokker-Planck/Time stepping', or reduce 'Fokker-Planck/Time step'; if the "
                 "mesh does not resolve the density, set 'Refinement/Adaptive' to true or raise "
                 "'Domain/Subdivisions'.");
}

double TimeStepping::second_order(FokkerPlanckState &state, double time, double end)
{
  if (!sdirk)
    sdirk = std::make_unique<Sdirk>(state, settings.error_tolerance);
  const std::vector<double> start = state.p, start_e = state.e;
  double                    dt = std::min({next_step, settings.maximum_time_step});
  for (unsigned int halvings = 0; halvings < 4; ++halvings)
    {
      const Sdirk::Result result = sdirk->step(state, time, StepControl::up_to(end, time, dt).length, end);
      for (const StageResult &stage : result.stages)
        count(stage);
      total.rejected += result.rejected;
      if (result.success)
        {
          const double after = free_energy(state.fitted, state.potential, state.p);
          if (after <= energy + round_off(energy))
            {
              energy    = after;
              taken     = result.time - time;
              next_step = std::min(result.next_step, settings.maximum_time_step);
              return result.time;
            }
        }
      state.p = start;
      state.e = start_e;
      ++total.rejected;
      dt *= .25;
    }
  // What the second-order method cannot do, the first-order one can.
  const auto [length, ends] = StepControl::up_to(end, time, dt);
  taken                     = implicit_euler(state, length, false);
  next_step                 = 2. * taken;
  return ends && taken == length ? end : time + taken;
}

void TimeStepping::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  save_state(checkpoint, prefix + "time stepping", *this);
  checkpoint.put(prefix + "rate of the residual", sdirk ? sdirk->rate() : std::vector<double>());
}

void TimeStepping::load(const CheckpointReader &checkpoint, const std::string &prefix, FokkerPlanckState &state)
{
  load_state(checkpoint, prefix + "time stepping", *this);
  sdirk.reset();
  if (checkpoint.size(prefix + "rate of the residual") > 0)
    {
      sdirk = std::make_unique<Sdirk>(state, settings.error_tolerance);
      sdirk->set_rate(checkpoint.numbers(prefix + "rate of the residual", state.e.size()));
    }
}
} // namespace rhoflow
