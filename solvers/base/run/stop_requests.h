#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// What a process is asked to do while it works: SIGUSR1 asks for a checkpoint; SIGTERM, SIGINT (Ctrl-C), SIGHUP (the terminal
/// is gone) and a file ask for one and for the end. A second Ctrl-C ends the process at once. SIGINT and SIGHUP stay ignored
/// where whoever started the process had it so, as nohup does. One object at a time; without one the signals have their usual
/// effect.
class StopRequests
{
public:
  /// Takes the signals until it is destroyed. `stop_file`: the file that asks everything that this program does for its end,
  /// beside the file `stop` in the directory of each run. `handed_on`: the file by which a process that gets a signal tells the
  /// others of this session; it does not outlast the session, for a job that is killed may have made it. Empty names: none.
  explicit StopRequests(std::string stop_file = "", std::string handed_on = "");
  ~StopRequests();
  StopRequests(const StopRequests &)            = delete;
  StopRequests &operator=(const StopRequests &) = delete;

  /// Lets the process ignore SIGINT and SIGHUP again if it was started so. After libraries have had their way with signals.
  static void restore_ignored();

  /// By signals to this process. A checkpoint is asked for until it is done, the end for good.
  bool asks_for_checkpoint() const;
  void checkpoint_is_done();
  bool asks_for_end() const { return end_signal() != 0; }
  /// The number of the last signal that asked for the end, or 0.
  int end_signal() const;

  /// Whether one of the files exists now.
  bool has_file() const;
  /// Tells the others that this process was asked for the end.
  void forward() const;
  void remove_files() const;

private:
  std::string stop_file, handed_on;

  std::vector<std::pair<int, struct sigaction>> before; ///< what the signals did before, to be restored
};
} // namespace rhoflow
