#include <solvers/base/error.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>

namespace rhoflow
{
const SolverEntry *Registry::find(const std::string &name) const
{
  for (const SolverEntry &entry : solvers)
    if (entry.name == name)
      return &entry;
  return nullptr;
}

const SolverEntry &Registry::solver(const std::string &name) const
{
  if (const SolverEntry *const entry = find(name))
    return *entry;
  std::vector<std::string> names;
  for (const SolverEntry &entry : solvers)
    names.push_back(entry.name);
  throw InputError(Refusal::unknown_name, "Solver",
                   "unknown solver '" + name + "'." + did_you_mean(name, names) + " Valid names: " + listed_in_quotes(names) +
                     ".");
}
} // namespace rhoflow
