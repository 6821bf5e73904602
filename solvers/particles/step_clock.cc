#include <solvers/base/text.h>
#include <solvers/particles/step_clock.h>

#include <solvers/base/error.h>
#include <solvers/model/expression.h>

#include <cmath>

namespace rhoflow
{
StepClock::StepClock(const ParticleParameters &parameters)
  : step_size(parameters.step_size)
{
  if (!parameters.constant_step())
    schedule = std::make_unique<const Expression>(parameters.schedule, std::vector<std::string>{"t"}, "Particles/Schedule");
}

StepClock::~StepClock()                     = default;
StepClock::StepClock(StepClock &&) noexcept = default;

bool StepClock::reached(double end) const
{
  if (!schedule)
    return std::isfinite(end) && n_steps >= static_cast<std::uint64_t>(std::llround(end / step_size));
  return present >= end;
}

double StepClock::next(double end)
{
  ++n_steps;
  if (!schedule)
    {
      present = static_cast<double>(n_steps) * step_size;
      return step_size;
    }
  const double factor = (*schedule)(&present);
  if (!(factor > 0.) || !std::isfinite(factor))
    throw RunError("'Schedule' in section 'Particles', " + schedule->text() + ", is " + short_number(factor) +
                   " at t = " + short_number(present) + ", where it must be a positive number.");
  const double step = step_size * factor, rest = end - present;
  // What would remain is too short for a step of its own.
  if (rest <= step * (1. + 1e-6))
    {
      present = end;
      return rest;
    }
  if (present + step == present)
    throw RunError("'Schedule' in section 'Particles', " + schedule->text() +
                   ", makes steps of length zero at t = " + short_number(present) + ".");
  present += step;
  return step;
}

void StepClock::set(double time, std::uint64_t steps)
{
  present = time;
  n_steps = steps;
}

std::uint64_t StepClock::steps_in(double duration) const
{
  return static_cast<std::uint64_t>(std::llround(duration / step_size));
}
} // namespace rhoflow
