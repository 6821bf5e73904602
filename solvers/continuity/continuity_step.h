#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include <solvers/continuity/parameters.h>
#include <solvers/discretization/dg/runge_kutta.h>
#include <solvers/evolution/step_control.h>

namespace rhoflow
{
class ContinuityState;

/// R_λ = R + (λ/2) ∫ |θ|² ρ, which no solution lets grow.
struct Energies
{
  double initial     = 0.;
  double last_output = 0.;

  /// What is still taken for the error of a mesh, until the next output.
  double bound() const;

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("first energy", self.initial);
    visit("last energy", self.last_output);
  }
};

/// Runge–Kutta steps of the continuity equation that are repeated with a smaller length where they went wrong:
/// - The length follows the velocity at the beginning of the step before. If the first stage finds one for which the step is
///   beyond the scheme's stability limit (that of `CFL number = 1`), the length is what the new velocity allows.
/// - If the moments are no longer finite or grew beyond every bound, or if the energy grew by more than 1e-5 of its initial
///   size and by more than the dissipation says that it should have fallen, Δt ∫ |∇Ψ_λ|² ρ, the step is repeated with half its
///   length. Later steps are shortened by the same factor, which grows back by 2^(1/8) a step.
/// - With ContinuityParameters::largest_fall a step is only as long as R_λ falls, at its present rate, by that part of the
/// excess
///   risk, or of a thousandth of the first energy: longer ones have errors of their own.
/// - The same if R exceeds Energies::bound(), as R_λ ≥ R may not.
/// The moments after a step are those that the next one begins with: to look at them costs nothing. They tell R but not the
/// weight decay; with one the growth that counts is that of R over R_λ at the last output.
/// Every decision comes from numbers that are the same on all ranks, however many they are.
class ContinuityStep
{
public:
  ContinuityStep(const ContinuityParameters &parameters, const RungeKutta &method);

  /// One step that is accepted, not beyond `end`; returns the time after it, which is `end` exactly where that is reached. The
  /// velocity must have been measured (ContinuityState::dissipation() or a step). Throws RunError with the reason and what
  /// to try, and the density as it was before, if eight halvings do not help. Collective.
  double step(ContinuityState &solution, double time, double end, const Energies &energies);

  /// Everything that further steps depend on.
  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("last step", self.taken);
    visit("longest step by the fall of the risk", self.longest);
    visit("steps", self.accepted);
    visit("steps repeated", self.repeated);
    visit("why steps were repeated", self.last_failure);
    StepControl::visit(visit, self.control);
  }

  double        last_step() const { return taken; }
  std::uint64_t n_steps() const { return accepted; }
  /// Attempts that were given up.
  std::uint64_t n_repeated() const { return repeated; }
  /// Why the last attempt was given up; empty if none was.
  const std::string &failure() const { return last_failure; }

private:
  /// The length that the velocity and the fall of the risk allow, without the factor by which steps are shortened.
  double allowed(double max_rate) const;
  /// Measures how fast the risk falls, for the next step.
  void look_at_fall(double excess_risk, double dissipation, double first_energy);

  double        limit;                                             ///< of Σ_d |v_d| Δt/h_d
  double        cfl;                                               ///< the part of it that is used
  double        maximum_time_step;                                 ///< whatever the velocity
  double        largest_fall;                                      ///< part of the excess risk that one step may take
  double        longest = std::numeric_limits<double>::infinity(); ///< step for that
  double        taken   = 0.;
  StepControl   control;
  std::uint64_t accepted = 0, repeated = 0;
  std::string   last_failure;
};
} // namespace rhoflow
