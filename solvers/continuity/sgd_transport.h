#pragma once

#include <vector>

#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/common_noise/sgd_field.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/discretization/dg/curvature_tables.h>
#include <solvers/mean_field/square_modes.h>

namespace rhoflow
{
/// The field of SGD (SgdField) as it moves a density on a mesh: −∇Ψ_λ, the drift −∇Φ, or the noise of an increment. What the
/// density must tell are moments, and what it must know are coefficients of modes:
/// - f_l from the moments of χ (MeanField::prediction()), and Σ_l c_l σ_l = a Σ_j (Qᵀ W⁻¹ c)_j χ_j;
/// - κ_l and Σ_l c_l q_l by SquareModes, with the moments of a⁰ and a²;
/// - |∇Ψ|² = ψ² + a² |∇ψ|² and θ·∇Ψ = a (ψ + ω·∇ψ) of Ψ = a ψ(ω) by CurvatureTables, and
///   ⟨∇σ_l·(v ∇Ψ + w λθ), ν⟩ = W⁻¹ Q (Σ over nodes of ∇(aχ_j)·(v ∇Ψ + w λθ) ρ), w = u + v.
/// Together the potential is a ψ₁(ω) + ψ₂(ω) + a² ψ₃(ω). Without an outer weight all terms are functions of θ = ω.
class SgdTransport : public TransportField
{
public:
  /// All live longer.
  SgdTransport(const MeanField &mean_field, const SgdField &sgd, const SquareModes &squares);

  // Each is followed by ContinuityState::move_with().
  void follow_gradient() { kind = Kind::gradient; }
  void follow_drift() { kind = Kind::drift; }
  /// Of the increment, in pseudo-time 1. It lives as long as it is followed.
  void follow_noise(const NoiseIncrement &given)
  {
    kind      = Kind::noise;
    increment = &given;
  }

  void          rebuild(const DGMesh &mesh, const Coupling &coupling) override;
  void          update(const DGMesh &mesh, Coupling &coupling, const std::vector<double> &moments, const double *u) override;
  double        confinement() const override;
  const double *constant_table() const override { return is_quadratic() ? values.table() : nullptr; }
  const double *square_table() const override { return is_quadratic() ? slopes.table() : nullptr; }

private:
  enum class Kind
  {
    gradient,
    drift,
    noise
  };
  bool is_quadratic() const { return kind == Kind::drift && has_outer_weight; }
  /// w λ.
  double decay() const { return (sgd.of_samples() + sgd.of_mean()) * sgd.weight_decay(); }
  /// Whether the drift has |∇Ψ|² or θ·∇Ψ.
  bool needs_curvature() const { return sgd.of_mean() != 0. || decay() != 0.; }

  void drift(const DGMesh &mesh, Coupling &coupling, const std::vector<double> &moments, const double *u);
  /// S_l = ⟨∇σ_l·(v ∇Ψ + w λθ), ν⟩ for Ψ of the residual e in the modes. Collective.
  std::vector<double> slopes_along(const DGMesh &mesh, const Coupling &coupling, const std::vector<double> &e, const double *u);
  /// Adds (α/4) v |∇Ψ|² + (α/2) w λ θ·∇Ψ to the tables.
  void add_curvature(const DGMesh &mesh, Coupling &coupling);

  const MeanField      &mean_field;
  const SgdField       &sgd;
  const SquareModes    &squares;
  bool                  has_outer_weight;
  Kind                  kind      = Kind::gradient;
  const NoiseIncrement *increment = nullptr;

  Coupling              values, slopes; ///< of φ with a⁰ (with an outer weight only), and of γ with a²
  CurvatureTables       curvature;
  AlignedVector<double> constant_columns, square_columns;
  AlignedVector<double> derivatives; ///< of ψ on the feature cells, [feature][row of CurvatureTables]
};
} // namespace rhoflow
