#include <solvers/base/memory_guard.h>
#include <solvers/base/ranks.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/memory.h>
#include <solvers/particles/parameters.h>
#include <solvers/particles/sgd/sgd.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
void add_network_memory(const LearningProblem &problem, const ParticleParameters &parameters, const double copies,
                        MPI_Comm communicator, MemoryEstimate &memory)
{
  using Method         = ParticleParameters::Method;
  const double neurons = static_cast<double>(parameters.n_neurons);
  const double weights = neurons * problem.particle_neuron().n_parameters();
  const double number  = parameters.precision == ParticleParameters::Precision::single_precision ? 4. : 8.;
  // State, and the stages of the Runge-Kutta method or the gradient.
  const double states = parameters.method == Method::gradient_flow ? 10. :
                                                                     (parameters.method == Method::gradient_descent ? 2. : 1.);
  // What a block of samples gives, for every neuron: pre-activations, gradients, σ and σ'.
  double of_block = 0.;
  if (parameters.stochastic_gradient())
    {
      const NeuronShape  shape(problem.particle_neuron());
      const unsigned int batch  = parameters.batch_size;
      const bool         single = problem.particle_neuron().type == ParticleNeuron::Type::bump ||
                          std::isfinite(parameters.inverse_temperature);
      const unsigned int block = single ? batch :
                                          std::max(batch, Sgd::standard_block(parameters, shape.n_inner) / batch * batch);
      of_block                 = (problem.particle_neuron().type == ParticleNeuron::Type::bump ? shape.n_inner : 2. * block) +
                 2. * std::min(batch, 32U) + 1.;
    }
  const int n_ranks = number_of_ranks(communicator);
  // At least one network, or its part, on every rank.
  const double of_rank = std::max(static_cast<double>(parameters.n_replicas) / n_ranks,
                                  1. / std::max(1, static_cast<int>(parameters.ranks_per_network)));
  const double whole   = std::max(1., std::ceil(of_rank));
  memory.add("the networks",
             copies * of_rank * number * (states * weights + neurons * of_block) +
               whole * 16. * neurons * problem.n_parameters(),
             "Particles/Number of neurons", "choose fewer 'Particles/Number of neurons' or 'Particles/Replicas'");
  // One network at a time is gathered and summed over.
  memory.add("the neurons of a network at an output time", 2.75 * 8. * weights, "Particles/Number of neurons",
             "choose fewer 'Particles/Number of neurons'");
  if (parameters.reports_tangent_kernel())
    memory.add("the tangent kernels", 8. * (whole + 2.) * std::pow(parameters.tangent_kernel_points, 2),
               "Particles/Tangent kernel points", "choose fewer 'Particles/Tangent kernel points'");
}
} // namespace rhoflow
