#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
struct MachineRates;
struct ParticleNeuron;

/// How fast SGD was, counted in the work of the plain algorithm: a sample costs a network of M neurons with n_w inner weights
///   2 M n_w + 2 M operations for its output, and as many again for the update of the layers that are trained,
/// activations not counted. A plain loop moves all weights from and to memory for every sample; blocks of B samples move them
/// once a block.
struct Throughput
{
  /// `seconds`: of training `n_steps` steps of `n_networks` networks on one rank, each shared by `ranks_of_network` ranks;
  /// `block_steps`: steps in a block.
  Throughput(const ParticleParameters &parameters, const ParticleNeuron &neuron, unsigned int block_steps,
             std::uint64_t n_steps, std::size_t n_networks, int ranks_of_network, double seconds);

  double samples;    ///< that one network took a second, times the networks that a rank trains [1/s]
  double operations; ///< of one rank [flop/s]
  double bandwidth;  ///< at which the weights of one rank move [bytes/s]
  double plain;      ///< at which a plain loop would have to move them at this speed [bytes/s]
  bool   single;     ///< in single precision

  /// What the rates are next to those of the machine, for the report and as rows "name", value of throughput.csv.
  std::vector<std::pair<std::string, std::string>> report(const MachineRates &machine) const;
  std::vector<std::pair<std::string, double>>      rows(const MachineRates &machine) const;
};
} // namespace rhoflow
