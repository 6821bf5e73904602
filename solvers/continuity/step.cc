#include <solvers/continuity/step.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/continuity/operator.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// A problem that so many halvings do not mend is not one of the step.
constexpr unsigned int most_halvings = 8;
/// Growth of the energy in one step that is left to the errors of a mesh, as a part of its initial size.
constexpr double most_growth = 1e-5;
/// 2^(1/8): eight steps that are accepted make up for a halving.
constexpr double recovery = 1.0905077326652577;
/// Of the quotients that make up the length of a step.
constexpr double  round_off = 1e-10;
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
{
  if (parameters.limit)
    limit = std::min(limit, method.positivity_limit(parameters.degree));
}

double ContinuityStep::allowed(double max_rate) const
{
  return max_rate > 0. ? std::min(maximum_time_step, cfl * limit / max_rate) : maximum_time_step;
}

double ContinuityStep::step(ContinuityOperator &solution, double time, double end, const Energies &energies)
{
  const MeanField &field = solution.coupling().mean_field();
  // Throws if the density itself is not finite, which no length mends.
  const double risk_before = field.risk(solution.moments());
  const double before      = field.weight_decay() > 0. ? energies.last_output : risk_before;
  unsigned int halvings    = 0;
  for (;;)
    {
      const double full  = allowed(solution.max_rate());
      double       dt    = factor * full;
      const double left  = end - time;
      const bool   reach = left <= dt * (1. + round_off);
      if (reach)
        dt = left;
      else if (left < 2. * dt)
        dt = 0.5 * left; // two equal steps rather than a whole and a sliver

      if (!(time + dt > time))
        throw RunError("the velocities at t = " + short_number(time) + " leave only steps of length " + short_number(dt, 2) +
                       ": the density has probably diverged. " + advice);

      bool        too_fast = false;
      std::string reason;
      try
        {
          too_fast = !solution.step(dt, limit * (1. + round_off));
          if (too_fast)
            reason = "was beyond the stability limit, since the velocity grew";
          else
            {
              const double risk = field.risk(solution.moments());
              const double most = std::max(most_growth * std::abs(energies.initial) + 1e-12,
                                           dt * solution.dissipation_before());
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
          taken  = dt;
          factor = std::min(1., factor * recovery);
          ++accepted;
          return reach ? end : time + dt;
        }

      solution.undo();
      ++repeated;
      last_failure = "a step of length " + short_number(dt, 2) + " at t = " + short_number(time) + " " + reason;
      if (too_fast)
        continue; // with the velocity that is known now
      if (halvings++ == most_halvings)
        throw RunError(last_failure + ", and so did longer ones: the step was halved " + std::to_string(most_halvings) +
                       " times. " + advice);
      factor = 0.5 * dt / full;
    }
}

void ContinuityStep::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("steps", std::vector<double>{taken, factor});
  checkpoint.put("steps taken and repeated", std::vector<std::uint64_t>{accepted, repeated});
  checkpoint.put("why steps were repeated", last_failure);
}

void ContinuityStep::load(const CheckpointReader &checkpoint)
{
  const std::vector<double>        numbers = checkpoint.numbers("steps");
  const std::vector<std::uint64_t> counts  = checkpoint.integers("steps taken and repeated");
  taken                                    = numbers.at(0);
  factor                                   = numbers.at(1);
  accepted                                 = counts.at(0);
  repeated                                 = counts.at(1);
  last_failure                             = checkpoint.text("why steps were repeated");
}
} // namespace rhoflow
