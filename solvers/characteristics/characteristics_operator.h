#pragma once

#include <cstddef>
#include <vector>

#include <mpi.h>

#include <solvers/model/measure.h>

namespace rhoflow
{
class MeanField;

/// The right-hand side of the characteristics of the continuity equation for an empirical measure ρ = Σ_i w_i δ_{θ_i}:
///   θ_i' = −∇Ψ_λ(θ_i; ρ) = −∇Ψ(θ_i; ρ) − λ θ_i,
/// where Ψ = L in a landscape.
/// A radius r = |w| ends at zero, which points may reach in finite time and leave again when the velocity turns round (|w| has
/// a kink there): points with r ≤ 0 count as points at r = 0, with velocity max(r', 0).
///
/// Points live in groups of 32, groups are dealt to the ranks; a group is summed in order, groups are added exactly, so that
/// every result has the same bits on any number of ranks.
class CharacteristicsOperator
{
public:
  /// `law` is the same on every rank; each keeps its share.
  CharacteristicsOperator(const MeanField &mean_field, const Measure &law, MPI_Comm communicator);

  /// This rank's share of the law.
  const Measure &start() const { return mine; }
  std::size_t    n_global_points() const { return n_global; }
  /// Number of this rank's first point in the whole law.
  std::size_t first_point() const { return n_before; }

  /// Moves radii below zero to zero; their velocities stay the same.
  void project(double *points) const;

  /// m_j(ρ) for this rank's `points` [n][D], the same on every rank; keeps the modes for the functions below. Collective.
  const std::vector<double> &update(const double *points);
  const std::vector<double> &moments() const { return m; }

  /// ∫ L ρ for this rank's `points` [n][D], what an external potential adds to the risk; 0 if there is none. Collective.
  double external_energy(const double *points) const;

  /// −∇Ψ_λ at the points of the last update, [n][D].
  void velocity(double *velocities) const;
  /// Ψ_λ at the points of the last update, [n].
  void potential(double *values) const;

  /// Σ_i w_i q_ic over all ranks for a quantity `q` [n][columns], the same bits on any number of ranks. Collective.
  std::vector<double> integrals(const std::vector<double> &q, std::size_t columns) const;

  /// min over `omega` [n][Dω] of Ψ_λ with the moments of the last update; where the neuron is linear in its first parameter a,
  /// the minimum over a in [lower_a, upper_a] is taken too: Ψ_λ = a ψ(ω) + (λ/2)(a² + |ω|²). Each rank does a share.
  /// Collective.
  double minimum_potential(const std::vector<double> &omega, double lower_a, double upper_a) const;

  const MeanField &mean_field() const { return field; }
  MPI_Comm         communicator() const { return comm; }

private:
  const MeanField    &field;
  MPI_Comm            comm;
  unsigned int        n_modes, n_parameters, n_omega;
  bool                has_outer_weight;
  std::vector<bool>   is_radius; ///< [D]
  Measure             mine;
  std::size_t         n_global, n_before;
  const double       *present = nullptr; ///< points of the last update
  std::vector<double> omega;             ///< their features' coordinates, [n][Dω]
  std::vector<double> values, slopes;    ///< χ [n][modes], ∇χ [n][Dω][modes]
  std::vector<double> m, residual;       ///< [modes]
};
} // namespace rhoflow
