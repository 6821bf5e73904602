#include <solvers/base/error.h>
#include <solvers/base/random.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/gradient_descent.h>
#include <solvers/particles/gradient_flow.h>
#include <solvers/particles/network.h>
#include <solvers/particles/sgd.h>

namespace rhoflow
{
std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t n_neurons, std::uint64_t seed,
                                    std::uint64_t replica)
{
  const unsigned int  n = problem.particle_neuron().n_parameters();
  std::vector<double> theta(n_neurons * n);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      CounterRandom random(seed, RandomPurpose::initial_particles, replica, 0, j);
      problem.sample_particle(random, theta.data() + j * n);
    }
  return theta;
}

void check_network(const LearningProblem &problem, const ParticleParameters &parameters)
{
  // A network of one neuron makes all checks that a wide one makes.
  ParticleParameters one = parameters;
  one.n_neurons          = 1;
  make_network(problem, one, 0., 0, 0);
}

std::unique_ptr<Network> make_network(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                      std::uint64_t seed, std::uint64_t replica)
{
  if (parameters.stochastic_gradient() && problem.has_external_potential())
    throw InputError("Particles/Method",
                     "'" + ParticleParameters::method_name(parameters.method) +
                       "' takes samples of data, and a landscape has none. Choose 'gradient descent', whose "
                       "noise has the 'Inverse temperature' of section 'Mean field', or 'gradient flow' "
                       "without noise.");
  if (parameters.method == ParticleParameters::Method::gradient_flow)
    return std::make_unique<GradientFlow>(problem, parameters, weight_decay, seed, replica);
  if (parameters.method == ParticleParameters::Method::gradient_descent)
    return std::make_unique<GradientDescent>(problem, parameters, weight_decay, seed, replica);
  return std::make_unique<Sgd>(problem, parameters, weight_decay, seed, replica);
}
} // namespace rhoflow
