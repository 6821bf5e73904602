#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The arguments of a program: its own, and behind "--" those of PETSc.
struct ProgramArguments
{
  ProgramArguments(int argc, char **argv);

  std::vector<std::string> own;   ///< without the program's name
  std::vector<std::string> full;  ///< all, with the program's name
  std::vector<char *>      petsc; ///< the program's name, what PETSc sees, and a null pointer
};

/// What the user asked for.
struct CommandLine
{
  enum class Action
  {
    run,
    validate,
    resume,
    distance,
    manual,
    version,
    help
  };

  /// `arguments`: without the program's name and without what stands behind "--". Throws InputError.
  static CommandLine parse(const std::vector<std::string> &arguments);

  /// The text of --help.
  static const char *usage();

  Action                   action = Action::run;
  std::string              parameter_file;
  std::vector<std::string> changes; ///< "Section/Name=value"
  std::vector<std::string> runs;    ///< of --distance: the two run directories
  std::string              solver;  ///< of --print-parameters; empty: all
};
} // namespace rhoflow
