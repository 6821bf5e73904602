#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/base/timing.h>
#include <solvers/discretization/dg/coupling.h>
#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/discretization/dg/runge_kutta.h>

namespace rhoflow
{
class MeanField;

/// A field that moves a density in place of −∇Ψ_λ: −∇(a ψ₁(ω) + ψ₂(ω) + a² ψ₃(ω) + (λ'/2)|θ|²), or −∇(ψ₁(θ) + (λ'/2)|θ|²)
/// without an outer weight.
class TransportField
{
public:
  virtual ~TransportField() = default;

  /// After every change of the mesh and of the coupling's tables.
  virtual void rebuild(const DGMesh &mesh, const Coupling &coupling) = 0;
  /// Fills the velocity tables, that of ψ₁ in the coupling, for the density `u` with these moments, which the coupling has just
  /// summed. Collective. Throws RunError as Coupling::moments().
  virtual void update(const DGMesh &mesh, Coupling &coupling, const std::vector<double> &moments, const double *u) = 0;

  /// λ'.
  virtual double confinement() const = 0;
  /// The tables of ψ₂ and ψ₃ in the coupling's shape, or null.
  virtual const double *constant_table() const { return nullptr; }
  virtual const double *square_table() const { return nullptr; }
};

/// The continuity equation ∂_t ρ = ∇·(ρ ∇Ψ_λ(θ; ρ)) on one state of the mesh: density, traces, and Runge–Kutta steps. The
/// evolution is linear in ρ at a frozen potential and keeps mass to round-off.
class ContinuityState
{
public:
  /// `limit`: after every stage scale each cell's polynomial towards its mean until it is nowhere negative at the nodes and on
  /// the sides (Zhang and Shu, J. Comput. Phys. 229, 2010).
  ContinuityState(const MeanField &mean_field, const RungeKutta &method, bool limit);

  /// From now on the density moves with another field; null: with −∇Ψ_λ, as at first. The field lives longer. It is told when
  /// it fills other tables than before by calling this again.
  void move_with(TransportField *field);

  /// From now on steps are of another method.
  void step_by(const RungeKutta &other) { method = other; }

  /// Takes a new mesh state; `values` [cells][points] is the density on it.
  void reinit(DGMesh &mesh, const std::vector<double> &values);
  /// The density, [cells][points].
  std::vector<double>          values() const { return by_cell(u); }
  const AlignedVector<double> &field() const { return u; }

  /// One step, unless its first stage finds max_rate() dt above `most`: then false, and the density is to be brought back by
  /// undo(), as it is after an exception. Throws RunError if the moments are not finite or outgrew every bound; they are looked
  /// at before every stage. Collective.
  bool step(double dt, double most = std::numeric_limits<double>::infinity());
  /// The density as it was before the last step().
  void undo();
  /// L(ρ) = ∇·(ρ ∇Ψ_λ) at the present density, [cells][points]. Collective.
  std::vector<double> rate_of_change();

  /// Recomputed when the density has changed: moments, and with them the potential.
  const std::vector<double> &moments();
  /// ∫ |∇Ψ_λ|² ρ. Collective.
  double dissipation();
  /// Largest Σ_d |v_d|/h_d over all ranks, from the last measurement (the first stage of the last step or dissipation()).
  double max_rate() const { return rate; }

  /// The measurement that goes with a density given by reinit() instead of by a step, for the length of the next step.
  void set_max_rate(double measured) { rate = measured; }

  Coupling &coupling() { return mean_field_coupling; }
  DGMesh   &mesh() { return *space; }

  /// ∫ |∇Ψ_λ|² ρ at the beginning of the last step, as its first stage saw it.
  double dissipation_before() const { return last_dissipation; }

  Timing       &timing() { return times; }
  std::uint64_t stages() const { return n_stages; }

private:
  /// Exchanges traces, computes moments and velocities for the present u.
  void   prepare_stage();
  void   run(StageArguments &arguments);
  void   limit_cells();
  double confinement() const;
  /// A field, [cells][points].
  std::vector<double> by_cell(const AlignedVector<double> &field) const;

  const MeanField &mean_field;
  RungeKutta       method;
  bool             limiting;
  DGMesh          *space       = nullptr;
  TransportField  *other_field = nullptr;
  Coupling         mean_field_coupling;

  AlignedVector<double> u, u2, columns, lane_dissipation;
  AlignedVector<double> before; ///< u at the beginning of the last step
  AlignedVector<double> traces[2];
  unsigned int          current  = 0; ///< which of the two trace arrays belongs to u
  bool                  prepared = false;
  std::vector<double>   present_moments;
  double                rate = 0., last_dissipation = 0.;
  std::uint64_t         n_stages = 0;
  Timing                times;
};
} // namespace rhoflow
