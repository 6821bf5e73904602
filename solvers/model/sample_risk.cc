#include <solvers/base/ranks.h>
#include <solvers/base/text.h>
#include <solvers/model/sample_risk.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/random.h>

namespace rhoflow
{
namespace
{
constexpr std::size_t   block_size = 64; ///< inputs that are taken together
constexpr std::uint64_t batch_size = 64; ///< neurons that are taken together
constexpr std::uint64_t n_parts    = 16; ///< parts of the network that different ranks may take

bool has_amplitude(const ParticleNeuron &neuron)
{
  return neuron.type == ParticleNeuron::Type::weighted_ridge || neuron.type == ParticleNeuron::Type::biased_ridge;
}
/// How many of 0, ..., n − 1 leave the rest s.
unsigned int stratum_size(unsigned int n, unsigned int s, unsigned int n_strata)
{
  return (n - s + n_strata - 1) / n_strata;
}
} // namespace

SampleRisk::SampleRisk(const ParticleNeuron &neuron_, const std::vector<double> &inputs, std::vector<double> targets_,
                       std::vector<double> weights_)
  : neuron(neuron_)
  , targets(std::move(targets_))
  , weights(std::move(weights_))
  , n_strata(0)
{
  tabulate(inputs);
}

SampleRisk::SampleRisk(const ParticleNeuron &neuron_, unsigned int n, unsigned int n_strata_, std::uint64_t seed,
                       const std::function<void(unsigned int, CounterRandom &, double *, double &)> &draw)
  : neuron(neuron_)
  , targets(n)
  , weights(n)
  , n_strata(n_strata_)
{
  for (unsigned int i = 0; i < n; ++i)
    weights[i] = 1. / (static_cast<double>(n_strata) * stratum_size(n, i % n_strata, n_strata));
  std::vector<double> inputs(static_cast<std::size_t>(n) * neuron.input_dimension);
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(seed, RandomPurpose::test_sample, 0, 0, i);
      draw(i, random, &inputs[static_cast<std::size_t>(i) * neuron.input_dimension], targets[i]);
    }
  tabulate(inputs);
}

void SampleRisk::tabulate(const std::vector<double> &inputs)
{
  const std::size_t d = neuron.input_dimension;
  for (std::size_t first = 0; first < targets.size(); first += block_size)
    {
      const std::size_t last = std::min(first + block_size, targets.size());
      blocks.emplace_back(std::vector<double>(inputs.begin() + first * d, inputs.begin() + last * d),
                          static_cast<unsigned int>(d));
    }
}

SampleRisk::Estimate SampleRisk::evaluate(const Activation &activation, const double *parameters, std::uint64_t n_neurons,
                                          MPI_Comm communicator) const
{
  const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);

  // Each part's output is computed by one rank, so that the sum over ranks adds zeros only.
  const std::size_t   n         = targets.size();
  const std::uint64_t part_size = (n_neurons + n_parts - 1) / n_parts;
  const std::uint64_t n_used    = (n_neurons + part_size - 1) / part_size;
  const unsigned int  stride = neuron.n_parameters(), offset = has_amplitude(neuron) ? 1 : 0, n_features = stride - offset;
  std::vector<double> outputs(n_used * n, 0.), omega(batch_size * n_features), values(batch_size * block_size);
  for (std::size_t block = 0; block < blocks.size(); ++block)
    for (std::uint64_t part = 0; part < n_used; ++part)
      {
        if ((block * n_used + part) % static_cast<unsigned int>(n_ranks) != static_cast<unsigned int>(rank))
          continue;
        const unsigned int  K    = blocks[block].n_nodes;
        double             *f    = &outputs[part * n + block * block_size];
        const std::uint64_t last = std::min((part + 1) * part_size, n_neurons);
        for (std::uint64_t first = part * part_size; first < last; first += batch_size)
          {
            const unsigned int count = static_cast<unsigned int>(std::min(batch_size, last - first));
            for (unsigned int j = 0; j < count; ++j)
              std::copy_n(parameters + (first + j) * stride + offset, n_features, &omega[j * n_features]);
            kernel::neuron_features(neuron, activation, blocks[block], count, omega.data(), values.data(), nullptr);
            for (unsigned int j = 0; j < count; ++j)
              {
                const double amplitude = offset == 1 ? parameters[(first + j) * stride] : 1.;
                for (unsigned int k = 0; k < K; ++k)
                  f[k] += amplitude * values[j * K + k];
              }
          }
      }
  if (n_ranks > 1)
    MPI_Allreduce(MPI_IN_PLACE, outputs.data(), static_cast<int>(outputs.size()), MPI_DOUBLE, MPI_SUM, communicator);

  ExactSum              risk;
  std::vector<ExactSum> sums(n_strata);
  std::vector<double>   losses(n);
  for (std::size_t i = 0; i < n; ++i)
    {
      double f = 0.;
      for (std::uint64_t part = 0; part < n_used; ++part)
        f += outputs[part * n + i];
      const double residual = targets[i] - f / static_cast<double>(n_neurons);
      losses[i]             = 0.5 * residual * residual;
      risk.add(weights[i] * losses[i]);
      if (n_strata > 0)
        sums[i % n_strata].add(losses[i]);
    }

  // The variance of a mean over strata is the mean of their variances.
  double variance = 0.;
  for (unsigned int s = 0; s < n_strata; ++s)
    {
      const double size = stratum_size(static_cast<unsigned int>(n), s, n_strata), mean = sums[s].value() / size;
      double       squares = 0.;
      for (std::size_t i = s; i < n; i += n_strata)
        squares += (losses[i] - mean) * (losses[i] - mean);
      variance += squares / (size * (size - 1.) * n_strata * n_strata);
    }
  return {risk.value(), std::sqrt(variance)};
}

std::string sampling_method(unsigned int n_samples, double standard_error)
{
  return std::to_string(n_samples) + " test samples" +
         (standard_error > 0. ? ", standard error " + short_number(standard_error) : "");
}
} // namespace rhoflow
