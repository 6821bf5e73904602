#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/gradient_descent.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
GradientDescent::GradientDescent(const LearningProblem &problem, const ParticleParameters &parameters, double lambda,
                                 std::uint64_t seed, std::uint64_t replica)
  : gradient(make_velocity(problem))
  , theta(initial_neurons(problem, parameters.n_neurons, seed, replica))
  , noise{seed, replica}
  , n_neurons(parameters.n_neurons)
  , weight_decay(lambda)
  , inverse_temperature(parameters.inverse_temperature)
  , noise_parts(parameters.noise_parts)
  , clock(parameters)
  , reach(std::min(1e30, problem.external_reach()))
{}

double GradientDescent::advance(double end, std::uint64_t n_steps)
{
  for (std::uint64_t step = 0; step < n_steps && !clock.reached(end); ++step)
    {
      const std::uint64_t number    = clock.steps();
      const double        step_size = clock.next(end), decay = 1. - step_size * weight_decay;
      gradient->evaluate(theta, velocity);
      for (std::size_t i = 0; i < theta.size(); ++i)
        theta[i] = decay * theta[i] + step_size * velocity[i];
      const double amplitude = std::sqrt(2. * step_size / (inverse_temperature * noise_parts));
      for (unsigned int part = 0; amplitude > 0. && part < noise_parts; ++part)
        noise_kernel::add_to_neurons(noise, number * noise_parts + part, amplitude, n_neurons,
                                     static_cast<unsigned int>(theta.size() / n_neurons), theta.data());
    }
  // A landscape's gradient loses its digits and overflows long before its particles do, and then they stay where they are.
  if (!std::all_of(theta.begin(), theta.end(), [this](double value) { return std::abs(value) < reach; }))
    throw RunError("Gradient descent diverged before t = " + short_number(clock.time()) + ": a parameter is beyond " +
                   short_number(reach, 2) + ". Choose a smaller 'Step size' in section 'Particles'.");
  return clock.reached(end) ? end : clock.time();
}

void GradientDescent::restore(const NetworkState &state)
{
  clock.set(state.time, state.steps);
}
} // namespace rhoflow
