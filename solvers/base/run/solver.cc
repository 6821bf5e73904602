#include <solvers/base/error.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/spelling.h>

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
  std::string              list;
  for (const SolverEntry &entry : solvers)
    {
      names.push_back(entry.name);
      list += (list.empty() ? "'" : ", '") + entry.name + "'";
    }
  const std::string nearest = nearest_spelling(name, names);
  throw InputError("Solver", "unknown solver '" + name + "'." + (nearest.empty() ? "" : " Did you mean '" + nearest + "'?") +
                               " Valid names: " + list + ".");
}
} // namespace rhoflow
