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
void NoisyStep::flow(std::vector<double> &points, std::vector<double> &rate, const double length, double &first,
                     const double time, const Velocity &velocity)
{
  // A component that stays zero: the method asks an empty state for its velocity anew, and ranks without points would then call
  // what is collective more often than the others.
  points.push_back(0.);
  const auto with_zero = [&](const std::vector<double> &x, std::vector<double> &v) {
    velocity(x, v);
    v.back() = 0.;
  };
  AdaptiveRungeKutta method(tolerance, first > 0. ? first : length, system.communicator());
  method.restore(0., method.next_step(), std::move(rate));
  while (method.time() < length)
    if (!method.step(with_zero, points, length, 1e-10))
      throw RunError("A path needs time steps below 1e-10 at t = " + short_number(time) +
                     ": its points run away. Choose a smaller 'Common noise/Step size' or a larger 'Batch size'.");
  first = method.next_step();
  rate  = method.velocity();
  points.pop_back();
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
  flow(state.points, state.drift, .5 * interval, state.first_drift_step, time, drift);
  double              first = 1.;
  std::vector<double> of_noise;
  flow(state.points, of_noise, 1., first, time, noise);
  state.drift.clear();
  flow(state.points, state.drift, .5 * interval, state.first_drift_step, time, drift);
}
} // namespace rhoflow
