#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/study/plan.h>
#include <solvers/study/store.h>
#include <solvers/study/study_file.h>
#include <solvers/study/tables.h>

namespace rhoflow
{
class Progress;
class StopRequests;
class SingleRun;
struct Registry;
struct UnreadSetting;

/// Runs of the program with other parameters each, and what comes out of them together. All methods are collective.
class Study
{
public:
  /// Reads the base file and plans the runs. Throws InputError.
  Study(const Registry &registry, const ParameterFile &file, MPI_Comm communicator);
  ~Study();

  /// Lets the solver of every run check its parameters. Throws InputError.
  void validate();

  /// Has to come before execute(), which then finds nothing to refuse but the directory: lets the solvers of all runs that will
  /// be done check their parameters. Throws InputError.
  void prepare(bool retry_failed);

  /// Prints the runs and how far they are; nothing is written.
  void list() const;

  /// Does what is not done yet and writes the tables. Returns what failed or is missing, the same on every rank, or an empty
  /// text. On a signal for the end (StopRequests), to whichever rank, and if there is a file `stop` in the directory of the
  /// study, the runs keep their states and no more are begun; on SIGUSR1 they keep their states. Throws InputError if the
  /// directory is refused, StoppedOnRequest if runs were stopped.
  std::string execute(bool retry_failed);

  /// The fits of execute(), on rank 0: rows for StudyTables::fit_header().
  const std::vector<std::vector<std::string>> &fits() const { return fit_rows; }

  const std::string &directory() const { return store.root(); }
  /// Its title, or the name of the file.
  const std::string &name() const { return study.title.empty() ? study_name : study.title; }

  /// Number of rows and of different runs.
  std::string size() const;

private:
  /// Ranks that do runs together; those that are left over have none.
  void make_groups();
  /// `all`: also those that are over.
  void check_runs(bool all);
  /// Warns of parameters that no run reads. `unread`: by the runs of this group; `checked`: it has some. Collective.
  void warn_of_unread(std::vector<UnreadSetting> unread, bool checked) const;
  void do_runs(StopRequests &requests);
  /// The first run from `next` on that nobody has taken (collective over the group), or the number of runs.
  std::size_t take_run(std::size_t next, bool interrupted) const;
  /// `interrupted`: goes on from the state that the run left, if that can be used.
  void do_run(const PlannedRun &run, StudyTables &tables, bool interrupted, StopRequests &requests);
  /// Whether the study is to end; hands the request on to the other groups (collective over the group).
  bool is_to_end(const StopRequests &requests) const;
  /// Goes on with an interrupted run; false if that cannot be and it must be begun anew. Collective.
  bool goes_on(const PlannedRun &run, SingleRun &single, MPI_Comm communicator, Progress &progress,
               StopRequests &requests) const;
  /// Makes room for the run, on the rank that calls it.
  void clear(const PlannedRun &run) const;
  /// Prints a line about a run, on the rank that calls it.
  static void say(const PlannedRun &run, const std::string &text);
  void        report(const PlannedRun &run, const RunState &state, double seconds) const;
  void        write_tables(StudyTables &tables) const;
  /// Waits for the other groups without using the processor.
  void wait_for_all(const StopRequests &requests) const;

  const Registry &registry;
  std::string     study_name;
  StudyFile       study;
  MPI_Comm        world;
  MPI_Comm        group       = MPI_COMM_NULL;
  unsigned int    group_index = 0, n_groups = 1;
  bool            speaks;
  ParameterFile   base;
  Plan            plan;
  StudyStore      store;
  unsigned int    n_waiting = 0;
  double          start     = 0.; ///< of the session
  bool            warned    = false;

  std::vector<std::vector<std::string>> fit_rows;
};
} // namespace rhoflow
