#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <solvers/base/numerics/adaptive_runge_kutta.h>
#include <solvers/characteristics/characteristics_operator.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// The points in time, by AdaptiveRungeKutta: every rank takes the same steps, whatever their number.
class CharacteristicsStep
{
public:
  CharacteristicsStep(CharacteristicsOperator &right_hand_side, double tolerance);

  /// One accepted step, not beyond `end`, reaching it exactly if it is within reach. Throws RunError if no step is small
  /// enough. Collective.
  void step(double end);

  /// Everything that further steps depend on, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

  double time() const { return method.time(); }
  /// This rank's points, [n][D].
  const double *points() const { return state.data(); }
  /// ∫_0^t D dt with the dissipation D = ∫ |∇Ψ_λ|² ρ, integrated as one more component of the system.
  double dissipated_energy() const { return state.back(); }

  std::uint64_t n_steps() const { return steps; }
  std::uint64_t n_evaluations() const { return evaluations; }

private:
  void evaluate(const std::vector<double> &x, std::vector<double> &rate);

  CharacteristicsOperator &system;
  AdaptiveRungeKutta       method;
  std::vector<double>      state; ///< θ [n][D], then ∫ D dt
  std::vector<double>      squares;
  std::uint64_t            steps = 0, evaluations = 0;
};
} // namespace rhoflow
