#include <solvers/base/error.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/spelling.h>

namespace rhoflow
{
const SolverEntry &solver_named(const std::vector<SolverEntry> &solvers, const std::string &name)
{
  std::vector<std::string> names;
  std::string              list;
  for (const SolverEntry &entry : solvers)
    {
      if (entry.name == name)
        return entry;
      names.push_back(entry.name);
      list += (list.empty() ? "'" : ", '") + entry.name + "'";
    }
  const std::string nearest = nearest_spelling(name, names);
  throw InputError("Solver", "unknown solver '" + name + "'." + (nearest.empty() ? "" : " Did you mean '" + nearest + "'?") +
                               " Valid names: " + list + ".");
}
} // namespace rhoflow
