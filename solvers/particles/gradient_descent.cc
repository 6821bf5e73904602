#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/gradient_descent.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
GradientDescent::GradientDescent(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                 std::uint64_t seed, std::uint64_t replica)
  : gradient(make_velocity(problem))
  , state(initial_neurons(problem, parameters.n_neurons, seed, replica))
  , noise{seed, replica}
  , n_neurons(parameters.n_neurons)
  , step_size(parameters.step_size)
  , decay(1. - parameters.step_size * weight_decay)
  , noise_parts(parameters.noise_parts)
  , amplitude(parameters.noise_amplitude() / std::sqrt(noise_parts))
{}

void GradientDescent::advance_to(double time)
{
  const std::uint64_t n_steps = static_cast<std::uint64_t>(std::llround(time / step_size));
  for (; steps_done < n_steps; ++steps_done)
    {
      gradient->evaluate(state, velocity);
      for (std::size_t i = 0; i < state.size(); ++i)
        state[i] = decay * state[i] + step_size * velocity[i];
      for (unsigned int part = 0; amplitude > 0. && part < noise_parts; ++part)
        noise_kernel::add_to_neurons(noise, steps_done * noise_parts + part, amplitude, n_neurons,
                                     static_cast<unsigned int>(state.size() / n_neurons), state.data());
    }
  if (!std::all_of(state.begin(), state.end(), [](double value) { return std::isfinite(value); }))
    throw RunError("Gradient descent diverged before t = " + short_number(time) +
                   ". Choose a smaller 'Step size' in section 'Particles'.");
}
} // namespace rhoflow
