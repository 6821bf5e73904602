#include <solvers/base/parameters/command_line.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/job.h>
#include <solvers/base/run/manual.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/single_run.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/stop_requests.h>
#include <solvers/base/run/version.h>
#include <solvers/comparison/run_distance.h>
#include <solvers/registry/registry.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <cstdio>
#include <filesystem>
#include <optional>

namespace
{
using namespace rhoflow;

class Program
{
public:
  Program(std::vector<std::string> given_arguments, std::vector<std::string> full_command_line)
    : arguments(std::move(given_arguments))
    , command_line(std::move(full_command_line))
    , speaks(rank_of(communicator) == 0)
  {}

  void execute()
  {
    const CommandLine request = CommandLine::parse(arguments);
    switch (request.action)
      {
        case CommandLine::Action::help:
          return print(CommandLine::usage());
        case CommandLine::Action::version:
          for (const auto &[name, version] : version_information())
            print(name + " " + version + "\n");
          return;
        case CommandLine::Action::manual:
          return print_manual(request.solver);
        case CommandLine::Action::resume:
          return resume(request);
        case CommandLine::Action::distance:
          return print(run_distance(request.runs[0], request.runs[1], communicator));
        case CommandLine::Action::validate:
          return validate(request);
        case CommandLine::Action::run:
          return run(request);
      }
  }

  void conclude(const Outcome &outcome)
  {
    if (single_run)
      single_run->conclude(outcome);
  }

  std::string describe(const InputError &error) const { return file ? file->describe(error) : error.what(); }

private:
  void print(const std::string &text) const
  {
    if (speaks)
      std::fputs(text.c_str(), stdout);
  }

  void print_manual(const std::string &solver_name)
  {
    dealii::ParameterHandler parameters;
    registry().declare(parameters);
    print(parameter_manual(parameters, registry().solvers, solver_name.empty() ? nullptr : &registry().solver(solver_name)));
  }

  void validate(const CommandLine &request)
  {
    read(request);
    Progress progress(speaks);
    single_run->prepare(communicator, progress);
    print(file->name() + ": valid\n");
  }

  void run(const CommandLine &request)
  {
    read(request);
    Progress progress(speaks);
    single_run->execute(communicator, progress, command_line);
  }

  void resume(CommandLine request)
  {
    const std::string directory = request.runs[0];
    request.parameter_file      = (std::filesystem::path(directory) / "parameters_used.prm").string();
    // With a message of its own if it is no run. The directory is not held, for the run will take it.
    RunDirectory::of_earlier_run(directory, communicator);
    read(request);
    Progress progress(speaks);
    single_run->resume(directory, communicator, progress, command_line);
  }

  void read(const CommandLine &request)
  {
    file = ParameterFile::read(request.parameter_file, communicator);
    for (const std::string &change : request.changes)
      file->change(change);
    single_run.emplace(registry(), *file);
  }

  const MPI_Comm                 communicator = MPI_COMM_WORLD;
  const std::vector<std::string> arguments;
  const std::vector<std::string> command_line;
  const bool                     speaks;
  std::optional<ParameterFile>   file;
  std::optional<SingleRun>       single_run;
};
} // namespace

int main(int argc, char **argv)
{
  ProgramArguments arguments(argc, argv);
  int              n_petsc_arguments = static_cast<int>(arguments.petsc.size()) - 1;
  char           **petsc_arguments   = arguments.petsc.data();

  dealii::Utilities::MPI::MPI_InitFinalize mpi(n_petsc_arguments, petsc_arguments, 1);
  StopRequests::restore_ignored();
  Program program(arguments.own, arguments.full);
  return run_job(
    MPI_COMM_WORLD, [&]() { program.execute(); }, [&](const InputError &e) { return program.describe(e); },
    [&](const Outcome &outcome) { program.conclude(outcome); });
}
