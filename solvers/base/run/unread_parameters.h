#pragma once

#include <string>
#include <vector>

#include <solvers/base/parameters/unread.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterFile;
struct SolverEntry;

/// A parameter that the user gave another value than the default, and that the run does not read.
struct UnreadSetting
{
  std::string section, name;
  std::string where;  ///< "FILE:LINE" or "command line"
  std::string reason; ///< "with 'Solver = continuity'"

  std::string path() const { return section.empty() ? name : section + "/" + name; }
};

/// All of them. Values that are the default's say nothing: a parameters_used.prm has all parameters.
std::vector<UnreadSetting> unread_settings(const ParameterFile &file, dealii::ParameterHandler &parameters,
                                           const SolverEntry &solver);

/// A sentence for every section and reason.
std::vector<std::string> warnings_of(const std::vector<UnreadSetting> &settings);
} // namespace rhoflow
