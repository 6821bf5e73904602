#include <solvers/base/error.h>
#include <solvers/base/numerics/adaptive_runge_kutta.h>
#include <solvers/base/text.h>
#include <solvers/characteristics/noisy_step.h>

namespace rhoflow
{
NoisyStep::NoisyStep(NoisyPoints &points, const double local_error)
  : system(points)
  , tolerance(local_error)
{}

template <class Velocity>
void NoisyStep::flow(std::vector<double> &points, const double length, double &first, const double time,
                     const Velocity &velocity)
{
  AdaptiveRungeKutta method(tolerance, first > 0. ? first : length, system.communicator());
  while (method.time() < length)
    if (!method.step(velocity, points, length, 1e-10))
      throw RunError("A path needs time steps below 1e-10 at t = " + short_number(time) +
                     ": its points run away. Choose a smaller 'Common noise/Step size' or a larger 'Batch size'.");
  first = method.next_step();
}

void NoisyStep::step(NoisyState &state, const double interval, const NoiseIncrement &increment, const double time)
{
  const auto drift = [this](const std::vector<double> &points, std::vector<double> &rate) {
    ++evaluations;
    system.drift(points, rate);
  };
  const auto noise = [&](const std::vector<double> &points, std::vector<double> &rate) {
    ++evaluations;
    system.noise(points, increment, rate);
  };
  flow(state.points, .5 * interval, state.first_drift_step, time, drift);
  double first = 1.;
  flow(state.points, 1., first, time, noise);
  flow(state.points, .5 * interval, state.first_drift_step, time, drift);
}
} // namespace rhoflow
