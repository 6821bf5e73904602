#include <solvers/base/job.h>
#include <solvers/base/manual.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/base/spelling.h>
#include <solvers/base/version.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

namespace
{
using namespace rhoflow;

const char *const usage = R"(rhoflow: distributional dynamics of wide two-layer neural networks

  rhoflow FILE.prm [Section/Name=value ...] [-- PETSc options]
      Runs the parameter file; values given behind it replace those of the file.
      In parallel: mpirun -np N rhoflow FILE.prm ...
  rhoflow --validate FILE.prm [Section/Name=value ...]
      Checks the file and prepares the solver, without writing anything.
  rhoflow --print-parameters [SOLVER]
      The manual: all solvers and parameters with defaults, ranges and units.
  rhoflow --version
  rhoflow --help

Exit status: 0 success, 2 something in the input is wrong, 3 the run went wrong, 1 anything else.
)";

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
    const std::string first = arguments.empty() ? "" : arguments.front();
    if (first == "--help" || first == "-h")
      print(usage);
    else if (first == "--version")
      for (const auto &[name, version] : version_information())
        print(name + " " + version + "\n");
    else if (first == "--print-parameters")
      print_manual();
    else if (first == "--validate")
      {
        prepare(1);
        print(file->name() + ": valid\n");
      }
    else
      run();
  }

  std::string describe(const InputError &error) const { return file ? file->describe(error) : error.what(); }

private:
  void print(const std::string &text) const
  {
    if (speaks)
      std::fputs(text.c_str(), stdout);
  }

  void print_manual()
  {
    declare_all_parameters(parameters);
    const SolverEntry *only = nullptr;
    if (arguments.size() > 1)
      only = &solver_named(registered_solvers(), arguments[1]);
    print(parameter_manual(parameters, registered_solvers(), only));
  }

  /// Reads the file that arguments[first] names and the changes behind it, and prepares the solver.
  void prepare(const std::size_t first, const bool will_write = false)
  {
    if (arguments.size() <= first)
      throw InputError("", "the name of a parameter file is missing.\n\n" + std::string(usage));
    for (const std::string &argument : arguments)
      if (argument.front() == '-' && argument != "--validate")
        {
          const std::string nearest = nearest_spelling(argument, {"--help", "--version", "--print-parameters", "--validate"});
          throw InputError("", "unknown option '" + argument + "'." +
                                 (nearest.empty() ? " Options of PETSc go behind '--'; rhoflow --help says more." :
                                                    " Did you mean '" + nearest + "'?"));
        }
    file = ParameterFile::read(arguments[first], communicator);
    for (std::size_t i = first + 1; i < arguments.size(); ++i)
      file->change(arguments[i]);

    declare_all_parameters(parameters);
    file->apply(parameters);
    run_parameters.parse(parameters);
    if (run_parameters.output_directory.empty())
      run_parameters.output_directory =
        (std::filesystem::path("runs") / std::filesystem::path(file->name()).stem()).string();
    const SolverEntry &entry = solver_named(registered_solvers(), run_parameters.solver);
    if (will_write)
      RunDirectory::check(run_parameters.output_directory, run_parameters.overwrite, communicator);
    solver = entry.make();
    solver->prepare(parameters, communicator);
  }

  void run()
  {
    prepare(0, true);
    const RunDirectory directory(run_parameters.output_directory, run_parameters.overwrite, communicator);
    directory.record(file->name(), parameters, command_line);

    Progress           progress(speaks);
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
  const std::vector<std::string> command_line(argv, argv + argc);
  char                         **separator = std::find_if(argv, argv + argc, [](const char *a) { return std::string(a) == "--"; });
  const std::vector<std::string> arguments(argv + std::min(1, argc), separator);
  std::vector<char *>            petsc_arguments(argv, argv + std::min(1, argc));
  if (separator != argv + argc)
    petsc_arguments.insert(petsc_arguments.end(), separator + 1, argv + argc);
  int n_petsc_arguments = static_cast<int>(petsc_arguments.size());
  petsc_arguments.push_back(nullptr);
  char **petsc_argv = petsc_arguments.data();

  dealii::Utilities::MPI::MPI_InitFinalize mpi(n_petsc_arguments, petsc_argv, 1);
  Program                                  program(arguments, command_line);
  return run_job(MPI_COMM_WORLD, [&]() { program.execute(); }, [&](const InputError &e) { return program.describe(e); });
}
