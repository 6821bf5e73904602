#pragma once

#include <string>
#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterFile;
struct SolverEntry;

/// Parameters that a run does not read.
struct Unread
{
  std::string path; ///< "Section/Name", or "Section" for all of a section
  std::string why;  ///< completes "has no effect", such as "unless 'Compare with SGD = true'"; empty: the solver never reads it
};

/// Appends the rules of one list to another.
std::vector<Unread> operator+(std::vector<Unread> one, const std::vector<Unread> &other);

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
