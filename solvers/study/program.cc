#include <solvers/base/parameters/command_line.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/job.h>
#include <solvers/base/run/petsc_options.h>
#include <solvers/base/run/stop_requests.h>
#include <solvers/base/run/version.h>
#include <solvers/base/spelling.h>
#include <solvers/study/program.h>
#include <solvers/study/series.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cstdio>

namespace rhoflow
{
namespace
{

const char *const usage = R"(rhoflow-study: many runs of rhoflow with other parameters each, and one table of what comes out

  rhoflow-study FILE.prm ... [Section/Name=value ...] [-- PETSc options]
      Does the runs of the study files that are not done yet, one file after the other, all of them checked before the first run
      begins; values given behind them replace those of each file. In parallel: mpirun -np N rhoflow-study FILE.prm ...
  rhoflow-study --retry-failed FILE.prm ...
      Does the runs that failed again as well.
  rhoflow-study --validate FILE.prm ...
      Checks the files and the parameters of every run, without writing anything.
  rhoflow-study --list FILE.prm ...
      The runs and how far they are.
  rhoflow-study --version
  rhoflow-study --help

solvers/study/README.md has the form of a study file. Exit status: 0 success, 2 something in the input is wrong, 3 runs failed or
results are missing (the others are done), 4 stopped by SIGTERM, Ctrl-C, a hang-up or a file `stop` in the directory of a study, with
the states of its runs kept (the same command goes on), 1 anything else.
)";

class Program
{
public:
  Program(const Registry &registry, std::vector<std::string> given_arguments)
    : arguments(std::move(given_arguments))
    , series(registry, MPI_COMM_WORLD)
  {}

  void execute()
  {
    parse();
    if (option == "--help")
      return print(usage);
    if (option == "--version")
      {
        for (const auto &[name, version] : version_information())
          print(name + " " + version + "\n");
        return;
      }
    series.read(names, changes);
    if (option == "--validate")
      series.validate();
    else if (option == "--list")
      series.list();
    else
      {
        series.execute(option == "--retry-failed");
        if (const std::string unused = unused_petsc_options(); !unused.empty())
          Progress(rank_of(MPI_COMM_WORLD) == 0)
            .warning("no run has read these options of PETSc behind '--': " + unused + ". Are they spelled correctly?");
      }
  }

  std::string describe(const InputError &error) const { return series.describe(error); }

private:
  void print(const std::string &text) const
  {
    if (rank_of(MPI_COMM_WORLD) == 0)
      std::fputs(text.c_str(), stdout);
  }

  /// Options may stand anywhere; what is left are changes, with a "=", and names of files.
  void parse()
  {
    const std::vector<std::string> options = {"--help", "--version", "--validate", "--list", "--retry-failed"};
    for (std::string argument : arguments)
      {
        if (argument.empty() || argument.front() != '-')
          {
            (argument.find('=') == std::string::npos ? names : changes).push_back(argument);
            continue;
          }
        if (argument == "-h")
          argument = "--help";
        if (std::find(options.begin(), options.end(), argument) == options.end())
          {
            const std::string hint = did_you_mean(argument, options);
            throw InputError(Refusal::unknown_name, "",
                             "unknown option '" + argument + "'." +
                               (hint.empty() ? " Options of PETSc go behind '--'; rhoflow-study --help says more." : hint));
          }
        if (!option.empty())
          throw InputError(Refusal::inconsistent, "",
                           "'" + argument + "' is one option too many: give one at a time; rhoflow-study --help says more.");
        option = argument;
      }
    if (names.empty() && option != "--help" && option != "--version")
      throw InputError(Refusal::missing, "", std::string("the name of a study file is missing.\n\n") + usage);
  }

  const std::vector<std::string> arguments;
  std::vector<std::string>       names, changes;
  std::string                    option;
  StudySeries                    series;
};
} // namespace

int study_program(const Registry &registry, int argc, char **argv)
{
  ProgramArguments arguments(argc, argv);
  int              n_petsc_arguments = static_cast<int>(arguments.petsc.size()) - 1;
  char           **petsc_arguments   = arguments.petsc.data();

  dealii::Utilities::MPI::MPI_InitFinalize mpi(n_petsc_arguments, petsc_arguments, 1);
  StopRequests::restore_ignored();
  Program program(registry, arguments.own);
  return run_job(
    MPI_COMM_WORLD, [&]() { program.execute(); }, [&](const InputError &e) { return program.describe(e); });
}
} // namespace rhoflow
