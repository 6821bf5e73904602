#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/unread_parameters.h>
#include <solvers/base/text.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <map>

namespace rhoflow
{
namespace
{
bool covers(const std::string &rule, const std::string &path)
{
  return path == rule || path.rfind(rule + "/", 0) == 0;
}

bool is_default(const std::string &value, const std::string &default_value)
{
  double x, y;
  return value == default_value || (parse_number(value, x) && parse_number(default_value, y) && x == y);
}

/// Why a run does not read the parameter of that path; empty if it does.
std::string reason_for(const std::string &path, const SolverEntry &solver, const std::vector<Unread> &rules)
{
  const std::string with_solver = "with 'Solver = " + solver.name + "'";
  const std::string section     = path.substr(0, path.find('/'));
  if (path != section && section != "Checkpoint" && !solver.sections.empty() &&
      std::find(solver.sections.begin(), solver.sections.end(), section) == solver.sections.end())
    return with_solver;
  for (const Unread &rule : rules)
    if (covers(rule.path, path))
      return rule.why.empty() ? with_solver : rule.why;
  return "";
}
} // namespace

std::vector<UnreadSetting> unread_settings(const ParameterFile &file, dealii::ParameterHandler &parameters,
                                           const SolverEntry &solver)
{
  const std::vector<Unread>          rules = solver.unread ? solver.unread(parameters) : std::vector<Unread>();
  std::map<std::string, std::string> defaults;
  for (const DeclaredParameter &declared : declared_parameters(parameters))
    defaults[declared.path()] = declared.default_value;
  std::map<std::string, std::string> places; // the last one of several counts
  for (const auto &given : file.given())
    places[given.path()] = given.where;
  std::vector<UnreadSetting> settings;
  for (const auto &given : file.given())
    {
      const auto place = places.find(given.path());
      if (place == places.end() || is_default(parameter_value(parameters, given.path()), defaults[given.path()]))
        continue;
      if (const std::string reason = reason_for(given.path(), solver, rules); !reason.empty())
        settings.push_back({given.section, given.name, place->second, reason});
      places.erase(place);
    }
  return settings;
}

std::vector<std::string> warnings_of(const std::vector<UnreadSetting> &settings)
{
  std::vector<std::string> warnings;
  for (auto first = settings.begin(); first != settings.end(); ++first)
    {
      const auto alike = [&](const UnreadSetting &other) {
        return other.section == first->section && other.reason == first->reason;
      };
      if (std::any_of(settings.begin(), first, alike))
        continue;
      std::vector<std::string> names;
      for (auto setting = first; setting != settings.end(); ++setting)
        if (alike(*setting))
          names.push_back(setting->name);
      warnings.push_back(first->where + ": " + listed_in_quotes(names) +
                         (first->section.empty() ? "" : " in section '" + first->section + "'") +
                         (names.size() == 1 ? " has no effect " : " have no effect ") + first->reason + ".");
    }
  return warnings;
}
} // namespace rhoflow
