#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/model/learning_problem.h>
#include <solvers/particles/network.h>
#include <solvers/particles/noise_kernel.h>
#include <solvers/particles/parameters.h>
#include <solvers/particles/sgd/neuron_range.h>

namespace rhoflow
{
/// Some consecutive steps of SGD: samples, and the numbers of each step.
struct SgdBlock
{
  std::vector<double> inputs;    ///< x_b, [samples][inner inputs]; a one behind each x_b if the neurons have a bias
  std::vector<double> labels;    ///< y_b, [samples]
  std::vector<double> rates;     ///< η_k, [steps]
  std::vector<double> decays;    ///< 1 − η_k λ, [steps]
  double              time = 0.; ///< at the beginning, for messages

  unsigned int n_steps() const { return static_cast<unsigned int>(rates.size()); }
};

/// The neurons of one network on the ranks of a communicator, and what a block of samples does to them:
///   θ_j ← (1 − η_k λ) θ_j + (η_k/(αB)) Σ_b (y_b − f(x_b)) ∇_θ σ*(x_b; θ_j),      f(x) = (α/M) Σ_j σ*(x; θ_j),
/// with α = 1 in mean-field scaling and √M in the lazy one. In single precision the weights, activations and updates are
/// floats; outputs are summed in double.
///
/// Neurons with an inner product take the steps of a block together. Its pre-activations are, in exact arithmetic,
///   z_jb = δ_{0→b} w_j·x_b + Σ_{c<b} δ_{c+1→b} g_jc (x_c·x_b),     δ_{m→n} = Π_{m ≤ k < n} (1 − η_k λ)
/// (indices of δ count steps), with w_j the weights at the start of the block and g_jc the gradient's factor of x_c: one matrix
/// product for the block, small corrections inside it, one update of the rank of the block at its end, which is done together
/// with the next block's product. Bumps have no inner product to batch and take one step after the other.
class SgdEngine
{
public:
  virtual ~SgdEngine() = default;

  /// Takes the steps of a block of at most `block_steps` steps. Throws RunError if an output is not finite. Collective.
  virtual void train(const SgdBlock &block) = 0;
  /// Applies the update that the weights still miss.
  virtual void finish() = 0;
  /// Adds amplitude·g, g ~ N(0, I), to the trained parameters. Needs weights without a pending update: call finish() first.
  virtual void add_noise(const NoiseStream &stream, std::uint64_t step, double amplitude) = 0;

  /// The parameters of all neurons, [M][n]. Collective.
  virtual std::vector<double> parameters() const = 0;
  /// The neurons that this rank has, the parameters of some of them, [count][n], and other ones in their place, after finish().
  virtual NeuronRows          own_neurons() const                                                 = 0;
  virtual std::vector<double> parameters_of(const NeuronRows &rows) const                         = 0;
  virtual void                set_parameters_of(const NeuronRows &rows, const double *parameters) = 0;

protected:
  SgdEngine() = default;
};

/// `block_steps`: the most steps in a block. Starts with independent draws from ρ_0. Collective.
std::unique_ptr<SgdEngine> make_sgd_engine(const LearningProblem &problem, const ParticleParameters &parameters,
                                           unsigned int block_steps, const NoiseStream &stream, MPI_Comm communicator);

/// Lengths and flags of a neuron's parameters in the order (a, w, b).
struct NeuronShape
{
  explicit NeuronShape(const ParticleNeuron &neuron);

  bool         has_outer_weight; ///< has an outer weight a
  bool         biased;           ///< has a bias, the last inner weight
  unsigned int n_inputs;         ///< d
  unsigned int n_inner;          ///< inner weights, the bias included
  unsigned int n_parameters;     ///< n
};
} // namespace rhoflow
