#pragma once

#include <cstddef>
#include <vector>

#include <mpi.h>

#include <solvers/model/measure.h>

namespace rhoflow
{
class MeanField;

/// An empirical measure ρ = Σ_i w_i δ_{X_i} on the characteristics X_i' = −∇Ψ_λ(X_i; ρ), and the adjoint of their linearised
/// flow. A functional F of the predictions has at the points the values φ_i of its derivative and their gradients P_i =
/// ∇φ(X_i). In modes, with A_j = Σ_i w_i P_i·∇(a χ_j)(X_i), they obey
///   dP_i/dt = ∇²Ψ_λ(X_i) P_i + Σ_j A_j ∇(a χ_j)(X_i),     dφ_i/dt = Σ_j A_j (a χ_j)(X_i),
/// because Σ_l p_l a_l σ_l = Σ_j A_j a χ_j with the a_l = Σ_i w_i P_i·∇σ_l(X_i) of the data nodes: a_l is the prediction of the
/// moments A. The terms with A are those by which all points feel where one of them is.
///
/// Points live in groups of 32, groups are dealt to the ranks; a group is summed in order, groups are added exactly, so that
/// every result has the same bits on any number of ranks.
class AdjointOperator
{
public:
  /// `law` is the same on every rank; each keeps its share. The mean field lives longer.
  AdjointOperator(const MeanField &mean_field, const Measure &law, MPI_Comm communicator);

  /// This rank's share of the law.
  const Measure &start() const { return mine; }
  std::size_t    n_points() const { return mine.weights.size(); }
  /// D.
  unsigned int n_coordinates() const { return n_parameters; }

  /// Modes and moments at this rank's `points` [n][D], which stay where they are. Collective.
  void update(const double *points);
  /// m − c of the last update, [modes], the same on every rank.
  const std::vector<double> &residual() const { return e; }
  /// f_k of the last update, [K].
  std::vector<double> prediction() const;

  /// −∇Ψ_λ at the points of the last update, [n][D].
  void velocity(double *velocities) const;

  /// φ [n] and P [n][D] at the points of the last update of the functional Σ_j c_j m_j, `c` [modes].
  void functional(const std::vector<double> &c, double *phi, double *P) const;

  /// dφ/dt [S][n] and dP/dt [S][n][D] of S functionals at the points of the last update, from their `P` [S][n][D]; returns A
  /// [S][modes]. Collective.
  std::vector<double> rates(std::size_t n_functionals, const double *P, double *phi_rates, double *P_rates) const;

  /// Σ_i w_i φ_i ψ_i − Σ_i w_i φ_i Σ_i w_i ψ_i for all pairs of S functions `phi` [S][n], [S][S]. Collective.
  std::vector<double> covariances(std::size_t n_functionals, const double *phi) const;

  const MeanField &mean_field() const { return field; }
  MPI_Comm         communicator() const { return comm; }

private:
  /// Σ_i w_i q_ic over all ranks; `add(i, w_i, sums)` adds w_i q_i to `sums` [columns]. Collective.
  template <class Add>
  std::vector<double> integrals(std::size_t columns, const Add &add) const;

  const MeanField    &field;
  MPI_Comm            comm;
  unsigned int        n_modes, n_parameters, n_omega;
  bool                has_outer_weight;
  Measure             mine;
  const double       *present = nullptr; ///< points of the last update
  std::vector<double> omega;             ///< their features' coordinates, [n][Dω]
  std::vector<double> values, slopes;    ///< χ [n][modes], ∇χ [n][Dω][modes]
  std::vector<double> m, e;              ///< [modes]
};
} // namespace rhoflow
