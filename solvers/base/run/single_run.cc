#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/input_files.h>
#include <solvers/base/run/job.h>
#include <solvers/base/run/petsc_options.h>
#include <solvers/base/run/premises.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/single_run.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/unread_parameters.h>
#include <solvers/base/text.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rhoflow
{
namespace
{
/// Of a statistics.csv with the row of t = 0 at most.
constexpr std::ptrdiff_t lines_at_the_start = 2;

std::ptrdiff_t number_of_lines(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  return std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n');
}
} // namespace

SingleRun::SingleRun(const Registry &solvers, const ParameterFile &given)
  : registry(solvers)
  , file(std::make_unique<ParameterFile>(given))
  , file_name(given.name())
  , data_places{std::filesystem::path(file_name).parent_path().string()}
  , handler(std::make_unique<dealii::ParameterHandler>())
{
  catalogue = registry.declare(*handler);
  file->apply(*handler);
  run_parameters.parse(*handler);
  if (run_parameters.output_directory.empty())
    run_parameters.output_directory = "runs/" + name_of_parameter_file(file_name);
}

SingleRun::~SingleRun() = default;

void SingleRun::find_inputs(const MPI_Comm communicator, Progress &progress)
{
  std::string warning;
  inputs = agree_on_input_files(*handler, registry.input_files(*handler), data_places, communicator, warning);
  if (!warning.empty())
    progress.warning(warning);
}

void SingleRun::prepare(const MPI_Comm communicator, Progress &progress)
{
  find_inputs(communicator, progress);
  prepare_from_the_start(communicator, progress);
}

void SingleRun::prepare_from_the_start(const MPI_Comm communicator, Progress &progress)
{
  make_solver(communicator, progress);
  solver->check_start(communicator);
}

void SingleRun::make_solver(const MPI_Comm communicator, Progress &progress)
{
  solver = entry().make();
  solver->prepare(*handler, communicator, progress);
  // The record is for whoever runs it again from anywhere.
  const std::vector<std::string> parameters = registry.input_files(*handler);
  agree_on_large_files(inputs, parameters, communicator);
  for (std::size_t i = 0; i < std::min(inputs.size(), parameters.size()); ++i)
    set_parameter_value(*handler, parameters[i], inputs[i].path);
  for (const std::string &warning : warnings_of(unread()))
    progress.warning(warning);
  if (const std::string unused = unused_petsc_options(); !entry().uses_petsc && !unused.empty())
    progress.warning("options behind '--' have no effect with 'Solver = " + entry().name +
                     "', which does not use PETSc: " + unused + ".");
}

const SolverEntry &SingleRun::entry() const
{
  return registry.solver(run_parameters.solver);
}

std::vector<UnreadSetting> SingleRun::unread() const
{
  return unread_settings(*file, *handler, entry());
}

void SingleRun::execute(const MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
                        StopRequests *const requests)
{
  std::vector<std::string> paths; // of what must not be removed with the run that is replaced
  find_inputs(communicator, progress);
  for (const Provenance::InputFile &input : inputs)
    paths.push_back(input.path);
  // Twice, since preparing the solver may take a while and a refusal should not come after it.
  RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator, paths);
  prepare_from_the_start(communicator, progress);
  directory = std::make_unique<RunDirectory>(run_parameters.output_directory, run_parameters.overwrite, communicator, paths);
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
  checkpoints.set_premises(Premises(*handler, inputs).text());
  solve(checkpoints, progress);
}

void SingleRun::resume(const std::string &path, const MPI_Comm communicator, Progress &progress,
                       const std::vector<std::string> &command_line, StopRequests *const requests)
{
  auto earlier = std::make_unique<RunDirectory>(RunDirectory::of_earlier_run(path, communicator));
  // That of the file is where the run was begun, from which it may have been moved.
  run_parameters.output_directory = path;
  data_places.insert(data_places.begin(), earlier->parameter_directory());
  find_inputs(communicator, progress);
  Checkpoints    checkpoints(checkpoint_parameters(), *earlier, true, requests);
  const Premises before(*checkpoints.restart());
  before.take_choices(*handler);
  before.refuse_other_parameters(*handler, catalogue);
  make_solver(communicator, progress);
  before.refuse_other_files(inputs);
  checkpoints.set_premises(Premises(*handler, inputs).text());
  if (checkpoints.restart()->time() > run_parameters.end_time)
    throw InputError(Refusal::inconsistent, "End time",
                     "the run to go on with is at t = " + short_number(checkpoints.restart()->time(), 8) +
                       " already; choose an end time that is not before that.");

  // From here on the directory changes.
  has_begun = true;
  directory = std::move(earlier);
  progress.record_to(directory->file("log.txt"), true);
  const std::string warning = directory->record_again(*handler, checkpoints.restart()->time(), command_line, inputs);
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
      solver->run({directory->communicator(), *directory, progress, &checkpoints});
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
  if (const std::string unused = unused_petsc_options(); entry().uses_petsc && !unused.empty())
    progress.warning("nobody has read these options of PETSc behind '--': " + unused + ". Are they spelled correctly?");
  // Whoever counts this run as done, as a study does, will not do it again.
  if (!directory->make_durable())
    throw RunError("cannot make the results in '" + directory->path("") + "' durable: is the disk full?");
  if (rank_of(directory->communicator()) == 0)
    progress.line("\nWritten to " + run_parameters.output_directory + ": " + directory->contents() +
                  "\nPictures and a report: rhoflow-plot " + run_parameters.output_directory);
}

void SingleRun::conclude(const Outcome &outcome)
{
  if (!directory)
    return;
  if (outcome.status == exit_success)
    return directory->record_end(outcome.status, "finished");
  const bool is_refused = outcome.status == exit_input_error && !has_begun &&
                          number_of_lines(directory->path("statistics.csv")) <= lines_at_the_start;
  if (is_refused && rank_of(directory->communicator()) == 0 && directory->withdraw())
    return;
  const std::string text = outcome.status == exit_stopped ?
                             outcome.message :
                             "Error (exit status " + std::to_string(outcome.status) + "): " + outcome.message;
  std::ofstream(directory->file("log.txt"), std::ios::app) << ("\n" + text + "\n") << std::flush;
  directory->record_end(outcome.status, outcome.message);
}
} // namespace rhoflow
