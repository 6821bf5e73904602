#include <solvers/base/command_line.h>
#include <solvers/base/job.h>
#include <solvers/base/manual.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/base/version.h>
#include <solvers/comparison/run_distance.h>
#include <solvers/model/learning_problem.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <algorithm>
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
    , speaks(dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
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
        case CommandLine::Action::distance:
          return print(run_distance(request.runs[0], request.runs[1], communicator));
        case CommandLine::Action::validate:
          read(request);
          prepare();
          return print(file->name() + ": valid\n");
        case CommandLine::Action::run:
          read(request);
          return run();
      }
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
    declare_all_parameters(parameters);
    const auto &solvers = registered_solvers();
    print(parameter_manual(parameters, solvers, solver_name.empty() ? nullptr : &solver_named(solvers, solver_name)));
  }

  void read(const CommandLine &request)
  {
    file = ParameterFile::read(request.parameter_file, communicator);
    for (const std::string &change : request.changes)
      file->change(change);
    declare_all_parameters(parameters);
    file->apply(parameters);
    run_parameters.parse(parameters);
    if (run_parameters.output_directory.empty())
      run_parameters.output_directory = "runs/" + std::filesystem::path(file->name()).stem().string();
    ModelParameters::set_data_directory(std::filesystem::path(file->name()).parent_path().string());
  }

  void prepare()
  {
    solver = solver_named(registered_solvers(), run_parameters.solver).make();
    solver->prepare(parameters, communicator);
  }

  void run()
  {
    // Twice, since preparing the solver may take a while and a refusal should not come after it.
    RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator);
    prepare();
    const RunDirectory directory(run_parameters.output_directory, run_parameters.overwrite, communicator);
    directory.record(file->name(), parameters, command_line);

    Progress progress(speaks);
    progress.record_to(directory.file("log.txt"));
    const unsigned int n_ranks = dealii::Utilities::MPI::n_mpi_processes(communicator);
    progress.heading(run_parameters.title.empty() ? file->name() : run_parameters.title);
    progress.line("Solver " + run_parameters.solver + " on " + std::to_string(n_ranks) + (n_ranks == 1 ? " rank" : " ranks") +
                  ", results in " + run_parameters.output_directory);
    solver->run({communicator, parameters, directory, progress});
  }

  const MPI_Comm                 communicator = MPI_COMM_WORLD;
  const std::vector<std::string> arguments;
  const std::vector<std::string> command_line;
  const bool                     speaks;
  std::optional<ParameterFile>   file;
  dealii::ParameterHandler       parameters;
  RunParameters                  run_parameters;
  std::unique_ptr<Solver>        solver;
};
} // namespace

int main(int argc, char **argv)
{
  // PETSc sees only what stands behind "--".
  char **const        end       = argv + argc;
  char **const        first     = argv + std::min(1, argc);
  char **const        separator = std::find_if(first, end, [](const char *a) { return std::string(a) == "--"; });
  std::vector<char *> petsc_arguments(argv, first);
  if (separator != end)
    petsc_arguments.insert(petsc_arguments.end(), separator + 1, end);
  int n_petsc_arguments = static_cast<int>(petsc_arguments.size());
  petsc_arguments.push_back(nullptr);
  char **petsc_argv = petsc_arguments.data();

  dealii::Utilities::MPI::MPI_InitFinalize mpi(n_petsc_arguments, petsc_argv, 1);
  Program program(std::vector<std::string>(first, separator), std::vector<std::string>(argv, end));
  return run_job(
    MPI_COMM_WORLD, [&]() { program.execute(); }, [&](const InputError &e) { return program.describe(e); });
}
