#include <solvers/base/checkpoints.h>
#include <solvers/base/error.h>
#include <solvers/base/job.h>
#include <solvers/base/number.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/single_run.h>
#include <solvers/base/solver.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace rhoflow
{
namespace
{
/// Whether a run may go on with another value of a parameter: those that say how the same problem is solved and shown.
bool may_change(const std::string &path)
{
  static const std::set<std::string> names{
    "Title", "Overwrite", "End time", "Output interval", "Output times", "Output directory", "Particles/Write particles",
    // Its contents are compared.
    "Data/CSV file",
    // What is advised when steps fail.
    "Discontinuous Galerkin/CFL number", "Discontinuous Galerkin/Maximum time step", "Fokker-Planck/Time step",
    "Fokker-Planck/Error tolerance", "Domain/Boundary mass limit", "Domain/Boundary mass warning"};
  return names.count(path) > 0 || path.rfind("Checkpoint/", 0) == 0 ||
         (path.rfind("Output/", 0) == 0 && path != "Output/Observables");
}

/// "1e-3" and "0.001" are the same.
bool same_value(const std::string &one, const std::string &other)
{
  double x, y;
  return one == other || (parse_number(one, x) && parse_number(other, y) && x == y);
}

/// Compares with what the file at `path`, the parameters_used.prm of the run, says without changes.
void refuse_other_physics(const std::string &path, const dealii::ParameterHandler &present, const MPI_Comm communicator)
{
  dealii::ParameterHandler before;
  declare_all_parameters(before);
  ParameterFile::read(path, communicator).apply(before);
  const auto then = current_values(before), now = current_values(present);
  for (const auto &[name, value] : now)
    if (const auto found = then.find(name); !may_change(name) && found != then.end() && !same_value(found->second, value))
      throw InputError(name, "the run was begun with '" + found->second +
                               "', and its state belongs to that: a run that goes on "
                               "may change the end time, the output and the "
                               "checkpoints only. For '" +
                               value + "' start a new run.");
}

/// Of a statistics.csv with the row of t = 0 at most.
constexpr std::ptrdiff_t lines_at_the_start = 2;

std::ptrdiff_t number_of_lines(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  return std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n');
}
} // namespace

SingleRun::SingleRun(const ParameterFile &file)
  : file_name(file.name())
  , handler(std::make_unique<dealii::ParameterHandler>())
{
  declare_all_parameters(*handler);
  file.apply(*handler);
  run_parameters.parse(*handler);
  if (run_parameters.output_directory.empty())
    run_parameters.output_directory = "runs/" + name_of_parameter_file(file_name);
}

SingleRun::~SingleRun() = default;

void SingleRun::prepare(const MPI_Comm communicator, Progress &progress)
{
  make_solver(communicator, progress);
  solver->check_start(communicator);
}

void SingleRun::make_solver(const MPI_Comm communicator, Progress &progress)
{
  solver = solver_named(registered_solvers(), run_parameters.solver).make();
  solver->prepare(*handler, communicator, progress);
}

void SingleRun::execute(const MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
                        Requests *const requests, const bool replace)
{
  const bool                     overwrite = run_parameters.overwrite || replace;
  const std::vector<std::string> inputs    = input_files(*handler);
  // Twice, since preparing the solver may take a while and a refusal should not come after it.
  RunDirectory::check(run_parameters.output_directory, overwrite, communicator, inputs);
  prepare(communicator, progress);
  directory = std::make_unique<RunDirectory>(run_parameters.output_directory, overwrite, communicator, inputs);
  directory->record(file_name, *handler, command_line, inputs);

  progress.record_to(directory->file("log.txt"));
  const int n_ranks = number_of_ranks(communicator);
  progress.heading(run_parameters.title.empty() ? file_name : run_parameters.title);
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + run_parameters.output_directory);
  if (!directory->removed().empty())
    progress.line(directory->removed());
  if (!directory->left().empty())
    progress.warning(directory->left());
  Checkpoints checkpoints(checkpoint_parameters(), *directory, false, requests);
  solve(checkpoints, progress);
}

void SingleRun::resume(const std::string &path, const MPI_Comm communicator, Progress &progress,
                       const std::vector<std::string> &command_line, Requests *const requests)
{
  auto earlier = std::make_unique<RunDirectory>(RunDirectory::of_earlier_run(path, communicator));
  // That of the file is where the run was begun, from which it may have been moved.
  run_parameters.output_directory = path;
  refuse_other_physics(earlier->path("parameters_used.prm"), *handler, communicator);
  make_solver(communicator, progress);
  earlier->refuse_other_inputs(input_files(*handler));
  Checkpoints checkpoints(checkpoint_parameters(), *earlier, true, requests);
  if (checkpoints.restart()->time() > run_parameters.end_time)
    throw InputError("End time", "the run to go on with is at t = " + short_number(checkpoints.restart()->time(), 8) +
                                   " already; choose an end time that is not before that.");

  // From here on the directory changes.
  has_begun = true;
  directory = std::move(earlier);
  progress.record_to(directory->file("log.txt"), true);
  const std::string warning = directory->record_again(*handler, checkpoints.restart()->time(), command_line);
  const int         n_ranks = number_of_ranks(communicator);
  progress.heading("\nGoing on: " + (run_parameters.title.empty() ? path : run_parameters.title));
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + path);
  for (const std::string &text : {checkpoints.complaint(), warning})
    if (!text.empty())
      progress.warning(text);
  solve(checkpoints, progress);
}

CheckpointParameters SingleRun::checkpoint_parameters() const
{
  CheckpointParameters when;
  when.parse(*handler);
  return when;
}

void SingleRun::solve(Checkpoints &checkpoints, Progress &progress)
{
  checkpoints.set_progress(progress);
  try
    {
      solver->run({directory->communicator(), *handler, *directory, progress, &checkpoints});
    }
  catch (const RunError &error)
    {
      throw RunError(error.what() + checkpoints.advice());
    }
  catch (const InputError &)
    {
      has_begun = has_begun || checkpoints.has_begun();
      throw;
    }
  // Whoever counts this run as done, as a study does, will not do it again.
  if (!directory->make_durable())
    throw RunError("cannot make the results in '" + directory->path("") + "' durable: is the disk full?");
  if (rank_of(directory->communicator()) == 0)
    progress.line("\nWritten to " + run_parameters.output_directory + ": " + directory->contents() +
                  "\nPictures and a report: rhoflow-plot " + run_parameters.output_directory);
}

void SingleRun::conclude(const Outcome &outcome)
{
  if (!directory || outcome.status == exit_success)
    return;
  const bool is_refused = outcome.status == exit_input_error && !has_begun &&
                          number_of_lines(directory->path("statistics.csv")) <= lines_at_the_start;
  if (is_refused && rank_of(directory->communicator()) == 0 && directory->withdraw())
    return;
  const std::string text = outcome.status == exit_stopped ?
                             outcome.message :
                             "Error (exit status " + std::to_string(outcome.status) + "): " + outcome.message;
  std::ofstream(directory->file("log.txt"), std::ios::app) << ("\n" + text + "\n") << std::flush;
}
} // namespace rhoflow
