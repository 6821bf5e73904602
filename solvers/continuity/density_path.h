#pragma once

#include <cstdint>
#include <string>

#include <solvers/continuity/density_on_mesh.h>
#include <solvers/continuity/sgd_transport.h>

namespace rhoflow
{
/// The squares of the features on the box of the inputs, which live longer.
SquareModes squares_of(const ContinuityInputs &inputs);

/// A density on one path of the stochastic mean-field equation or of the modified flow, on a mesh that follows it. Steps are
/// Strang's: half an interval of drift, the noise of the interval as transport for a unit of pseudo-time whose residuals are
/// those of the density in every stage (so that it converges to the integral of Stratonovich), half an interval of drift. Two
/// half intervals of drift between which nobody looks at the density are one flow of a whole. Each flow is Runge–Kutta steps of
/// equal length within `CFL number`; a step whose first stage finds a velocity beyond the stability limit is repeated with what
/// that velocity allows, and one that lets the moments grow without bound with half its length, with the same increment.
/// The noise is a flow of small length, √(α Δt), where four stages of third order tell as much as the ten of SSP(10,4).
/// The risk may grow on a path, and R falls by other amounts than ∫ |∇Ψ_λ|² ρ: neither is checked.
class DensityPath
{
public:
  /// All live longer.
  DensityPath(const ContinuityInputs &inputs, const SgdField &sgd, const SquareModes &squares, MPI_Comm communicator);

  /// Projects the initial law. Collective.
  void start();
  /// Moves the density over one interval, up to `end`; the half interval of drift at its end is put off. Throws RunError if a
  /// flow needs steps that are too short. Collective.
  void step(double interval, const NoiseIncrement &increment, double end);
  /// Does what was put off, after which the density is that at time(), and goes with −∇Ψ_λ for whoever looks at it. Collective.
  void finish();

  double           time() const { return density.time(); }
  ContinuityState &solution() { return density.solution(); }
  DensityOnMesh   &on_mesh() { return density; }

  std::uint64_t      n_steps() const { return steps; }
  std::uint64_t      n_repeated() const { return repeated; }
  const std::string &failure() const { return last_failure; }

  /// Everything that further steps depend on, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("drift that was put off", self.pending);
    visit("largest velocity of the drift", self.drift_rate);
    visit("steps", self.steps);
    visit("steps repeated", self.repeated);
    visit("why steps were repeated", self.last_failure);
  }

private:
  struct Method
  {
    Method(const ContinuityParameters &scheme, const std::string &name);
    RungeKutta runge_kutta;
    double     limit; ///< of Σ_d |v_d| Δt/h_d
  };
  /// `rate`: Σ_d |v_d|/h_d with which the first step is chosen, 0 where that is not known; afterwards that of the last step.
  void flow(const Method &method, double length, double longest, double &rate);

  const ContinuityInputs &inputs;
  DensityOnMesh           density;
  SgdTransport            transport;
  const Method            of_drift, of_noise;
  double                  pending = 0., drift_rate = 0.; ///< [time], [1/time]
  std::uint64_t           steps = 0, repeated = 0;
  std::string             last_failure;
};
} // namespace rhoflow
