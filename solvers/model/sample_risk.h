#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/model/activation/activation.h>
#include <solvers/model/feature_kernel.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
class CounterRandom;

/// The risk of finite networks over fixed inputs, ½ Σ_i p_i (y_i − f(x_i))²: over the data nodes of a problem in R^d, d ≤ 3, or
/// estimated on a sample of the data law. The inputs are the same for every network of a run, so that differences between
/// networks are not sampling noise.
class SampleRisk
{
public:
  struct Estimate
  {
    double risk;
    double standard_error; ///< of a sample; 0 for given inputs
  };

  /// Given `inputs` [n][d], `targets` [n], `weights` [n] with the sum one.
  SampleRisk(const ParticleNeuron &neuron, const std::vector<double> &inputs, std::vector<double> targets,
             std::vector<double> weights);

  /// A sample of n inputs with noise-free targets from draw(i, random, x, y), each with a stream of its own, in `n_strata`
  /// strata of equal probability: i belongs to stratum i mod n_strata.
  SampleRisk(const ParticleNeuron &neuron, unsigned int n, unsigned int n_strata, std::uint64_t seed,
             const std::function<void(unsigned int, CounterRandom &, double *, double &)> &draw);

  /// Of f(x) = (1/M) Σ_j σ*(x; θ_j), `parameters` [M][n_parameters]: O(M n d). Collective over `communicator`, whose ranks all
  /// hold the whole network and share the work in pieces of inputs × neurons; bitwise the same for any number of ranks.
  Estimate evaluate(const Activation &activation, const double *parameters, std::uint64_t n_neurons,
                    MPI_Comm communicator) const;

private:
  void tabulate(const std::vector<double> &inputs);

  ParticleNeuron                 neuron;
  std::vector<kernel::NodeTable> blocks; ///< of the inputs
  std::vector<double>            targets, weights;
  unsigned int                   n_strata; ///< 0: no sample
};

/// "20000 test samples", and the standard error of the last estimate if there was one.
std::string sampling_method(unsigned int n_samples, double standard_error);
} // namespace rhoflow
