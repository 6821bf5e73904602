#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/divergence.h>
#include <solvers/particles/network.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
constexpr std::uint64_t neurons_at_once = 1024;

std::string advice(const ParticleParameters &parameters)
{
  return parameters.method == ParticleParameters::Method::gradient_flow ?
           "Choose a smaller 'Gradient flow tolerance' in section 'Particles'." :
           "Choose a smaller 'Step size' in section 'Particles' than " + short_number(parameters.step_size) + ".";
}
} // namespace

DivergenceCheck::DivergenceCheck(const LearningProblem &learning_problem, const ParticleParameters &parameters,
                                 std::uint64_t random_seed)
  : problem(learning_problem)
  , settings(parameters)
  , seed(random_seed)
  , known(.5 * problem.noise_variance() + problem.particle_neuron().n_parameters() / parameters.inverse_temperature)
{
  for (unsigned int k = 0; k < problem.n_nodes(); ++k)
    known += .5 * problem.weights()[k] * problem.targets()[k] * problem.targets()[k];
}

void DivergenceCheck::require(double risk, unsigned int replica, double time)
{
  const std::string what = (problem.has_external_potential() ? "the mean of the landscape over the walkers of replica " :
                                                               "the risk of network ") +
                           std::to_string(replica);
  if (!std::isfinite(risk))
    throw RunError("Training diverged: " + what + " is not finite at t = " + short_number(time) + ". " + advice(settings));
  if (risk > max_growth * known && risk > max_growth * scale(replica))
    throw RunError("Training diverged: " + what + " has grown to " + short_number(risk) + " at t = " + short_number(time) +
                   ", more than " + short_number(max_growth) + " times " + short_number(scale(replica)) +
                   ", its size at the start. " + advice(settings));
}

double DivergenceCheck::scale(unsigned int replica)
{
  const auto [place, is_new] = scales.emplace(replica, 0.);
  if (is_new)
    place->second = known + initial_scale(replica);
  return place->second;
}

double DivergenceCheck::initial_scale(unsigned int replica) const
{
  const unsigned int  n = problem.particle_neuron().n_parameters(), D = problem.n_parameters();
  const double        alpha = settings.output_factor();
  std::vector<double> theta(D), gradient(D);
  double              sum = 0.;
  for (std::uint64_t first = 0; first < settings.n_neurons; first += neurons_at_once)
    {
      const std::uint64_t       count   = std::min(neurons_at_once, settings.n_neurons - first);
      const std::vector<double> initial = initial_neurons(problem, first, count, seed, replica);
      for (std::uint64_t j = 0; j < count; ++j)
        {
          problem.reduce(initial.data() + j * n, theta.data());
          if (!problem.has_external_potential())
            {
              sum += .5 * alpha * alpha * problem.self_kernel(theta.data());
              continue;
            }
          problem.external_gradient(theta.data(), gradient.data());
          sum += std::abs(problem.external_potential(theta.data()));
          for (const double slope : gradient)
            sum += settings.step_size * slope * slope;
        }
    }
  return sum / static_cast<double>(settings.n_neurons);
}
} // namespace rhoflow
