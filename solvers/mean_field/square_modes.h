#pragma once

#include <cstddef>
#include <vector>

namespace rhoflow
{
class LearningProblem;

/// The squares q_k = |∇σ_k|² of the features' gradients in moment space. For σ_k = a g_k(ω) they are g_k² + a² |∇g_k|², and
/// |∇g_k|² where there is no outer weight. With W = diag(√p_k) and an orthonormal basis Q₂ of both families on the domain,
///   W (g_k²)_k ≈ Q₂ φ(ω),   W (|∇g_k|²)_k ≈ Q₂ γ(ω),
/// so that Σ_k c_k q_k = Σ_j (Q₂ᵀ W⁻¹ c)_j (φ_j + a² γ_j), and what a density must tell for κ_k = ∫ q_k dν are the moments of φ
/// and γ, κ = W⁻¹ Q₂ ∫ (φ + a² γ) dν.
class SquareModes
{
public:
  /// `lower`, `upper`: the domain of ω, [Dω]. `tolerance`: of the families relative to their largest values, at points of the
  /// domain; 0 keeps all data nodes. The problem is twice_differentiable() and lives longer.
  SquareModes(const LearningProblem &problem, const std::vector<double> &lower, const std::vector<double> &upper,
              double tolerance);

  /// Of φ, and of γ.
  unsigned int n_modes() const { return mode_count; }

  /// φ_j at `count` points ω [count][Dω]: `values` [count][n] and, unless null, `gradients` [count][Dω][n].
  void values(unsigned int count, const double *omega, double *values, double *gradients) const;
  /// γ_j, in the same layout.
  void slopes(unsigned int count, const double *omega, double *values, double *gradients) const;

  /// Q₂ᵀ W⁻¹ c, [n], for c [K].
  std::vector<double> in_modes(const std::vector<double> &c) const;
  /// W⁻¹ Q₂ m, [K], for moments m [n].
  std::vector<double> at_nodes(const std::vector<double> &moments) const;

private:
  /// Both families at points, [2 count][K], times √p_k.
  std::vector<double> weighted_squares(const std::vector<double> &omega) const;

  const LearningProblem &problem;
  unsigned int           mode_count = 0, padded = 0;
  std::vector<double>    root;  ///< √p_k
  std::vector<double>    basis; ///< W Q₂, [K][padded n]
};
} // namespace rhoflow
