#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <solvers/evolution/step_control.h>
#include <solvers/fokker_planck/fokker_planck_state.h>
#include <solvers/fokker_planck/parameters.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class Sdirk;

/// What all steps together took.
struct StepCounts
{
  std::uint64_t steps      = 0;
  std::uint64_t rejected   = 0; ///< tried with a step that was too long
  std::uint64_t iterations = 0; ///< in moment space
  std::uint64_t linear     = 0; ///< Krylov iterations
  std::uint64_t solves     = 0; ///< linear systems
  std::uint64_t fallbacks  = 0; ///< repetitions with monotone fluxes for the sign or the free energy
};

/// Steps of M dp/dt = −K(e) p, e = m(p) − c.
class TimeStepping
{
public:
  explicit TimeStepping(const FokkerPlanckParameters &parameters);
  ~TimeStepping();

  /// One step, not beyond `end`; returns the time after it, which is `end` exactly where that is reached. With implicit Euler
  ///   M (p' − p)/Δt = −K(m(p') − c) p'
  /// the free energy does not increase: where rounding or cells without monotone fluxes let it, they fall back.
  /// A step is repeated with half its length if its equations do not converge, if the free energy is not finite or grew by more
  /// than 1e-6 (1 + |F|), or if an explicit step left more than 1e-2 of negative mass. Later steps of a given length are
  /// shortened by the same factor, which grows back by 2^(1/8) a step. Throws RunError, with the state as it was before, if
  /// eight halvings do not help. Collective.
  double step(FokkerPlanckState &state, double time, double end);

  /// The mesh is a new one: nothing that was remembered fits.
  void forget();

  /// Everything that further steps depend on besides the state, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix, FokkerPlanckState &state);

  /// What save() keeps beside the rate of SDIRK2.
  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("last step", self.taken);
    visit("free energy", self.energy);
    visit("free energy is known", self.energy_known);
    visit("next step of SDIRK2", self.next_step);
    visit("longest stable step", self.stable);
    visit("steps since it was looked at", self.steps_with_stable);
    visit("why a step failed", self.last_failure);
    visit("last change of the residual", self.last_change);
    visit("steps", self.total.steps);
    visit("steps rejected", self.total.rejected);
    visit("nonlinear iterations", self.total.iterations);
    visit("linear iterations", self.total.linear);
    visit("linear systems", self.total.solves);
    visit("monotone fallbacks", self.total.fallbacks);
    StepControl::visit(visit, self.control);
  }

  const StepCounts &counts() const { return total; }
  /// Why the last step that was tried in vain failed; empty if none was.
  const std::string &failure() const { return last_failure; }
  double             last_step() const { return taken; }
  /// F after the last step.
  double last_free_energy() const { return energy; }
  /// By which the last step changed F.
  double last_increase() const { return energy - energy_before; }

private:
  /// Returns the step taken, dt or a part of it.
  double implicit_euler(FokkerPlanckState &state, double dt, bool frozen);
  double explicit_step(FokkerPlanckState &state, double dt);
  /// Why the free energy after a step is not acceptable; empty if it is.
  std::string growth(double after) const;
  double      stable_step(FokkerPlanckState &state);
  double      second_order(FokkerPlanckState &state, double time, double end);
  void        count(const StageResult &result);

  FokkerPlanckParameters settings;
  StepCounts             total;
  StepControl            control; ///< of all methods but SDIRK2
  double                 taken = 0., energy = 0., energy_before = 0.;
  bool                   energy_known = false;
  std::string            last_failure;
  std::unique_ptr<Sdirk> sdirk;
  double                 next_step = 0.; ///< of SDIRK2
  std::vector<double>    last_change;    ///< of e in the last step
  double                 stable            = 0.;
  unsigned int           steps_with_stable = 0;
};
} // namespace rhoflow
