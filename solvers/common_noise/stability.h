#pragma once

namespace rhoflow
{
struct CommonNoiseParameters;
class LearningProblem;

/// Throws InputError of 'Common noise/Step size' if SGD would be unstable at the initial law, linearised in the function space
/// and in the mean square: α (ω (1 − 1/B) + χ/B) ≥ 2 with the largest eigenvalue ω of √p K √p and χ = Σ p κ²/Σ p κ. For the
/// linear neuron on one input this is SGD's own limit. The equations with noise are expansions in α, and mean nothing there.
/// The initial law counts by a Gauss quadrature with a few nodes in each coordinate.
void refuse_large_step(const LearningProblem &problem, const CommonNoiseParameters &noise);
} // namespace rhoflow
