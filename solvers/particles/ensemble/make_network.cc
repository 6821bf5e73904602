#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/make_network.h>
#include <solvers/particles/gradient_descent.h>
#include <solvers/particles/gradient_flow.h>
#include <solvers/particles/sgd/sgd.h>

#include <cmath>

namespace rhoflow
{
namespace
{
/// Layers and scaling belong to networks trained by SGD.
void check_layers(const LearningProblem &problem, const ParticleParameters &parameters)
{
  const ParticleNeuron::Type type = problem.particle_neuron().type;
  const bool has_outer_weight = (type == ParticleNeuron::Type::weighted_ridge || type == ParticleNeuron::Type::biased_ridge);
  if (parameters.layers != TrainedLayers::both && !has_outer_weight)
    throw InputError(Refusal::unsupported, "Particles/Trained layers",
                     "the neurons of this problem have one layer only, there is no outer weight a. Choose 'both', or "
                     "neurons a sigma(w.x) or a sigma(w.x + b).");
  if (parameters.scaling == ParticleParameters::Scaling::lazy && !has_outer_weight)
    throw InputError(Refusal::unsupported, "Particles/Output scaling",
                     "the lazy scaling is for neurons a sigma(w.x) or a sigma(w.x + b) with an outer weight a. Choose 'mean "
                     "field', or such neurons.");
  if (parameters.stochastic_gradient())
    return;
  const auto refuse = [&](const std::string &parameter, const std::string &what) {
    throw InputError(Refusal::unsupported, "Particles/" + parameter,
                     what + " is for SGD, but the method is '" + ParticleParameters::method_name(parameters.method) +
                       "'. Choose 'one-pass SGD' or 'multi-pass SGD', or leave the parameter out.");
  };
  if (parameters.layers != TrainedLayers::both)
    refuse("Trained layers", "training one layer only");
  if (parameters.scaling != ParticleParameters::Scaling::mean_field)
    refuse("Output scaling", "the lazy scaling");
  if (parameters.precision != ParticleParameters::Precision::double_precision)
    refuse("Precision", "single precision");
  if (parameters.ranks_per_network > 1)
    refuse("Ranks per network", "sharing the neurons of a network between ranks");
  if (parameters.method == ParticleParameters::Method::gradient_flow && !parameters.constant_step())
    refuse("Schedule", "a schedule of step sizes");
}
/// Walkers where the landscape is no number never move, and the mean over all of them is none.
void check_landscape(const LearningProblem &problem)
{
  constexpr std::uint64_t   n_draws = 1000;
  const unsigned int        D       = problem.n_parameters();
  const std::vector<double> theta   = initial_neurons(problem, n_draws, 1, 0);
  for (std::uint64_t j = 0; j < n_draws; ++j)
    if (!std::isfinite(problem.external_potential(&theta[j * D])))
      {
        std::string where;
        for (unsigned int d = 0; d < D; ++d)
          where += (d > 0 ? ", " : "") + problem.parameter_names()[d] + " = " + short_number(theta[j * D + d]);
        throw InputError(Refusal::out_of_range, "Landscape/Function",
                         "the formula is not finite at " + where +
                           ", where walkers are at t = 0. Change the formula, or the initial law.");
      }
}
} // namespace

void check_network(const LearningProblem &problem, const ParticleParameters &parameters)
{
  // A network of one neuron makes all checks that a wide one makes.
  ParticleParameters one = parameters;
  one.n_neurons          = 1;
  make_network(problem, one, 0., 0, 0, MPI_COMM_SELF);
  if (problem.has_external_potential())
    check_landscape(problem);
}

std::unique_ptr<Network> make_network(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                      std::uint64_t seed, std::uint64_t replica, MPI_Comm communicator)
{
  check_layers(problem, parameters);
  if (parameters.stochastic_gradient() && problem.has_external_potential())
    throw InputError(Refusal::unsupported, "Particles/Method",
                     "'" + ParticleParameters::method_name(parameters.method) +
                       "' takes samples of data, and a landscape has none. Choose 'gradient descent', whose "
                       "noise has the 'Inverse temperature' of section 'Mean field', or 'gradient flow' "
                       "without noise.");
  if (parameters.method == ParticleParameters::Method::gradient_flow)
    return std::make_unique<GradientFlow>(problem, parameters, weight_decay, seed, replica);
  if (parameters.method == ParticleParameters::Method::gradient_descent)
    return std::make_unique<GradientDescent>(problem, parameters, weight_decay, seed, replica);
  return std::make_unique<Sgd>(problem, parameters, weight_decay, seed, replica, 0, communicator);
}
} // namespace rhoflow
