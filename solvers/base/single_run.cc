#include <solvers/base/checkpoints.h>
#include <solvers/base/error.h>
#include <solvers/base/input_files.h>
#include <solvers/base/number.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/premises.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/single_run.h>
#include <solvers/base/solver.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <filesystem>

namespace rhoflow
{
SingleRun::SingleRun(const ParameterFile &file)
  : file_name(file.name())
  , data_places{std::filesystem::path(file_name).parent_path().string()}
  , handler(std::make_unique<dealii::ParameterHandler>())
{
  declare_all_parameters(*handler);
  file.apply(*handler);
  run_parameters.parse(*handler);
  if (run_parameters.output_directory.empty())
    run_parameters.output_directory = "runs/" + std::filesystem::path(file_name).stem().string();
}

SingleRun::~SingleRun() = default;

void SingleRun::find_inputs(const MPI_Comm communicator, Progress &progress)
{
  std::string warning;
  inputs = agree_on_input_files(*handler, input_file_parameters(*handler), data_places, communicator, warning);
  if (!warning.empty())
    progress.warning(warning);
}

void SingleRun::prepare(const MPI_Comm communicator, Progress &progress)
{
  find_inputs(communicator, progress);
  prepare_solver(communicator, progress);
}

void SingleRun::prepare_solver(const MPI_Comm communicator, Progress &progress)
{
  solver = solver_named(registered_solvers(), run_parameters.solver).make();
  solver->prepare(*handler, communicator, progress);
  // The record is for whoever runs it again from anywhere.
  const std::vector<std::string> parameters = input_file_parameters(*handler);
  agree_on_large_files(inputs, parameters, communicator);
  for (std::size_t i = 0; i < std::min(inputs.size(), parameters.size()); ++i)
    set_parameter_value(*handler, parameters[i], inputs[i].path);
}

void SingleRun::execute(const MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
                        Requests *const requests)
{
  // Twice, since preparing the solver may take a while and a refusal should not come after it.
  RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator);
  prepare(communicator, progress);
  const RunDirectory directory(run_parameters.output_directory, run_parameters.overwrite, communicator);
  directory.record(file_name, *handler, command_line, inputs);

  progress.record_to(directory.file("log.txt"));
  const int n_ranks = number_of_ranks(communicator);
  progress.heading(run_parameters.title.empty() ? file_name : run_parameters.title);
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + run_parameters.output_directory);
  Checkpoints checkpoints(checkpoint_parameters(), directory, false, requests);
  checkpoints.set_premises(Premises(*handler, inputs).text());
  solve(directory, checkpoints, progress);
}

void SingleRun::resume(const std::string &path, const MPI_Comm communicator, Progress &progress,
                       const std::vector<std::string> &command_line, Requests *const requests)
{
  const RunDirectory directory = RunDirectory::of_earlier_run(path, communicator);
  // That of the file is where the run was begun, from which it may have been moved.
  run_parameters.output_directory = path;
  data_places.insert(data_places.begin(), directory.parameter_directory());
  find_inputs(communicator, progress);
  Checkpoints    checkpoints(checkpoint_parameters(), directory, true, requests);
  const Premises before(*checkpoints.restart());
  before.refuse_other_parameters(*handler);
  prepare_solver(communicator, progress);
  before.refuse_other_files(inputs);
  checkpoints.set_premises(Premises(*handler, inputs).text());
  if (checkpoints.restart()->time() > run_parameters.end_time)
    throw InputError("End time", "the run to go on with is at t = " + short_number(checkpoints.restart()->time(), 8) +
                                   " already; choose an end time that is not before that.");

  // From here on the directory changes.
  progress.record_to(directory.file("log.txt"), true);
  const std::string warning = directory.record_again(*handler, checkpoints.restart()->time(), command_line, inputs);
  const int         n_ranks = number_of_ranks(communicator);
  progress.heading("\nGoing on: " + (run_parameters.title.empty() ? path : run_parameters.title));
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + path);
  for (const std::string &text : {checkpoints.complaint(), warning})
    if (!text.empty())
      progress.warning(text);
  solve(directory, checkpoints, progress);
}

CheckpointParameters SingleRun::checkpoint_parameters() const
{
  CheckpointParameters when;
  when.parse(*handler);
  return when;
}

void SingleRun::solve(const RunDirectory &directory, Checkpoints &checkpoints, Progress &progress)
{
  checkpoints.set_progress(progress);
  try
    {
      solver->run({directory.communicator(), *handler, directory, progress, &checkpoints});
    }
  catch (const RunError &error)
    {
      throw RunError(error.what() + checkpoints.advice());
    }
  // Whoever counts this run as done, as a study does, will not do it again.
  if (!directory.make_durable())
    throw RunError("cannot make the results in '" + directory.path("") + "' durable: is the disk full?");
  if (rank_of(directory.communicator()) == 0)
    progress.line("\nWritten to " + run_parameters.output_directory + ": " + directory.contents() +
                  "\nPictures and a report: rhoflow-plot " + run_parameters.output_directory);
}
} // namespace rhoflow
