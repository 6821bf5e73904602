#pragma once

#include <string>
#include <vector>

#include <solvers/base/files/file_lock.h>
#include <solvers/study/plan.h>

namespace rhoflow
{
/// How far a run got.
struct RunState
{
  enum class Kind
  {
    waiting,
    running, ///< now, or when the study was interrupted
    done,
    failed
  };
  Kind        kind = Kind::waiting;
  std::string message; ///< of a failure; "interrupted" if a run waits for the second time

  /// "done", "failed: MESSAGE", ...
  std::string text() const;
};

/// The directory of a study:
///   runs/0001, ...     the directories of the runs
///   states/0001, ...   first line: the state; then the complete parameters of the run, by which it is found again
///   claims/            who took which run in the present session, and `stop` if one of its processes was asked for the end
///   lock               held while a session runs
///   study.csv, fits.csv
/// Every file is replaced as a whole, so that an interruption leaves no half of one. The methods are for one rank at a time,
/// except claim(), which any number of ranks may call at once.
class StudyStore
{
public:
  explicit StudyStore(std::string root);
  StudyStore(const StudyStore &)            = delete;
  StudyStore &operator=(const StudyStore &) = delete;

  /// Gives the runs the numbers under which the directory knows them, and new numbers to new ones, without touching the disk.
  /// Throws InputError of "Output directory" if the directory holds something else, or another study.
  void number(Plan &plan) const;

  /// Begins a session: takes the lock, writes the states of new runs, turns interrupted runs (and failed ones, if wanted) into
  /// waiting ones. Throws InputError of "Output directory".
  void open(const Plan &plan, bool retry_failed);

  /// True for exactly one caller in a session: a file that only one can create says who. On one node and on any file system on
  /// which a cluster could keep the results this needs no rank that serves the others.
  bool claim(const PlannedRun &run) const;
  /// Notes the end of a run of this session and returns how many have ended.
  unsigned int count_finished(const PlannedRun &run) const;

  RunState state(const PlannedRun &run) const;
  void     set_state(const PlannedRun &run, const RunState &state) const;

  std::string run_directory(const PlannedRun &run) const;
  /// Removes what an interrupted or failed run left, by its list. What somebody else has in the directory is not touched: the
  /// directory gets another name, which is returned.
  std::string clear_run_directory(const PlannedRun &run) const;

  /// Replaces a file of the study. Throws InputError of "Output directory".
  void write(const std::string &name, const std::string &text) const;

  const std::string &root() const { return directory; }

private:
  std::string directory;
  FileLock    lock;
};
} // namespace rhoflow
