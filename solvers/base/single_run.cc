#include <solvers/base/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/single_run.h>
#include <solvers/base/solver.h>

#include <deal.II/base/parameter_handler.h>

#include <filesystem>

namespace rhoflow
{
SingleRun::SingleRun(const ParameterFile &file)
  : file_name(file.name())
  , handler(std::make_unique<dealii::ParameterHandler>())
{
  declare_all_parameters(*handler);
  file.apply(*handler);
  run_parameters.parse(*handler);
  if (run_parameters.output_directory.empty())
    run_parameters.output_directory = "runs/" + std::filesystem::path(file_name).stem().string();
}

SingleRun::~SingleRun() = default;

void SingleRun::prepare(const MPI_Comm communicator)
{
  solver = solver_named(registered_solvers(), run_parameters.solver).make();
  solver->prepare(*handler, communicator);
}

void SingleRun::execute(const MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line)
{
  // Twice, since preparing the solver may take a while and a refusal should not come after it.
  RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator);
  prepare(communicator);
  const RunDirectory directory(run_parameters.output_directory, run_parameters.overwrite, communicator);
  directory.record(file_name, *handler, command_line);

  progress.record_to(directory.file("log.txt"));
  const int n_ranks = number_of_ranks(communicator);
  progress.heading(run_parameters.title.empty() ? file_name : run_parameters.title);
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + run_parameters.output_directory);
  solver->run({communicator, *handler, directory, progress});
  if (rank_of(communicator) == 0)
    progress.line("\nWritten to " + run_parameters.output_directory + ": " + directory.contents() +
                  "\nPictures and a report: rhoflow-plot " + run_parameters.output_directory);
}
} // namespace rhoflow
