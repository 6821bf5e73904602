#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/stop_requests.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;
class Progress;
class RunDirectory;

/// Section "Checkpoint": when the state of a run is kept.
struct CheckpointParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  std::uint64_t every_steps    = 0;   ///< 0: never for this reason
  double        simulated_time = 0.;  ///< interval; 0: never for this reason
  double        wall_clock     = 600; ///< interval [s]; 0: never for this reason
  bool          at_the_end     = true;
};

/// A run was asked to stop and did so after a checkpoint: the message says how to go on. Exit status 4.
class StoppedOnRequest : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// Keeps the state of a run in `checkpoints/` of its directory, in two files that take turns, so that one is valid at every
/// moment; and hands out the state that a run goes on from. Requests to stop, also by a file `stop` in the directory of the
/// run, are met between steps.
class Checkpoints
{
public:
  /// `requests`: to the whole program, if that does more than this run. With `restart` the run goes on from the newest valid
  /// checkpoint in the directory; throws InputError if there is none. Collective.
  Checkpoints(const CheckpointParameters &parameters, const RunDirectory &directory, bool restart,
              StopRequests *requests = nullptr);
  Checkpoints(const Checkpoints &)            = delete;
  Checkpoints &operator=(const Checkpoints &) = delete;

  /// Warnings go there from now on.
  void set_progress(Progress &shown) { progress = &shown; }

  /// What every state that is written says of the run that it belongs to.
  void set_premises(std::string text) { premises = std::move(text); }

  /// Why an older state than the newest is used, or an empty text.
  const std::string &complaint() const { return damaged; }

  /// How to go on after the run went wrong, or an empty text if no state is kept.
  std::string advice() const;

  /// Whether the run has come further than the state at its start.
  bool has_begun() const { return begun; }

  /// What the run goes on from, or null.
  const CheckpointReader *restart() const { return state ? &*state : nullptr; }

  /// Lets `take` take up the state that the run goes on from. What does not fit there, a length or an index that cannot be,
  /// becomes an InputError (parameter empty): another version of the program or another run has written it. Collective.
  void load(const std::function<void(const CheckpointReader &)> &take) const;

  using Save = std::function<void(CheckpointWriter &)>;
  /// Called after every step and every output: writes a checkpoint if one is due. `end`: the run is done. Collective. Throws
  /// StoppedOnRequest after a checkpoint that ends the run; a checkpoint that cannot be written is a warning, and an error only
  /// if the run was to end with it. `place`: where the run is, for messages, if that is no time.
  void consider(double time, bool end, const Save &save, const std::string &place = "");
  /// The same in a pause of the work for an output, which counts as no step.
  void consider_in_pause(double time, const Save &save) { keep_if(reason(time, false), time, false, save, ""); }

private:
  enum Reason : int
  {
    none,
    due,
    asked,
    stop_file,
    terminated,
    hung_up,
    interrupted
  };
  Reason reason(double time, bool end);
  void   keep_if(Reason why, double time, bool end, const Save &save, const std::string &place);

  using Clock = std::chrono::steady_clock;

  const CheckpointParameters      parameters;
  const RunDirectory             &directory;
  std::unique_ptr<StopRequests>   own_requests;
  StopRequests                   &requests;
  Progress                       *progress = nullptr;
  std::string                     damaged;
  std::optional<CheckpointReader> state;
  std::uint64_t                   number = 0, steps_since = 0;
  double                          last_time = 0.;
  bool                            begun     = false;
  std::string                     last_place; ///< "t = 3.2", of the state that this process kept last
  Clock::time_point               last_written, last_look;
  std::string                     premises;
};
} // namespace rhoflow
