#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/particles/sgd.h>
#include <solvers/particles/sgd_kernel.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

namespace rhoflow
{
namespace
{
constexpr unsigned int lanes = sgd_kernel::lanes;
static_assert(noise_kernel::lanes == lanes, "noise is added to the tiles of SGD");

unsigned int padded(unsigned int n)
{
  return (n + sgd_kernel::group - 1) / sgd_kernel::group * sgd_kernel::group;
}
} // namespace

void Sgd::Array::Free::operator()(double *p) const
{
  std::free(p);
}

Sgd::Array::Array(std::size_t size)
{
  const std::size_t bytes = (size * sizeof(double) + 63) / 64 * 64;
  if (bytes == 0)
    return;
  memory.reset(static_cast<double *>(std::aligned_alloc(64, bytes)));
  if (!memory)
    throw std::bad_alloc();
  std::memset(memory.get(), 0, bytes);
}

Sgd::Sgd(const LearningProblem &learning_problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
         std::uint64_t replica, unsigned int block_samples)
  : problem(learning_problem)
  , neuron(problem.particle_neuron())
  , source(problem, parameters.method, parameters.sampling, parameters.batch_size, seed, replica)
  , n_neurons(parameters.n_neurons)
  , n_tiles((n_neurons + lanes - 1) / lanes)
  , step_size(parameters.step_size)
  , decay(1. - parameters.step_size * weight_decay)
  , noise_parts(parameters.noise_parts)
  , noise_amplitude(parameters.noise_amplitude() / std::sqrt(noise_parts))
  , noise{seed, replica}
  , batch_size(parameters.batch_size)
  , block_batches(neuron.type == ParticleNeuron::Type::bump || noise_amplitude > 0. ?
                    1 :
                    std::max(1u, block_samples / parameters.batch_size))
  , columns(padded(block_batches * batch_size))
  , d_inner(neuron.input_dimension + (neuron.type == ParticleNeuron::Type::biased_ridge ? 1 : 0))
{
  const bool        bump = (neuron.type == ParticleNeuron::Type::bump);
  const std::size_t size = n_tiles * lanes;
  weights                = Array(size * d_inner);
  outer                  = Array(size);
  outer_sums             = Array(size);
  preactivations         = Array(bump ? size : size * columns);
  gradients              = Array(bump ? size * d_inner : size * columns);
  arguments              = Array(size);
  values                 = Array(size);
  derivatives            = Array(size);
  inputs.resize(std::size_t(columns) * d_inner);
  inputs_transposed = Array(std::size_t(columns) * d_inner);
  labels.resize(columns);
  if (block_batches > 1)
    gram = Array(std::size_t(columns) * columns);
  scale.assign(columns, 1.);
  for (unsigned int c = 0; c < block_batches * batch_size; ++c)
    scale[c] = std::pow(decay, c / batch_size);
  pending_inputs.resize(inputs.size());
  set_parameters(initial_neurons(problem, n_neurons, seed, replica));
}

void Sgd::set_parameters(const std::vector<double> &theta)
{
  const unsigned int n        = neuron.n_parameters();
  const bool         weighted = (neuron.type == ParticleNeuron::Type::weighted_ridge ||
                         neuron.type == ParticleNeuron::Type::biased_ridge);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      const double *source_row = theta.data() + j * n;
      outer.data()[j]          = (weighted ? source_row[0] : 1.);
      double *target           = weights.data() + j / lanes * d_inner * lanes + j % lanes;
      for (unsigned int i = 0; i < d_inner; ++i)
        target[i * lanes] = source_row[(weighted ? 1 : 0) + i];
    }
}

std::vector<double> Sgd::parameters() const
{
  const unsigned int  n        = neuron.n_parameters();
  const bool          weighted = (n > d_inner);
  std::vector<double> theta(n_neurons * n);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      if (weighted)
        theta[j * n] = outer.data()[j];
      const double *row = weights.data() + j / lanes * d_inner * lanes + j % lanes;
      for (unsigned int i = 0; i < d_inner; ++i)
        theta[j * n + (weighted ? 1 : 0) + i] = row[i * lanes];
    }
  return theta;
}

void Sgd::draw_samples(unsigned int n_batches)
{
  const unsigned int n = n_batches * batch_size;
  for (unsigned int c = 0; c < n; ++c)
    {
      double *x = inputs.data() + std::size_t(c) * d_inner;
      source.draw(steps_done + c / batch_size, c % batch_size, x, labels[c]);
      if (d_inner > neuron.input_dimension)
        x[d_inner - 1] = 1.;
    }
  std::fill(inputs.begin() + std::size_t(n) * d_inner, inputs.end(), 0.);
  for (unsigned int c = 0; c < columns; ++c)
    for (unsigned int i = 0; i < d_inner; ++i)
      inputs_transposed.data()[std::size_t(i) * columns + c] = inputs[std::size_t(c) * d_inner + i];
}

double Sgd::residual_of(double label) const
{
  const double prediction = sgd_kernel::weighted_sum(n_tiles, outer.data(), values.data()) / static_cast<double>(n_neurons);
  if (!std::isfinite(prediction))
    throw RunError("SGD diverged near t = " + short_number(static_cast<double>(steps_done) * step_size) +
                   ": the network's output is not finite. Choose a smaller 'Step size' in section 'Particles'.");
  return label - prediction;
}

void Sgd::ridge_block(unsigned int n_batches)
{
  const unsigned int n = n_batches * batch_size;
  draw_samples(n_batches);
  sgd_kernel::update_and_project(n_tiles, d_inner, columns, weights.data(), pending_decay, n_pending, pending_inputs.data(),
                                 gradients.data(), padded(n), inputs_transposed.data(), preactivations.data());
  if (n_batches > 1)
    {
      sgd_kernel::inner_products(n, d_inner, columns, inputs.data(), inputs_transposed.data(), gram.data());
      for (unsigned int c = 0; c < n; ++c)
        for (unsigned int b = 0; b < columns; ++b)
          {
            double &k = gram.data()[std::size_t(c) * columns + b];
            k = (b < n && c / batch_size < b / batch_size ? k * scale[(b / batch_size - 1 - c / batch_size) * batch_size] : 0.);
          }
    }

  const bool   linear   = (neuron.type == ParticleNeuron::Type::linear);
  const bool   weighted = (neuron.n_parameters() > d_inner);
  const double rate     = step_size / batch_size;
  for (unsigned int b = 0; b < n; ++b)
    {
      const unsigned int first          = b / sgd_kernel::group * sgd_kernel::group;
      const unsigned int in_batch       = b % batch_size;
      const unsigned int end_of_earlier = b - in_batch;
      if (n_batches > 1 && b == first)
        sgd_kernel::correct_group(n_tiles, columns, first, scale.data(), gram.data(), gradients.data(), preactivations.data());
      sgd_kernel::arguments_of_column(n_tiles, columns, b, first, end_of_earlier, gram.data(), gradients.data(),
                                      preactivations.data(), arguments.data());
      if (linear)
        {
          std::swap(arguments, values);
          std::fill_n(derivatives.data(), n_tiles * lanes, 1.);
        }
      else
        problem.activation().evaluate(arguments.data(), static_cast<unsigned int>(n_tiles * lanes), values.data(),
                                      derivatives.data());
      const double factor = rate * residual_of(labels[b]);
      sgd_kernel::gradients_of_column(n_tiles, columns, b, factor, outer.data(), derivatives.data(), gradients.data());
      if (weighted)
        {
          sgd_kernel::update_outer(n_tiles, in_batch == 0, in_batch + 1 == batch_size, decay, factor, values.data(),
                                   outer_sums.data(), outer.data());
          // The lanes beyond the last neuron must not contribute.
          std::fill(outer.data() + n_neurons, outer.data() + n_tiles * lanes, 0.);
        }
    }

  for (unsigned int c = 0; c < n; ++c)
    for (unsigned int i = 0; i < d_inner; ++i)
      pending_inputs[std::size_t(c) * d_inner + i] = scale[(n_batches - 1 - c / batch_size) * batch_size] *
                                                     inputs[std::size_t(c) * d_inner + i];
  n_pending     = n;
  pending_decay = std::pow(decay, n_batches);
  steps_done += n_batches;
}

void Sgd::bump_step()
{
  draw_samples(1);
  for (unsigned int b = 0; b < batch_size; ++b)
    {
      const double *x = inputs.data() + std::size_t(b) * d_inner;
      sgd_kernel::radii_of_bumps(n_tiles, d_inner, weights.data(), x, 1. / neuron.bump_width, preactivations.data(),
                                 arguments.data());
      problem.activation().evaluate(arguments.data(), static_cast<unsigned int>(n_tiles * lanes), values.data(),
                                    derivatives.data());
      const double factor = step_size / batch_size / neuron.bump_width * residual_of(labels[b]);
      sgd_kernel::add_bump_updates(n_tiles, d_inner, factor, outer.data(), derivatives.data(), preactivations.data(),
                                   weights.data(), x, gradients.data());
    }
  sgd_kernel::apply_bump_updates(n_tiles, d_inner, decay, gradients.data(), weights.data());
  ++steps_done;
}

void Sgd::flush()
{
  if (n_pending > 0)
    sgd_kernel::update_and_project(n_tiles, d_inner, columns, weights.data(), pending_decay, n_pending, pending_inputs.data(),
                                   gradients.data(), 0, nullptr, preactivations.data());
  n_pending = 0;
}

void Sgd::add_noise(std::uint64_t step)
{
  const bool        weighted = (neuron.n_parameters() > d_inner);
  const std::size_t size     = std::size_t(d_inner) * lanes;
  for (std::uint64_t tile = 0; tile < n_tiles; ++tile)
    for (unsigned int part = 0; part < noise_parts; ++part)
      noise_kernel::add_to_tile(noise, step * noise_parts + part, tile * lanes, noise_amplitude, d_inner,
                                weighted ? outer.data() + tile * lanes : nullptr, weights.data() + tile * size);
  if (weighted)
    std::fill(outer.data() + n_neurons, outer.data() + n_tiles * lanes, 0.);
}

void Sgd::advance_to_step(std::uint64_t n_steps)
{
  while (steps_done < n_steps)
    {
      if (neuron.type == ParticleNeuron::Type::bump)
        bump_step();
      else
        ridge_block(
          static_cast<unsigned int>(std::min<std::uint64_t>(n_steps - steps_done, block_batches - steps_done % block_batches)));
      if (noise_amplitude > 0.)
        {
          flush();
          add_noise(steps_done - 1);
        }
    }
  flush();
}

void Sgd::advance_to(double time)
{
  advance_to_step(static_cast<std::uint64_t>(std::llround(time / step_size)));
}
} // namespace rhoflow
