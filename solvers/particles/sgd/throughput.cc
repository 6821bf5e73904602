#include <solvers/base/numerics/machine.h>
#include <solvers/base/text.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/sgd/sgd_engine.h>
#include <solvers/particles/sgd/throughput.h>

#include <cmath>

namespace rhoflow
{
Throughput::Throughput(const ParticleParameters &parameters, const ParticleNeuron &neuron, unsigned int block_steps,
                       std::uint64_t n_steps, std::size_t n_networks, int ranks_of_network, double seconds)
  : single(parameters.precision == ParticleParameters::Precision::single_precision)
{
  const NeuronShape shape(neuron);
  const double      neurons   = static_cast<double>(parameters.n_neurons) / ranks_of_network;
  const double      weights   = neurons * shape.n_inner;
  const bool        inner     = parameters.layers != TrainedLayers::outer;
  const bool        outer     = shape.has_outer_weight && parameters.layers != TrainedLayers::inner;
  const double      of_sample = 2. * (weights + neurons) + (inner ? 2. * weights : 0.) + (outer ? 2. * neurons : 0.);
  const double      bytes     = (inner ? 2. : 1.) * (single ? 4. : 8.) * weights;
  samples    = static_cast<double>(n_steps) * parameters.batch_size * static_cast<double>(n_networks) / seconds;
  operations = samples * of_sample;
  plain      = samples / parameters.batch_size * bytes;
  bandwidth  = plain / block_steps;
}

std::vector<std::pair<std::string, std::string>> Throughput::report(const MachineRates &machine) const
{
  const double peak    = (single ? machine.peak_single : machine.peak_double);
  const auto   percent = [](double part) {
    return (part < .095 ? short_number(100. * part, 2) : std::to_string(std::lround(100. * part))) + " %";
  };
  return {{"samples", short_number(samples, 3) + " per second and core"},
          {"arithmetic", short_number(1e-9 * operations, 3) + " GFlop/s and core without the activations, " +
                           percent(operations / peak) + " of the measured peak"},
          {"memory", "weights move at " + short_number(1e-9 * bandwidth, 2) + " GB/s and core, " +
                       percent(bandwidth / machine.bandwidth) +
                       " of the measured bandwidth (sample by sample: " + percent(plain / machine.bandwidth) + ")"}};
}

std::vector<std::pair<std::string, double>> Throughput::rows(const MachineRates &machine) const
{
  return {{"samples [1/s]", samples},
          {"operations [flop/s]", operations},
          {"peak of the machine [flop/s]", single ? machine.peak_single : machine.peak_double},
          {"weights moved [bytes/s]", bandwidth},
          {"weights moved by a plain loop [bytes/s]", plain},
          {"bandwidth of the machine [bytes/s]", machine.bandwidth}};
}
} // namespace rhoflow
