#pragma once

#include <cstdint>
#include <vector>

#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/particles/noise_kernel.h>
#include <solvers/particles/sgd/neuron_range.h>
#include <solvers/particles/sgd/sgd_engine.h>
#include <solvers/particles/sgd/sgd_kernel.h>

namespace rhoflow
{
/// This rank's neurons of a network in the layout of SgdKernel.
template <typename Number>
struct TiledNeurons
{
  using Kernel                        = SgdKernel<Number>;
  static constexpr unsigned int lanes = Kernel::lanes;

  TiledNeurons(const LearningProblem &problem, std::uint64_t n_neurons, const NoiseStream &stream, MPI_Comm communicator);

  /// All neurons of the network, [M][n]. Collective.
  std::vector<double> parameters() const;
  /// This rank's neurons begin, ..., begin + count − 1 (counted from its first), [count][n].
  std::vector<double> get(std::uint64_t begin, std::uint64_t count) const;
  /// Sets this rank's neurons begin, ..., begin + count − 1 (counted from its first) to the rows of `theta` [count][n].
  void set(std::uint64_t begin, std::uint64_t count, const double *theta);
  /// Adds amplitude·g to the layers that are trained.
  void add_noise(const NoiseStream &stream, std::uint64_t step, double amplitude, TrainedLayers layers);
  /// The lanes beyond the last neuron must not contribute.
  void clear_padding();

  NeuronShape           shape;
  NeuronRange           range;
  std::uint64_t         n_tiles;
  AlignedVector<Number> weights; ///< w (and b as the last input), or the bumps' centres: [tile][n_inner][lanes]
  AlignedVector<Number> outer;   ///< a, or one: [tile][lanes]
};
} // namespace rhoflow
