#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/text.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
RunningChecks::RunningChecks(const BoundaryMassParameters &parameters, Progress &p, std::string more_advice)
  : box(parameters)
  , progress(p)
  , advice(std::move(more_advice))
{}

std::string RunningChecks::at_time(const double time)
{
  return "at t = " + short_number(time);
}

void RunningChecks::require_finite(const std::initializer_list<double> numbers, const double time, const std::string &advice)
{
  for (const double number : numbers)
    if (!std::isfinite(number))
      throw RunError("the density is no longer finite " + at_time(time) + ". " + advice);
}

void RunningChecks::require_mass(const double mass, const double first_mass, const double tolerance, const double time)
{
  if (std::abs(mass / first_mass - 1.) > tolerance)
    throw RunError("the mass has changed by " + short_number(mass / first_mass - 1., 2) + " up to t = " + short_number(time) +
                   ", which the scheme does not do: please report it.");
}

void RunningChecks::refuse_small_box(const double boundary_mass, const std::string &where) const
{
  if (boundary_mass > box.boundary_limit)
    throw InputError(Refusal::out_of_range, "Domain/Upper corner",
                     "the box is too small: " + where + " its outermost cells hold the mass " + short_number(boundary_mass) +
                       " (limit " + short_number(box.boundary_limit) + "). Enlarge the box" + advice +
                       ", or raise 'Domain/Boundary mass limit'.");
}

void RunningChecks::check_box(const double boundary_mass, const std::string &where)
{
  refuse_small_box(boundary_mass, where);
  if (!(boundary_mass > box.boundary_warning) || warned_of_box)
    return;
  warned_of_box = true;
  progress.warning(where + " the outermost cells of the box hold the mass " + short_number(boundary_mass) +
                   "; the box may be too small");
}

void RunningChecks::check_observables(const Observables &observables, const double *const means, const std::string &where)
{
  const std::string complaint = observables.complaint(means);
  if (complaint.empty() || warned_of_observables)
    return;
  warned_of_observables = true;
  progress.warning(where + " " + complaint);
}

void RunningChecks::warn_of_steps(const std::string &failure)
{
  if (failure.empty() || warned_of_steps)
    return;
  warned_of_steps = true;
  progress.warning(failure);
}
} // namespace rhoflow
