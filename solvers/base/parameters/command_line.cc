#include <solvers/base/error.h>
#include <solvers/base/parameters/command_line.h>
#include <solvers/base/spelling.h>

#include <algorithm>

namespace rhoflow
{
ProgramArguments::ProgramArguments(const int argc, char **argv)
  : full(argv, argv + argc)
{
  char **const end       = argv + argc;
  char **const first     = argv + std::min(1, argc);
  char **const separator = std::find_if(first, end, [](const char *a) { return std::string(a) == "--"; });
  own.assign(first, separator);
  petsc.assign(argv, first);
  if (separator != end)
    petsc.insert(petsc.end(), separator + 1, end);
  petsc.push_back(nullptr);
}

const char *CommandLine::usage()
{
  return R"(rhoflow: distributional dynamics of wide two-layer neural networks

  rhoflow FILE.prm [Section/Name=value ...] [-- PETSc options]
      Runs the parameter file; values given behind it replace those of the file.
      In parallel: mpirun -np N rhoflow FILE.prm ...
  rhoflow --validate FILE.prm [Section/Name=value ...]
      Checks the file and prepares the solver, without writing anything.
  rhoflow --resume RUN_DIR [Section/Name=value ...]
      Goes on with a run from its last checkpoint, on any number of ranks. The end time, the output and the checkpoints may be
      changed, the physics may not.
  rhoflow --distance RUN_A RUN_B
      How far two runs are apart at their common output times: a table, also in RUN_B/distances_to_<name of RUN_A>.csv
      (with more of RUN_A's path in the name if another run has taken that).
      A run stands for its density ('Comparison/Write measures = true') or, where it wrote none, for the networks in its
      particles.pvd; RUN:particles asks for these also beside a density.
  rhoflow --print-parameters [SOLVER]
      The manual: all solvers and parameters with defaults, ranges and units.
  rhoflow --version
  rhoflow --help

Exit status: 0 success, 2 something in the input is wrong, 3 the run went wrong, 4 stopped on request with the
state kept, 1 anything else.
)";
}

CommandLine CommandLine::parse(const std::vector<std::string> &arguments)
{
  CommandLine result;
  // Options may stand anywhere; what is left is positional.
  std::vector<std::string> positional;
  for (const std::string &argument : arguments)
    {
      if (argument.empty() || argument.front() != '-')
        {
          positional.push_back(argument);
          continue;
        }
      Action action = Action::help;
      if (argument == "--validate")
        action = Action::validate;
      else if (argument == "--resume")
        action = Action::resume;
      else if (argument == "--distance")
        action = Action::distance;
      else if (argument == "--print-parameters")
        action = Action::manual;
      else if (argument == "--version")
        action = Action::version;
      else if (argument != "--help" && argument != "-h")
        {
          const std::string hint = did_you_mean(
            argument, {"--help", "--version", "--print-parameters", "--validate", "--resume", "--distance"});
          throw InputError(Refusal::unknown_name, "",
                           "unknown option '" + argument + "'." +
                             (hint.empty() ? " Options of PETSc go behind '--'; rhoflow --help says more." : hint));
        }
      if (result.action != Action::run)
        throw InputError(Refusal::inconsistent, "",
                         "'" + argument + "' is one option too many: give one at a time; rhoflow --help says more.");
      result.action = action;
    }

  if (result.action == Action::help || result.action == Action::version)
    return result;
  if (result.action == Action::manual)
    {
      // A name of several words need not be quoted.
      for (const std::string &word : positional)
        result.solver += (result.solver.empty() ? "" : " ") + word;
      return result;
    }
  if (result.action == Action::distance)
    {
      if (positional.size() != 2)
        throw InputError(Refusal::malformed, "", "--distance takes two run directories: rhoflow --distance RUN_A RUN_B");
      result.runs = positional;
      return result;
    }
  if (result.action == Action::resume)
    {
      if (positional.empty() || positional.front().find('=') != std::string::npos)
        throw InputError(Refusal::missing, "",
                         "--resume takes the directory of a run: rhoflow --resume RUN_DIR [Section/Name=value ...]");
      result.runs.assign(1, positional.front());
      result.changes.assign(positional.begin() + 1, positional.end());
      return result;
    }
  if (positional.empty())
    throw InputError(Refusal::missing, "", std::string("the name of a parameter file is missing.\n\n") + usage());
  if (positional.front().find('=') != std::string::npos && positional.front().find(".prm") == std::string::npos)
    throw InputError(Refusal::malformed, "", "the parameter file comes first, before '" + positional.front() + "'.");
  result.parameter_file = positional.front();
  result.changes.assign(positional.begin() + 1, positional.end());
  return result;
}
} // namespace rhoflow
