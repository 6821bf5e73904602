#include <solvers/base/checkpoints.h>
#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/petsc_options.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/single_run.h>
#include <solvers/base/solver.h>

#include <deal.II/base/parameter_handler.h>

#include <filesystem>
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
} // namespace

SingleRun::SingleRun(const ParameterFile &given)
  : file(std::make_unique<ParameterFile>(given))
  , file_name(given.name())
  , handler(std::make_unique<dealii::ParameterHandler>())
{
  declare_all_parameters(*handler);
  file->apply(*handler);
  run_parameters.parse(*handler);
  if (run_parameters.output_directory.empty())
    run_parameters.output_directory = "runs/" + std::filesystem::path(file_name).stem().string();
}

SingleRun::~SingleRun() = default;

void SingleRun::prepare(const MPI_Comm communicator, Progress &progress)
{
  const SolverEntry &entry = solver_named(registered_solvers(), run_parameters.solver);
  solver                   = entry.make();
  solver->prepare(*handler, communicator, progress);
  for (const std::string &warning : warnings_of(unread()))
    progress.warning(warning);
  if (const std::string unused = unused_petsc_options(); !entry.uses_petsc && !unused.empty())
    progress.warning("options behind '--' have no effect with 'Solver = " + entry.name +
                     "', which does not use PETSc: " + unused + ".");
}

std::vector<UnreadSetting> SingleRun::unread() const
{
  return unread_settings(*file, *handler, solver_named(registered_solvers(), run_parameters.solver));
}

void SingleRun::execute(const MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
                        Requests *const requests)
{
  // Twice, since preparing the solver may take a while and a refusal should not come after it.
  RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator);
  prepare(communicator, progress);
  const RunDirectory directory(run_parameters.output_directory, run_parameters.overwrite, communicator);
  directory.record(file_name, *handler, command_line, input_files(*handler));

  progress.record_to(directory.file("log.txt"));
  const int n_ranks = number_of_ranks(communicator);
  progress.heading(run_parameters.title.empty() ? file_name : run_parameters.title);
  progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                ", results in " + run_parameters.output_directory);
  Checkpoints checkpoints(checkpoint_parameters(), directory, false, requests);
  solve(directory, checkpoints, progress);
}

void SingleRun::resume(const std::string &path, const MPI_Comm communicator, Progress &progress,
                       const std::vector<std::string> &command_line, Requests *const requests)
{
  const RunDirectory directory = RunDirectory::of_earlier_run(path, communicator);
  // That of the file is where the run was begun, from which it may have been moved.
  run_parameters.output_directory = path;
  refuse_other_physics(directory.path("parameters_used.prm"), *handler, communicator);
  prepare(communicator, progress);
  directory.refuse_other_inputs(input_files(*handler));
  Checkpoints checkpoints(checkpoint_parameters(), directory, true, requests);
  if (checkpoints.restart()->time() > run_parameters.end_time)
    throw InputError("End time", "the run to go on with is at t = " + short_number(checkpoints.restart()->time(), 8) +
                                   " already; choose an end time that is not before that.");

  // From here on the directory changes.
  progress.record_to(directory.file("log.txt"), true);
  const std::string warning = directory.record_again(*handler, checkpoints.restart()->time(), command_line);
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
  if (const std::string unused = unused_petsc_options();
      solver_named(registered_solvers(), run_parameters.solver).uses_petsc && !unused.empty())
    progress.warning("nobody has read these options of PETSc behind '--': " + unused + ". Are they spelled correctly?");
  // Whoever counts this run as done, as a study does, will not do it again.
  if (!directory.make_durable())
    throw RunError("cannot make the results in '" + directory.path("") + "' durable: is the disk full?");
  if (rank_of(directory.communicator()) == 0)
    progress.line("\nWritten to " + run_parameters.output_directory + ": " + directory.contents() +
                  "\nPictures and a report: rhoflow-plot " + run_parameters.output_directory);
}
} // namespace rhoflow
