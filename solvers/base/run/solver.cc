#include <solvers/base/error.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>

namespace rhoflow
{
const SolverEntry &solver_named(const std::vector<SolverEntry> &solvers, const std::string &name)
{
  std::vector<std::string> names;
  for (const SolverEntry &entry : solvers)
    {
      if (entry.name == name)
        return entry;
      names.push_back(entry.name);
    }
  throw InputError("Solver", "unknown solver '" + name + "'." + did_you_mean(name, names) +
                               " Valid names: " + listed_in_quotes(names) + ".");
}
} // namespace rhoflow
