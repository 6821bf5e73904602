#pragma once

#include <vector>

#include <solvers/characteristics/noisy_points.h>

namespace rhoflow
{
/// The points on one path, and what the next step depends on.
struct NoisyState
{
  std::vector<double> points;                ///< this rank's, [n][D]
  double              first_drift_step = 0.; ///< length that the drift tries first; 0: a whole half interval
  std::vector<double> drift            = {}; ///< that of the points; empty where it is not known, which changes nothing
};

/// Steps of a path by Strang's splitting: half an interval of drift, the noise of the interval as transport for a unit of
/// pseudo-time in which its residuals follow the points (so that it converges to the integral of Stratonovich), half an
/// interval of drift. Both flows are integrated to the tolerance by AdaptiveRungeKutta. The weak error is O(α Δt² + α² Δt), the
/// strong order 1/2, since the noise does not commute; without noise nothing is left but the tolerance.
class NoisyStep
{
public:
  NoisyStep(NoisyPoints &points, double tolerance);

  /// Moves the state by an interval. Throws RunError, with the time where the interval begins, if no step of one of the flows
  /// is small enough. Collective.
  void step(NoisyState &state, double interval, const NoiseIncrement &increment, double time);

  std::uint64_t n_evaluations() const { return evaluations; }

private:
  /// `first`: the length of the first step, and afterwards that of the next one. `rate`: the velocity at the points, before and
  /// after; empty if it is not known.
  template <class Velocity>
  void flow(std::vector<double> &points, std::vector<double> &rate, double length, double &first, double time,
            const Velocity &velocity);

  NoisyPoints  &system;
  double        tolerance;
  std::uint64_t evaluations = 0;
};
} // namespace rhoflow
