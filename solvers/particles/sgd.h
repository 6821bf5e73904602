#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <solvers/model/learning_problem.h>
#include <solvers/particles/network.h>
#include <solvers/particles/noise_kernel.h>
#include <solvers/particles/sample_source.h>

namespace rhoflow
{
/// Stochastic gradient descent in mean-field scaling: with the samples (x_b, y_b) of a batch of size B,
///   θ_j ← (1 − ηλ) θ_j + (η/B) Σ_b (y_b − f(x_b)) ∇_θ σ*(x_b; θ_j),      f(x) = (1/M) Σ_j σ*(x; θ_j),
/// all at the old θ (Mei, Montanari, Nguyen 2018, with this project's time t = η × steps); plus √(2η/β) g_j, g_j ~ N(0, I_n),
/// in every step where β is finite.
///
/// Batch-1 SGD reads and writes all weights for every sample. Here consecutive batches are taken together in a block whose
/// pre-activations are, in exact arithmetic,
///   z_jb = δ^b w_j·x_b + Σ_{c<b} δ^{b−1−c} g_jc (x_c·x_b),     δ = 1 − ηλ (exponents count batches),
/// with w_j the weights at the start of the block and g_jc the gradient's factor of x_c: one matrix product for the block,
/// small corrections inside it, one update of rank `block` at its end, which is done together with the next block's product.
/// Blocks end at multiples of their size and where advance_to() stops, which is all that the last digits depend on. Noise
/// would enter the pre-activations of all later samples of a block, and its numbers cost far more than the passes over the
/// weights that a block saves: with noise a block is one batch.
class Sgd : public Network
{
public:
  static constexpr unsigned int standard_block = 32;

  /// `block_samples`: samples in one block (at least one batch); it changes the speed and the rounding only.
  Sgd(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
      std::uint64_t replica, unsigned int block_samples = standard_block);

  void                advance_to(double time) override;
  std::vector<double> parameters() const override;

  /// Trains until `n_steps` steps are done.
  void          advance_to_step(std::uint64_t n_steps);
  std::uint64_t n_steps() const { return steps_done; }

private:
  /// 64-byte aligned, zero-initialised.
  struct Array
  {
    explicit Array(std::size_t size = 0);
    double       *data() { return memory.get(); }
    const double *data() const { return memory.get(); }
    struct Free
    {
      void operator()(double *p) const;
    };
    std::unique_ptr<double[], Free> memory;
  };

  void set_parameters(const std::vector<double> &theta);
  void draw_samples(unsigned int n_batches);
  void ridge_block(unsigned int n_batches);
  void bump_step();
  /// Applies the update that the weights still miss.
  void flush();
  /// Adds the noise of `step` to weights that miss nothing else.
  void add_noise(std::uint64_t step);
  /// y − f(x), from a and σ of one sample; throws RunError if the network diverged.
  double residual_of(double label) const;

  const LearningProblem &problem;
  ParticleNeuron         neuron;
  SampleSource           source;
  std::uint64_t          n_neurons;
  std::uint64_t          n_tiles;
  double                 step_size;
  double                 decay;           ///< 1 − ηλ
  unsigned int           noise_parts;     ///< of a step's noise
  double                 noise_amplitude; ///< √(2η/β) of all parts together, of each of them here
  NoiseStream            noise;
  unsigned int           batch_size;
  unsigned int           block_batches;
  unsigned int           columns; ///< samples of a block, padded
  unsigned int           d_inner; ///< inputs of the inner weights: d, or d + 1 with a bias
  std::uint64_t          steps_done = 0;

  Array weights;                        ///< w (and b as the last input), or the bumps' centres: [tile][d_inner][lanes]
  Array outer;                          ///< a, or one: [tile][lanes]
  Array outer_sums;                     ///< of the gradients with respect to a within a batch
  Array preactivations;                 ///< [tile][columns][lanes]
  Array gradients;                      ///< g, [tile][columns][lanes]; for bumps: sums of updates [tile][d][lanes]
  Array arguments, values, derivatives; ///< of one column, [tile][lanes]

  Array               inputs_transposed; ///< [d_inner][columns]
  Array               gram;              ///< δ^{b−1−c} x_c·x_b, zero within a batch and for c > b: [columns][columns]
  std::vector<double> inputs;            ///< x_b of the block, [columns][d_inner]
  std::vector<double> labels;            ///< y_b
  std::vector<double> scale;             ///< δ^b
  std::vector<double> pending_inputs;    ///< x_c δ^{…} of the last block, whose update the weights still miss
  unsigned int        n_pending     = 0;
  double              pending_decay = 1.;
};
} // namespace rhoflow
