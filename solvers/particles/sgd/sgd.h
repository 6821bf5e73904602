#pragma once

#include <cstdint>
#include <memory>

#include <mpi.h>

#include <solvers/particles/network.h>
#include <solvers/particles/sgd/sample_source.h>
#include <solvers/particles/sgd/sgd_engine.h>
#include <solvers/particles/step_clock.h>

namespace rhoflow
{
/// Stochastic gradient descent: with the samples (x_b, y_b) of a batch of size B,
///   θ_j ← (1 − η_k λ) θ_j + (η_k/(αB)) Σ_b (y_b − f(x_b)) ∇_θ σ*(x_b; θ_j),      f(x) = (α/M) Σ_j σ*(x; θ_j),
/// all at the old θ; plus √(2η_k/β) g_j, g_j ~ N(0, I_n), in every step where β is finite. α = 1 is mean-field scaling (Mei,
/// Montanari, Nguyen 2018, with this project's time t = Σ η_k); α = √M is the lazy scaling f = M^{-1/2} Σ_j σ* (Jacot, Gabriel,
/// Hongler 2018; Chizat, Oyallon, Bach 2019), in which the steps are those of plain SGD. Both move f(x) at the same rate,
/// ∂_t f = E' K(x, x') (y' − f(x')), K = (1/M) Σ_j ∇σ*·∇σ*. Layers that are not trained neither move nor decay.
///
/// Batch-1 SGD reads and writes all weights for every sample. SgdEngine takes the steps of a block together, and nothing is
/// approximated. Blocks end at multiples of their size and where advance() stops, which is all that the last digits depend on.
/// Noise would enter the pre-activations of all later samples of a block, and its numbers cost far more than the passes over
/// the weights that a block saves: with noise a block is one step.
class Sgd : public Network
{
public:
  /// `block_samples`: samples in one block (at least one batch); it changes the speed and the rounding only. 0: as many as are
  /// fast for this width and dimension. The ranks of `communicator` share the neurons. Collective.
  Sgd(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
      std::uint64_t replica, unsigned int block_samples = 0, MPI_Comm communicator = MPI_COMM_SELF);

  double              advance(double end, std::uint64_t n_steps) override;
  std::vector<double> parameters() const override { return engine->parameters(); }
  NeuronRows          own_neurons() const override { return engine->own_neurons(); }
  std::vector<double> parameters_of(const NeuronRows &rows) const override { return engine->parameters_of(rows); }
  void set_parameters_of(const NeuronRows &rows, const double *values) override { engine->set_parameters_of(rows, values); }
  NetworkState state() const override { return {clock.time(), 0., clock.steps()}; }
  void         restore(const NetworkState &state) override;

  /// Trains until `n_steps` steps are done. Collective.
  void          advance_to_step(std::uint64_t n_steps);
  std::uint64_t steps() const override { return clock.steps(); }
  unsigned int  block_steps() const override { return steps_of_block; }

  /// The samples in a block that this program chooses: a function of the network's shape alone, since the last digits depend on
  /// it.
  static unsigned int standard_block(const ParticleParameters &parameters, unsigned int n_inner);

private:
  /// Trains until `end` or until `last_step` steps are done.
  void train(double end, std::uint64_t last_step);
  /// The steps from the present one to the end of the block, `end` or `last_step`.
  void next_block(double end, std::uint64_t last_step);

  const LearningProblem     &problem;
  NeuronShape                shape;
  unsigned int               batch_size;
  double                     weight_decay;
  double                     inverse_temperature;
  unsigned int               noise_parts; ///< of a step's noise
  NoiseStream                noise;
  unsigned int               steps_of_block;
  SampleSource               source;
  StepClock                  clock;
  SgdBlock                   block;
  std::unique_ptr<SgdEngine> engine;
};
} // namespace rhoflow
