#pragma once

#include <cstdint>
#include <memory>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
class Expression;

/// The steps of gradient methods and their time t_k = Σ_{i<k} η_i. A constant η has t_k = kη, and ends must be multiples of it;
/// with a schedule, η_k = η ξ(t_k), the last step before an end is shortened so that it ends there. A function of η, ξ and the
/// ends alone: the same for all networks and on all ranks.
class StepClock
{
public:
  explicit StepClock(const ParticleParameters &parameters);
  ~StepClock();
  StepClock(StepClock &&) noexcept;

  /// Takes the next step towards `end`, which is not reached yet, and returns its length. Throws RunError where ξ(t) is not a
  /// positive number.
  double next(double end);
  bool   reached(double end) const;

  double        time() const { return present; }
  std::uint64_t steps() const { return n_steps; }
  /// Goes on as a clock of the same steps that shows `time` after `steps` of them.
  void set(double time, std::uint64_t steps);

  /// About so many steps take the time `duration` (at ξ = 1).
  std::uint64_t steps_in(double duration) const;

private:
  double                            step_size;
  std::unique_ptr<const Expression> schedule; ///< ξ; null: 1
  double                            present = 0.;
  std::uint64_t                     n_steps = 0;
};
} // namespace rhoflow
