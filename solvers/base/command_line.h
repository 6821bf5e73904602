#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// What the user asked for.
struct CommandLine
{
  enum class Action
  {
    run,
    validate,
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
