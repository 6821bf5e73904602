#pragma once

#include <cstdint>
#include <vector>

#include <solvers/common_noise/brownian_path.h>

namespace rhoflow
{
/// What SGD drew in one step or in several.
struct DrawnSamples
{
  std::vector<double> counts; ///< n_l, how often data node l was drawn, [K]
  std::vector<double> labels; ///< Ξ_l, sum of the standard normal numbers of the label noise of these draws, [K]; empty if none
};

/// The samples of SGD on one path: independent draws of data nodes with the probabilities p_l, B in a step, and a standard
/// normal number for the noise of every label. They are a function of (seed, path, step, number in the batch): restarts, ranks,
/// equations and intervals of the noise see the same samples. Where all nodes have the same weight, these are the samples that
/// one-pass SGD of `particles` shows to the replica with the number of the path.
class SgdSamples
{
public:
  /// `weights` p [K], positive with the sum one; `batch_size` B.
  SgdSamples(const std::vector<double> &weights, unsigned int batch_size, bool has_label_noise);

  /// Those of `n_steps` steps from number `first_step` on, together.
  DrawnSamples draw(std::uint64_t seed, std::uint64_t path, std::uint64_t first_step, std::uint64_t n_steps = 1) const;

private:
  std::vector<double> up_to; ///< p_0 + ... + p_l, [K]
  unsigned int        batch_size;
  bool                has_label_noise;
};

/// The increments that these samples are, for steps of the length α with batches of B:
///   ΔB̃_l = √(α/B) (n_l − n B p_l)/√p_l,   ΔB'_l = −√(α/B) Ξ_l/√p_l   (a label y + sξ has the residual r − sξ).
/// In n steps both have the mean zero and the covariances of Brownian motions over the time nα.
NoiseIncrement increment_of_samples(const DrawnSamples &samples, const std::vector<double> &weights, double step_size,
                                    unsigned int batch_size);
} // namespace rhoflow
