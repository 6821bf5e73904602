#include <solvers/continuity/continuity_step.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/mean_field/accuracy.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// Growth of the energy in one step that is left to the errors of a mesh, as a part of its initial size.
constexpr double  max_growth = 1e-5;
const char *const advice =
  "Is the density resolved? Use 'Refinement/Adaptive = true' or more 'Domain/Subdivisions'. If mass is pressed against a side "
  "of the box, enlarge the box or set 'Discontinuous Galerkin/Positivity = every stage'. Otherwise reduce 'Discontinuous "
  "Galerkin/CFL number' and 'Discontinuous Galerkin/Maximum time step'.";
} // namespace

double Energies::bound() const
{
  return last_output + 0.01 * std::abs(initial) + 1e-12;
}

ContinuityStep::ContinuityStep(const ContinuityParameters &parameters, const RungeKutta &method)
  : limit(method.stability_limit[parameters.degree - 1])
  , cfl(parameters.cfl)
  , maximum_time_step(parameters.maximum_time_step)
  , largest_fall(parameters.largest_fall)
{
  if (parameters.limit)
    limit = std::min(limit, method.positivity_limit(parameters.degree));
}

double ContinuityStep::allowed(double max_rate) const
{
  const double most = std::min(maximum_time_step, longest);
  return max_rate > 0. ? std::min(most, cfl * limit / max_rate) : most;
}

void ContinuityStep::look_at_fall(const double excess_risk, const double dissipation, const double first_energy)
{
  const double size = std::max(excess_risk, AccuracyParameters::floor * std::abs(first_energy));
  if (largest_fall > 0. && size > 0. && dissipation > 0.)
    longest = largest_fall * size / dissipation;
}

double ContinuityStep::step(ContinuityState &solution, double time, double end, const Energies &energies)
{
  const MeanField &field = solution.coupling().mean_field();
  // Throws if the density itself is not finite, which no length mends.
  const double risk_before = field.risk(solution.moments());
  const double before      = field.weight_decay() > 0. ? energies.last_output : risk_before;
  unsigned int halvings    = 0;
  if (accepted == 0)
    look_at_fall(field.excess_risk(solution.moments()), solution.dissipation_before(), energies.initial);
  for (;;)
    {
      const double full          = allowed(solution.max_rate());
      const auto [dt, reach_end] = control.next(full, time, end);
      if (!(time + dt > time))
        throw RunError("the velocities at t = " + short_number(time) + " leave only steps of length " + short_number(dt, 2) +
                       ": the density has probably diverged. " + advice);

      bool        too_fast = false;
      std::string reason;
      try
        {
          too_fast = !solution.step(dt, limit * (1. + StepControl::round_off));
          if (too_fast)
            reason = "was beyond the stability limit, since the velocity grew";
          else
            {
              const double risk = field.risk(solution.moments());
              const double most = std::max(max_growth * std::abs(energies.initial) + 1e-12, dt * solution.dissipation_before());
              if (!(risk - before <= most && risk <= energies.bound()))
                reason = "let the risk grow from " + short_number(before) + " to " + short_number(risk);
            }
        }
      catch (const RunError &)
        {
          reason = "let the moments of the density become infinite or grow a thousandfold";
        }
      if (reason.empty())
        {
          taken = dt;
          look_at_fall(field.excess_risk(solution.moments()), solution.dissipation_before(), energies.initial);
          control.recover();
          ++accepted;
          return reach_end ? end : time + dt;
        }

      solution.undo();
      ++repeated;
      last_failure = "a step of length " + short_number(dt, 2) + " at t = " + short_number(time) + " " + reason;
      if (too_fast)
        continue; // with the velocity that is known now
      if (halvings++ == StepControl::max_halvings)
        throw RunError(last_failure + ", and so did longer ones: the step was halved " +
                       std::to_string(StepControl::max_halvings) + " times. " + advice);
      control.shorten(0.5 * dt, full);
    }
}
} // namespace rhoflow
