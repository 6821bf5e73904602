#pragma once

#include <cstddef>
#include <vector>

#include <solvers/common_noise/brownian_path.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/common_noise/sgd_samples.h>

namespace rhoflow
{
class LearningProblem;

/// The stochastic mean-field equations in the space of data nodes, in Stratonovich form. With σ_l, q_l = |∇σ_l|², r_l = f_l −
/// y_l, κ_l = ⟨q_l, ν⟩, Ψ = Σ p_l r_l σ_l, (Kpr)_l = ⟨∇σ_l·∇Ψ, ν⟩, step size α, batches of B and label noise of variance s² the
/// field that moves every neuron is
///   −∇Φ dt − ∇Σ_l √(α/B) √p_l (r_l ∘dB̃_l + s ∘dB'_l) σ_l,
///   Φ = Σ_l p_l σ_l [r_l + (α/2)(u κ_l r_l + v (Kpr)_l)] + (α/4) [u Σ_l p_l (r_l² + s²) q_l + v |∇Ψ|²],
/// u = 1/B for both equations; v = −1/B for the stochastic mean-field equation, whose Itô drift is −∇Ψ (Gess, Kassing,
/// Konarovskyi, JMLR 25, 2024), and v = 1 − 1/B for the modified flow, whose Itô drift is
///   −∇Ψ − (α/4) ∇|∇Ψ|² − (α/2) ∇Σ_l p_l (Kpr)_l σ_l
/// (Gess, Kassing, Konarovskyi, 2024): there Φ is the first variation of the modified loss
///   R̃ = R + (α/4) [(1 − 1/B) ∫ |∇Ψ|² dν + (1/B) Σ_l p_l (r_l² + s²) κ_l].
/// With weight decay λ the gradient of a sample, r_l ∇σ_l, is r_l ∇σ_l + λθ throughout. The noise is as before, and the drift
/// has −λθ and, with w = u + v (1 for the modified flow, 0 for the other),
///   −(α/2) w λ [∇Σ_l p_l ⟨θ·∇σ_l, ν⟩ σ_l + ∇(θ·∇Ψ) + λθ].
/// The gradient flow has u = v = 0 and no noise.
class SgdField
{
public:
  SgdField(const CommonNoiseParameters &parameters, const LearningProblem &problem, double weight_decay);

  std::size_t n_nodes() const { return p.size(); }
  double      step_size() const { return alpha; }
  double      of_samples() const { return u; }
  double      of_mean() const { return v; }
  double      weight_decay() const { return lambda; }
  bool        has_label_noise() const { return s2 > 0.; }
  /// Whether the equation has noise; without, all paths are the same.
  bool has_noise() const { return u > 0.; }

  /// r_l, [K].
  std::vector<double> residuals(const std::vector<double> &prediction) const;
  /// p_l r_l: Ψ = Σ_l p_l r_l σ_l.
  std::vector<double> potential(const std::vector<double> &residuals) const;
  /// Coefficients of σ_l in Φ: p_l [r_l + (α/2)(u κ_l r_l + S_l)] from κ [K] and S_l = ⟨∇σ_l·(v ∇Ψ + w λθ), ν⟩ [K].
  std::vector<double> drift(const std::vector<double> &residuals, const std::vector<double> &kappa,
                            const std::vector<double> &slopes) const;
  /// Coefficients of q_l: u p_l (r_l² + s²), to be multiplied by α/4.
  std::vector<double> squares(const std::vector<double> &residuals) const;
  /// Coefficients of σ_l in the potential of the noise: √(α/B) √p_l (r_l ΔB̃_l + s ΔB'_l).
  std::vector<double> noise(const std::vector<double> &residuals, const NoiseIncrement &increment) const;

  /// Coefficients of σ_l in the potential whose negative gradient is a step of SGD: (α/B) (n_l r_l − s Ξ_l).
  std::vector<double> sgd(const std::vector<double> &residuals, const DrawnSamples &samples) const;

  /// What SGD draws on a path in interval k of `parameters` and step `step` of it.
  DrawnSamples drawn(std::uint64_t seed, std::uint64_t path, std::uint64_t k, std::uint64_t step) const;
  /// The increment of a path over interval k of `parameters`, where antithetic paths share a Brownian path. Empty without
  /// noise.
  NoiseIncrement increment(std::uint64_t seed, std::uint64_t path, std::uint64_t k) const;

private:
  std::vector<double>   p, y;
  CommonNoiseParameters noise_parameters;
  double                alpha, u, v, lambda, s2;
  SgdSamples            samples;
};
} // namespace rhoflow
