#pragma once

#include <cstdint>
#include <vector>

#include <solvers/model/ambient_measure.h>

namespace rhoflow
{
class MeanField;
class NodalSpace;

/// The mean field at the nodes of a continuous space. Densities are with respect to dθ; their entropy is taken with respect to
/// the ambient measure |S^κ| r^κ dθ, so that what the drift −∇Ψ_λ and the noise of strength 1/β make of a density depends on
///   Φ(θ) = β Ψ_λ(θ) − κ log r,      Ψ_λ = a Σ_j e_j χ_j(ω) + (λ/2)|θ|² + L(θ),
/// alone: ∂_t p = (1/β) ∇·(∇p + p ∇Φ), which rests at p ∝ exp(−Φ). With nodal masses M_i p_i everything is a sum:
///   m_j = Σ_i M_i p_i a_i χ_j(ω_i).
/// The modes are kept at distinct points ω only.
class NodalPotential
{
public:
  NodalPotential(const MeanField &mean_field, const NodalSpace &space, double beta);

  const MeanField      &mean_field() const { return field; }
  const AmbientMeasure &measure() const { return ambient; }
  double                beta() const { return inverse_temperature; }
  unsigned int          n_modes() const { return n; }

  /// Φ at the local nodes for the residual e [n]; 0 at void nodes.
  std::vector<double> exponents(const std::vector<double> &e) const;
  /// Ψ_λ at the local nodes.
  std::vector<double> potential(const std::vector<double> &e) const;
  /// Φ − β Ψ_λ at a local node: −κ log r.
  double radial_part(std::size_t node) const { return radial.empty() ? 0. : radial[node]; }
  /// (λ/2)|θ|² + L(θ) at a local node.
  double fixed_part(std::size_t node) const { return fixed[node]; }
  /// L(θ) at a local node, 0 without a landscape.
  double external_part(std::size_t node) const { return external.empty() ? 0. : external[node]; }

  /// m_j from M_i p_i of the owned nodes; the same bits on every rank. Collective.
  std::vector<double> moments(const std::vector<double> &masses) const;
  /// Σ_i M_i p_i a_i² χ_j χ_k, [n][n]. Collective.
  std::vector<double> second_moments(const std::vector<double> &masses) const;
  /// a_i χ_j(ω_i) of an owned node: the factor and the row.
  double        amplitude(std::size_t node) const { return amplitudes.empty() ? 1. : amplitudes[node]; }
  const double *modes(std::size_t node) const { return chi.data() + static_cast<std::size_t>(omega_of[node]) * n; }

private:
  const MeanField           &field;
  const NodalSpace          &space;
  AmbientMeasure             ambient;
  double                     inverse_temperature;
  unsigned int               n;
  std::vector<std::uint32_t> omega_of;   ///< [n_local]
  std::vector<double>        amplitudes; ///< [n_local]; empty if there are none
  std::vector<double>        chi;        ///< [distinct ω][n]
  std::vector<double>        fixed;      ///< [n_local]
  std::vector<double>        external;   ///< [n_local]; empty without a landscape
  std::vector<double>        radial;     ///< [n_local]; empty without radius
};
} // namespace rhoflow
