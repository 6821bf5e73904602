#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class Checkpoints;
class Progress;

/// A system that the time loop can drive; the loop knows no equation.
class Evolution
{
public:
  virtual ~Evolution() = default;

  virtual double time() const = 0;
  /// One step, not beyond `end` (reaching it exactly if it is within reach).
  virtual void step(double end) = 0;
  /// Called at every output time but the first, before output() and until it returns true: each call does a part of what may
  /// take long there, after which the run may be stopped. save() between two calls keeps how far that is. Collective.
  virtual bool prepare_output() { return true; }
  /// Called at t = 0 and at every output time, when time() equals it exactly.
  virtual void output() = 0;
  /// Keeps all that the further evolution, its tables and its report depend on, so that load() on any number of ranks makes the
  /// rest of the run the same. Collective.
  virtual void save(CheckpointWriter &checkpoint) const = 0;
  /// Takes the state that was kept, in place of that at t = 0, and the tables and time series as they were then. Collective.
  virtual void load(const CheckpointReader &checkpoint) = 0;
  /// What the progress line shows besides the time.
  virtual std::vector<std::pair<std::string, std::string>> progress() const = 0;
};

/// Steps through the output times (strictly increasing, the first is the evolution's present time). With `checkpoints` the
/// state is kept when it is due, and a run that is to go on begins from the state that was kept.
void run_time_loop(Evolution &evolution, const std::vector<double> &output_times, Progress &progress,
                   Checkpoints *checkpoints = nullptr);
} // namespace rhoflow
