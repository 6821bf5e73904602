#pragma once

#include <cstdint>

namespace rhoflow
{
/// The Gaussian noise of the training of finite networks: the numbers of
///   CounterRandom(seed, RandomPurpose::langevin_noise, replica, step, j).normal(),   one after the other for θ_j0, θ_j1, ...,
/// up to rounding, for many neurons j at a time (Philox 4x64-10 and Box–Muller in vector registers). The noise of a neuron is a
/// function of these five numbers alone: the same for every width and on every rank.
struct NoiseStream
{
  std::uint64_t seed    = 0;
  std::uint64_t replica = 0;
};

namespace noise_kernel
{
constexpr unsigned int lanes = 32; ///< neurons in a tile, as in sgd_kernel.h

/// θ_{first + l, i} += amplitude·g for the `lanes` neurons l of a tile that starts at neuron `first`: parameter 0 is outer[l]
/// unless `outer` is null, the other ones are the rows of `weights` [rows][lanes].
void add_to_tile(const NoiseStream &stream, std::uint64_t step, std::uint64_t first, double amplitude, unsigned int rows,
                 double *outer, double *weights);

/// theta_ji += amplitude·g for `n_neurons` neurons of n parameters, [n_neurons][n].
void add_to_neurons(const NoiseStream &stream, std::uint64_t step, double amplitude, std::uint64_t n_neurons, unsigned int n,
                    double *theta);
} // namespace noise_kernel
} // namespace rhoflow
