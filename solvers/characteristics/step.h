#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <solvers/characteristics/operator.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// The points in time: Dormand–Prince 5(4) with step control (Boost.Odeint). The local error is measured in the maximum norm
/// over all coordinates of all points of all ranks, relative to tolerance (1 + |θ| + h|θ'|): every rank takes the same steps,
/// whatever their number.
class CharacteristicsStep
{
public:
  CharacteristicsStep(CharacteristicsOperator &right_hand_side, double tolerance);
  ~CharacteristicsStep();

  /// One accepted step, not beyond `end`, reaching it exactly if it is within reach. Throws RunError if no step is small
  /// enough. Collective.
  void step(double end);

  /// Everything that further steps depend on. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

  double time() const { return present; }
  /// This rank's points, [n][D].
  const double *points() const { return state.data(); }
  /// ∫_0^t D dt with the dissipation D = ∫ |∇Ψ_λ|² ρ, integrated as one more component of the system.
  double dissipated_energy() const { return state.back(); }

  std::uint64_t n_steps() const { return steps; }
  std::uint64_t n_evaluations() const { return evaluations; }

private:
  struct Stepper;

  void evaluate(const std::vector<double> &x, std::vector<double> &rate);

  CharacteristicsOperator &system;
  std::unique_ptr<Stepper> stepper;
  std::vector<double>      state;      ///< θ [n][D], then ∫ D dt
  std::vector<double>      derivative; ///< at the end of the last step, where the next one begins; empty before the first
  std::vector<double>      squares;
  double                   present   = 0.;
  double                   next_step = 1e-3;
  bool                     finite    = true; ///< all velocities since the last attempt
  std::uint64_t            steps = 0, evaluations = 0;
};
} // namespace rhoflow
