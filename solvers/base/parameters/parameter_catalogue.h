#pragma once

#include <map>
#include <string>

namespace rhoflow
{
/// Whether a run that goes on from a checkpoint may have another value of a parameter than the run that made the checkpoint.
enum class OnResume
{
  must_stay,
  may_change ///< it says how the same problem is solved and shown
};
constexpr OnResume may_change = OnResume::may_change;

/// What the declarations of the parameters say beside that which a dealii::ParameterHandler holds.
class ParameterCatalogue
{
public:
  /// `path`: "Section/Name".
  void add(const std::string &path, const OnResume on_resume) { rules[path] = on_resume; }

  /// False for a path that is not declared.
  bool may_change(const std::string &path) const
  {
    const auto found = rules.find(path);
    return found != rules.end() && found->second == OnResume::may_change;
  }

private:
  std::map<std::string, OnResume> rules;
};
} // namespace rhoflow
