#pragma once

#include <string>

namespace rhoflow
{
/// What a process is asked to do while it works: SIGUSR1 asks for a checkpoint, SIGTERM and a file for one and for the end. One
/// object at a time; without one the signals have their usual effect.
class Requests
{
public:
  /// Takes the signals until it is destroyed. `stop_file`: the file that asks everything that this program does for its end,
  /// beside the file `stop` in the directory of each run; or an empty name.
  explicit Requests(std::string stop_file = "");
  ~Requests();
  Requests(const Requests &)            = delete;
  Requests &operator=(const Requests &) = delete;

  /// By signals to this process. A checkpoint is asked for until it is done, the end for good.
  bool asks_for_checkpoint() const;
  void checkpoint_is_done();
  bool asks_for_end() const;

  /// Whether the stop file exists now.
  bool has_stop_file() const;
  /// Hands a signal on to whoever looks at the stop file: creates it.
  void make_stop_file() const;
  void remove_stop_file() const;

private:
  std::string stop_file;
};
} // namespace rhoflow
