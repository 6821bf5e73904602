#include <map>

#include <solvers/base/files/renamed_columns.h>

namespace rhoflow
{
std::string present_column_name(const std::string &name)
{
  static const std::map<std::string, std::string> renamed = {
    {"optimality certificate", "Frank-Wolfe gap"},
    {"effective modes", "effective dimension"},
    {"distance to equilibrium", "free-energy gap"},
    {"lower bound of the distance", "lower bound of the gap"},
    {"upper bound of the distance", "upper bound of the gap"},
    {"initial lower bound of the distance", "initial lower bound of the gap"},
    {"initial upper bound of the distance", "initial upper bound of the gap"}};
  const auto found = renamed.find(name);
  return found == renamed.end() ? name : found->second;
}

void rename_columns(std::vector<std::string> &columns)
{
  for (std::string &column : columns)
    column = present_column_name(column);
}
} // namespace rhoflow
