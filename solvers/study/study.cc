#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/job.h>
#include <solvers/base/run/single_run.h>
#include <solvers/base/run/stop_requests.h>
#include <solvers/base/run/unread_parameters.h>
#include <solvers/base/text.h>
#include <solvers/study/study.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

namespace rhoflow
{
namespace
{
namespace mpi = dealii::Utilities::MPI;

/// Keeps those of `common` that are among `settings` too; all of these if they are the first.
void keep_common(const std::vector<UnreadSetting> &settings, const bool first, std::vector<UnreadSetting> &common)
{
  if (first)
    common = settings;
  const auto is_read = [&](const UnreadSetting &known) {
    return std::none_of(settings.begin(), settings.end(),
                        [&](const UnreadSetting &setting) { return setting.path() == known.path(); });
  };
  common.erase(std::remove_if(common.begin(), common.end(), is_read), common.end());
}

/// Its mistakes are those of the line that names it.
ParameterFile read_base(const std::string &name, const MPI_Comm communicator)
{
  try
    {
      return ParameterFile::read(name, communicator);
    }
  catch (const InputError &error)
    {
      throw InputError(error.why, "Base file", error.what());
    }
}
} // namespace

Study::Study(const Registry &solvers, const ParameterFile &file, const MPI_Comm communicator)
  : registry(solvers)
  , study_name(file.name())
  , study(file)
  , world(communicator)
  , speaks(rank_of(communicator) == 0)
  , base(read_base(study.base_file, communicator))
  , plan(solvers, study, base)
  , store(study.output_directory)
{
  on_rank_0(world, "Output directory", [&]() { store.number(plan); });
  for (PlannedRun &run : plan.runs)
    MPI_Bcast(&run.number, 1, MPI_UNSIGNED, 0, world);
}

Study::~Study()
{
  if (group != MPI_COMM_NULL)
    MPI_Comm_free(&group);
}

std::string Study::size() const
{
  return std::to_string(plan.rows.size()) + (plan.rows.size() == 1 ? " row, " : " rows, ") + std::to_string(plan.runs.size()) +
         (plan.runs.size() == 1 ? " run" : " different runs");
}

void Study::make_groups()
{
  const unsigned int n_ranks = static_cast<unsigned int>(number_of_ranks(world));
  const unsigned int rank    = static_cast<unsigned int>(rank_of(world));
  const unsigned int ranks   = std::min(study.ranks_per_run, n_ranks);
  n_groups                   = n_ranks / ranks;
  group_index                = rank / ranks;
  MPI_Comm_split(world, group_index < n_groups ? static_cast<int>(group_index) : MPI_UNDEFINED, 0, &group);
}

void Study::validate()
{
  make_groups();
  check_runs(true);
}

void Study::prepare(const bool retry_failed)
{
  if (static_cast<unsigned int>(number_of_ranks(world)) < study.ranks_per_run)
    throw InputError(Refusal::out_of_range, "Ranks per run",
                     "a run takes " + std::to_string(study.ranks_per_run) + " ranks, but there are only " +
                       std::to_string(number_of_ranks(world)) + ". Start rhoflow-study on more.");
  make_groups();
  check_runs(retry_failed);
}

void Study::check_runs(const bool all)
{
  Outcome                    mine;
  std::vector<UnreadSetting> unread; // by all runs so far that this group looked at
  int                        n_checked = 0;
  Refusal                    why       = Refusal::unsupported; // unless an input error says more
  for (std::size_t i = group_index; group != MPI_COMM_NULL && i < plan.runs.size() && mine.status == exit_success;
       i += n_groups)
    {
      bool over = false;
      if (rank_of(group) == 0)
        {
          const RunState::Kind kind = store.state(plan.runs[i]).kind;
          over                      = kind == RunState::Kind::done || kind == RunState::Kind::failed;
        }
      if (mpi::broadcast(group, over) && !all)
        continue;
      const ParameterFile file = parameter_file_of(base, plan.runs[i], store.run_directory(plan.runs[i]));
      mine                     = attempt(
                            group,
                            [&]() {
          SingleRun run(registry, file);
          Progress  silent(false);
          run.prepare(group, silent);
          keep_common(run.unread(), n_checked++ == 0, unread);
        },
                            [&](const InputError &error) {
          why = error.why;
          return file.describe(error);
        },
                            [&](const Outcome &outcome) {
          std::fprintf(stderr, "%s\n", outcome.message.c_str());
          MPI_Abort(world, outcome.status);
        });
      if (mine.status != exit_success)
        {
          mine.message += "\n(" + plan.runs[i].label + "; no run was begun.)";
          why = static_cast<Refusal>(mpi::broadcast(group, static_cast<int>(why), static_cast<unsigned int>(mine.rank)));
        }
    }
  // The first group that has something to complain about speaks for all.
  const auto statuses = mpi::all_gather(world, mine.status);
  const auto messages = mpi::all_gather(world, mine.message);
  const auto reasons  = mpi::all_gather(world, static_cast<int>(why));
  for (std::size_t rank = 0; rank < statuses.size(); ++rank)
    if (statuses[rank] == exit_run_error)
      throw RunError(messages[rank]);
    else if (statuses[rank] != exit_success)
      throw InputError(static_cast<Refusal>(reasons[rank]), "", messages[rank]);
  warn_of_unread(unread, n_checked > 0);
}

void Study::warn_of_unread(std::vector<UnreadSetting> unread, const bool checked) const
{
  // Where one run reads a parameter, others may have it from the same base file.
  std::vector<std::string> paths;
  for (const UnreadSetting &setting : unread)
    paths.push_back(setting.path());
  const auto of_ranks = mpi::all_gather(world, paths);
  const auto have_any = mpi::all_gather(world, checked ? 1 : 0);
  for (std::size_t rank = 0; rank < of_ranks.size(); ++rank)
    if (have_any[rank] != 0)
      unread.erase(std::remove_if(unread.begin(), unread.end(),
                                  [&](const UnreadSetting &setting) {
                                    return std::count(of_ranks[rank].begin(), of_ranks[rank].end(), setting.path()) == 0;
                                  }),
                   unread.end());
  Progress progress(speaks);
  for (const std::string &warning : warnings_of(unread))
    progress.warning(warning);
}

void Study::list() const
{
  if (!speaks)
    return;
  std::printf("%s\n", (store.root() + ": " + size()).c_str());
  for (const PlannedRun &run : plan.runs)
    {
      RunState state = store.state(run);
      std::printf("%04u  %s\n      %s\n", run.number, run.label.c_str(), state.text().c_str());
    }
}

std::string Study::execute(const bool retry_failed)
{
  on_rank_0(world, "Output directory", [&]() {
    store.open(plan, retry_failed);
    const std::filesystem::path copy = std::filesystem::path(study_name).filename();
    std::error_code             same;
    if (!std::filesystem::equivalent(study_name, std::filesystem::path(store.root()) / copy, same))
      std::filesystem::copy_file(study_name, std::filesystem::path(store.root()) / copy,
                                 std::filesystem::copy_options::overwrite_existing);
    n_waiting = static_cast<unsigned int>(std::count_if(plan.runs.begin(), plan.runs.end(), [&](const PlannedRun &run) {
      return store.state(run).kind == RunState::Kind::waiting;
    }));
  });
  n_waiting = mpi::broadcast(world, n_waiting);

  Progress progress(speaks);
  progress.heading(name());
  progress.line(size() + ", " + std::to_string(n_waiting) + " to do, on " + std::to_string(n_groups) + " x " +
                std::to_string(study.ranks_per_run) + (n_groups * study.ranks_per_run == 1 ? " rank" : " ranks") +
                ", results in " + store.root());
  if (const unsigned int idle = static_cast<unsigned int>(number_of_ranks(world)) - n_groups * study.ranks_per_run; idle > 0)
    progress.warning(std::to_string(idle) + " of the ranks have nothing to do: their number is no multiple of " +
                     std::to_string(study.ranks_per_run) + ".");
  StopRequests requests(store.root() + "/stop", store.root() + "/claims/stop");
  do_runs(requests);
  wait_for_all(requests);

  std::string  complaints;
  unsigned int n_left = 0;
  on_rank_0(world, "Output directory", [&]() {
    requests.remove_files(); // the next call should not stop at once
    n_left = static_cast<unsigned int>(std::count_if(plan.runs.begin(), plan.runs.end(), [&](const PlannedRun &run) {
      return store.state(run).kind == RunState::Kind::waiting;
    }));
    StudyTables tables(study, plan, store);
    tables.update();
    write_tables(tables);
    progress.line("");
    for (const std::string &line : tables.readable())
      progress.line(line);
    if (const unsigned int n_over = n_waiting - n_left; n_over > 0)
      progress.line("\n" + std::to_string(n_over) + (n_over == 1 ? " run in " : " runs in ") + duration(MPI_Wtime() - start));
    fit_rows   = tables.fit_rows();
    complaints = tables.complaints();
  });
  n_left = mpi::broadcast(world, n_left);
  if (n_left > 0)
    throw StoppedOnRequest(store.root() + ": stopped on request with " + std::to_string(n_left) + " of " +
                           std::to_string(plan.runs.size()) +
                           " runs left; those that were begun have kept their states. Call the same command again to go on.");
  return mpi::broadcast(world, complaints);
}

bool Study::is_to_end(const StopRequests &requests) const
{
  const bool looks = rank_of(group) == 0;
  const bool asked = !all_agree(!(requests.asks_for_end() || (looks && requests.has_file())), group);
  if (asked && looks)
    requests.forward();
  return asked;
}

void Study::do_runs(StopRequests &requests)
{
  start = MPI_Wtime();
  if (group == MPI_COMM_NULL)
    return;
  StudyTables tables(study, plan, store);
  // What was interrupted comes last: if it was the run itself that ended the program, the others are done nevertheless.
  for (const bool interrupted : {false, true})
    for (std::size_t next = 0;; ++next)
      {
        if (is_to_end(requests))
          return;
        next = take_run(next, interrupted);
        if (next == plan.runs.size())
          break;
        do_run(plan.runs[next], tables, interrupted, requests);
      }
}

std::size_t Study::take_run(std::size_t next, const bool interrupted) const
{
  on_rank_0(group, "Output directory", [&]() {
    for (; next < plan.runs.size(); ++next)
      {
        const PlannedRun &run   = plan.runs[next];
        const RunState    state = store.state(run);
        if (state.kind == RunState::Kind::waiting && state.message.empty() != interrupted && store.claim(run))
          {
            if (!interrupted)
              clear(run);
            store.set_state(run, {RunState::Kind::running, ""});
            return;
          }
      }
  });
  return mpi::broadcast(group, next);
}

void Study::clear(const PlannedRun &run) const
{
  if (const std::string aside = store.clear_run_directory(run); !aside.empty())
    say(run, "there were files in its directory that are not its own; they are in '" + aside + "' now");
}

bool Study::goes_on(const PlannedRun &run, SingleRun &single, const MPI_Comm communicator, Progress &progress,
                    StopRequests &requests) const
{
  const std::string           directory = store.run_directory(run);
  const std::filesystem::path states    = std::filesystem::path(directory) / "checkpoints";
  bool                        has_state = false;
  if (rank_of(communicator) == 0)
    {
      std::error_code ignored;
      has_state = std::filesystem::exists(states, ignored);
    }
  if (!mpi::broadcast(communicator, has_state))
    return false;
  try
    {
      single.resume(directory, communicator, progress, {"rhoflow", "--resume", directory}, &requests);
      return true;
    }
  catch (const InputError &error)
    {
      // All ranks find the same in a checkpoint; what has a parameter is a complaint of the run itself.
      if (!error.parameter.empty())
        throw;
      if (rank_of(communicator) == 0)
        say(run, std::string("begun anew, since ") + error.what());
      return false;
    }
}

void Study::do_run(const PlannedRun &run, StudyTables &tables, const bool interrupted, StopRequests &requests)
{
  const bool          leads = rank_of(group) == 0;
  const ParameterFile file  = parameter_file_of(base, run, store.run_directory(run));
  // What to type in order to have this run alone.
  std::vector<std::string> command = {"rhoflow", base.name()};
  for (const Change &change : run.changes)
    command.push_back(change.path + "=" + change.value);
  command.push_back("Output directory=" + store.run_directory(run));

  // A communicator for this run alone: a failure may leave half a collective call behind on it.
  MPI_Comm own;
  MPI_Comm_dup(group, &own);
  const double             begin = MPI_Wtime();
  std::optional<SingleRun> single;
  const Outcome            outcome = attempt(
               group,
               [&]() {
      if (interrupted)
        {
          Progress progress(leads, false);
          if (goes_on(run, single.emplace(registry, file), own, progress, requests))
            return;
          single.reset();
          on_rank_0(own, "Output directory", [&]() { clear(run); });
        }
      Progress progress(leads, false);
      single.emplace(registry, file).execute(own, progress, command, &requests);
    },
               [&](const InputError &error) { return file.describe(error); },
               [&](const Outcome &failure) {
      // The other ranks of the group will never come: the whole job must end, and this run is not tried again.
      store.set_state(run, {RunState::Kind::failed, failure.message});
      if (single)
        single->conclude(failure);
      std::fprintf(stderr,
                              "Run %04u (%s) failed on one of its ranks while the others wait for it, which ends all runs. Call the same "
                                         "command again for the rest.\n%s\n",
                              run.number, run.label.c_str(), failure.message.c_str());
      std::fflush(stderr);
      MPI_Abort(world, failure.status);
    });
  if (single && leads)
    single->conclude(outcome);
  single.reset();
  MPI_Comm_free(&own);
  if (!leads)
    return;
  RunState state{RunState::Kind::done, ""};
  if (outcome.status == exit_stopped)
    {
      store.set_state(run, {RunState::Kind::waiting, "interrupted"});
      say(run, "stopped, and its state is kept");
      return;
    }
  if (outcome.status != exit_success)
    state = {RunState::Kind::failed, outcome.message};
  store.set_state(run, state);
  report(run, state, MPI_Wtime() - begin);
  tables.update();
  write_tables(tables);
  // Said as soon as it is known, and not only after hours of runs.
  if (const std::string missing = tables.missing_results(); speaks && !missing.empty() && !warned)
    {
      std::fputs(
        ("Results cannot be computed (the runs are kept, and other results take no new ones):" + missing + "\n").c_str(),
        stdout);
      std::fflush(stdout);
      warned = true;
    }
}

void Study::say(const PlannedRun &run, const std::string &text)
{
  char name[32];
  std::snprintf(name, sizeof(name), "run %04u, ", run.number);
  std::fputs((name + run.label + ": " + text + "\n").c_str(), stdout);
  std::fflush(stdout);
}

void Study::report(const PlannedRun &run, const RunState &state, const double seconds) const
{
  const unsigned int finished = store.count_finished(run);
  const double       elapsed  = MPI_Wtime() - start;
  char               beginning[64];
  std::snprintf(beginning, sizeof(beginning), "%u of %u: run %04u, ", finished, n_waiting, run.number);
  std::string text = beginning + run.label + ": " + state.text() + " (" + duration(seconds);
  if (finished < n_waiting)
    text += ", " + duration(elapsed * (n_waiting - finished) / finished) + " left";
  // One call, so that the lines of several groups do not mix.
  text += ")\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void Study::write_tables(StudyTables &tables) const
{
  store.write("study.csv", tables.study_csv());
  if (!study.fits.empty())
    store.write("fits.csv", tables.fits_csv());
}

void Study::wait_for_all(const StopRequests &requests) const
{
  MPI_Request arrival;
  MPI_Ibarrier(world, &arrival);
  int everybody = 0;
  for (bool told = false; everybody == 0;)
    {
      MPI_Test(&arrival, &everybody, MPI_STATUS_IGNORE);
      if (everybody != 0)
        break;
      if (!told && requests.asks_for_end())
        {
          requests.forward();
          told = true;
        }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  MPI_Barrier(world); // from here on nobody makes the file again
}
} // namespace rhoflow
