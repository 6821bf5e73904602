#include <solvers/particles/sgd/sgd.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
unsigned int Sgd::standard_block(const ParticleParameters &parameters, unsigned int n_inner)
{
  // A block moves the weights once, 2 n/B numbers a sample and neuron for n inner weights, and costs B corrections: measured,
  // few samples are best while the weights are near, and about 2 √n where they come from memory.
  const double number  = (parameters.precision == ParticleParameters::Precision::single_precision ? 4. : 8.);
  const double weights = number * static_cast<double>(parameters.n_neurons) * n_inner;
  if (weights < 24e6)
    return n_inner <= 20 ? 8 : 16;
  return 8 * std::min(16u, std::max(2u, static_cast<unsigned int>(std::lround(.25 * std::sqrt(n_inner)))));
}

Sgd::Sgd(const LearningProblem &learning_problem, const ParticleParameters &parameters, double lambda, std::uint64_t seed,
         std::uint64_t replica, unsigned int block_samples, MPI_Comm communicator)
  : problem(learning_problem)
  , shape(problem.particle_neuron())
  , batch_size(parameters.batch_size)
  , weight_decay(lambda)
  , inverse_temperature(parameters.inverse_temperature)
  , noise_parts(parameters.noise_parts)
  , noise{seed, replica}
  , steps_of_block(problem.particle_neuron().type == ParticleNeuron::Type::bump || std::isfinite(inverse_temperature) ?
                     1 :
                     std::max(1u, (block_samples > 0 ? block_samples : standard_block(parameters, shape.n_inner)) / batch_size))
  , source(problem, parameters.method, parameters.sampling, batch_size, seed, replica)
  , clock(parameters)
  , engine(make_sgd_engine(problem, parameters, steps_of_block, noise, communicator))
{}

void Sgd::next_block(double end, std::uint64_t last_step)
{
  const std::uint64_t first_step = clock.steps();
  const std::uint64_t most = std::min<std::uint64_t>(steps_of_block - first_step % steps_of_block, last_step - first_step);
  block.time               = clock.time();
  block.rates.clear();
  block.decays.clear();
  while (block.rates.size() < most && !clock.reached(end))
    {
      block.rates.push_back(clock.next(end));
      block.decays.push_back(1. - block.rates.back() * weight_decay);
    }

  const unsigned int n = block.n_steps() * batch_size, d = shape.n_inner;
  block.inputs.resize(std::size_t(n) * d);
  block.labels.resize(n);
  for (unsigned int c = 0; c < n; ++c)
    {
      double *x = block.inputs.data() + std::size_t(c) * d;
      source.draw(first_step + c / batch_size, c % batch_size, x, block.labels[c]);
      if (shape.biased)
        x[d - 1] = 1.;
    }
}

void Sgd::train(double end, std::uint64_t last_step)
{
  while (clock.steps() < last_step && !clock.reached(end))
    {
      const std::uint64_t first_step = clock.steps();
      next_block(end, last_step);
      engine->train(block);
      if (!std::isfinite(inverse_temperature))
        continue;
      engine->finish();
      for (unsigned int part = 0; part < noise_parts; ++part)
        engine->add_noise(noise, first_step * noise_parts + part,
                          std::sqrt(2. * block.rates[0] / (inverse_temperature * noise_parts)));
    }
  engine->finish();
}

double Sgd::advance(double end, std::uint64_t n_steps)
{
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  if (n_steps > most / 2)
    train(end, most);
  else
    train(end, (clock.steps() + n_steps + steps_of_block - 1) / steps_of_block * steps_of_block);
  return clock.reached(end) ? end : clock.time();
}

void Sgd::restore(const NetworkState &state)
{
  clock.set(state.time, state.steps);
}

void Sgd::advance_to_step(std::uint64_t n_steps)
{
  train(std::numeric_limits<double>::infinity(), n_steps);
}
} // namespace rhoflow
