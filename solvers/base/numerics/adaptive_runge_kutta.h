#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// Dormand–Prince 5(4) with step control (Boost.Odeint) for x' = v(x). The local error is the maximum norm over all components
/// on all ranks, relative to tolerance (1 + |x| + h|x'|): every rank takes the same steps. A step in which a state or a
/// velocity is not finite fails like one whose error is too large, since comparisons, those of a rectifier too, pass over NaN.
/// All states of one method have the length of the first.
class AdaptiveRungeKutta
{
public:
  using State = std::vector<double>;
  /// Writes v(x) into the second argument, resized as needed. Collective.
  using Velocity = std::function<void(const State &, State &)>;

  AdaptiveRungeKutta(double tolerance, double first_step, MPI_Comm communicator = MPI_COMM_SELF);
  ~AdaptiveRungeKutta();

  /// Takes one accepted step of `x`, not beyond `end`, reaching it exactly if it is within reach. False, with `x` as it was, if
  /// that would need a step of at most `shortest` times the larger of 1 and the time. Collective.
  bool step(const Velocity &velocity, State &x, double end, double shortest);

  double time() const { return present; }
  /// The length that is tried next.
  double next_step() const { return next; }
  /// v at the end of the last step, where the next one begins; empty where it is not known.
  const State &velocity() const { return derivative; }
  /// Whether a state or a velocity was not finite even in the shortest step, after step() returned false. The same on all
  /// ranks.
  bool met_infinity() const { return !finite; }

  /// Resumes at `time`. `velocity` as of velocity().
  void restore(double time, double next_step, State velocity);

private:
  struct Stepper;

  std::unique_ptr<Stepper> stepper;
  State                    derivative;
  double                   present = 0.;
  double                   next;
  bool                     finite = true; ///< all states and velocities in the last attempt
};
} // namespace rhoflow
