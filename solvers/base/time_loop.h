#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
class Progress;

/// A system that the time loop can drive; the loop knows no equation.
class Evolution
{
public:
  virtual ~Evolution() = default;

  virtual double time() const = 0;
  /// One step, not beyond `end` (reaching it exactly if it is within reach).
  virtual void step(double end) = 0;
  /// Called at t = 0 and at every output time, when time() equals it exactly.
  virtual void output() = 0;
  /// What the progress line shows besides the time.
  virtual std::vector<std::pair<std::string, std::string>> progress() const = 0;
};

/// Steps through the output times (strictly increasing, the first is the evolution's present time).
void run_time_loop(Evolution &evolution, const std::vector<double> &output_times, Progress &progress);
} // namespace rhoflow
