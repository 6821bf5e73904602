#pragma once

#include <chrono>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// What the user sees on the terminal: a heading, one progress line (rewritten in place on a terminal, at most one line every
/// few seconds in a log file), and the report at the end. Silent on all ranks but 0.
class Progress
{
public:
  /// Without `to_terminal` nothing is printed, and what record_to() names has everything.
  explicit Progress(bool speak, bool to_terminal = true);

  /// Everything but the progress line also goes to this file (what is printed is also on disk), behind what is in it with
  /// `append`: what was said before this call, and all that comes after it.
  void record_to(const std::string &path, bool append = false);

  void heading(const std::string &text);
  /// A line that stays.
  void line(const std::string &text);
  void warning(const std::string &text);

  /// Fraction in [0, 1] of the work that is done and the values to show, such as {"t", "3.2"}, {"risk", "0.0234"}.
  /// Cheap when called often: prints at most every 0.5 s (terminal) or 5 s (file).
  void update(double fraction, const std::vector<std::pair<std::string, std::string>> &values);

  /// A table of two columns at the end of a run.
  void report(const std::string &title, const std::vector<std::pair<std::string, std::string>> &rows);

private:
  void clear_line();
  void note(const std::string &text); ///< into the log, or for the log that is not open yet

  using Clock = std::chrono::steady_clock;
  bool              speaks;
  bool              prints;
  bool              terminal;
  bool              line_open = false;
  std::ofstream     log;
  std::string       before_log; ///< what was said before there was a log
  Clock::time_point start;
  Clock::time_point last;
};
} // namespace rhoflow
