#pragma once

#include <cstdint>
#include <vector>

#include <solvers/model/activation.h>

namespace rhoflow
{
/// A fixed sample of inputs with noise-free targets, on which the risk of networks in high dimension is estimated where no
/// closed form is known. The same for every network of a run, so that differences between them are not sampling noise.
struct TestSample
{
  unsigned int        dimension; ///< d
  std::vector<double> inputs;    ///< [n][d]
  std::vector<double> targets;   ///< [n]

  /// (1/2n) Σ (y − f(x))² of f(x) = (1/M) Σ a_j σ(w_j·x): `amplitudes` [M], `weights` [M] of length d, `stride` apart.
  double risk(const Activation &activation, std::uint64_t n_neurons, const double *amplitudes, const double *weights,
              std::uint64_t stride) const;
};
} // namespace rhoflow
