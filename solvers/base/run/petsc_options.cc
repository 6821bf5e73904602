#include <solvers/base/run/petsc_options.h>

#include <petscsys.h>

#include <algorithm>
#include <vector>

namespace rhoflow
{
std::string unused_petsc_options()
{
  const std::vector<std::string> read_at_end{"log", "options", "malloc", "memory", "objects", "mpidump", "get_total_flops"};
  PetscInt                       n      = 0;
  char                         **names  = nullptr;
  char                         **values = nullptr;
  std::string                    list;
  PetscBool                      is_there = PETSC_FALSE;
  PetscInitialized(&is_there);
  if (is_there == PETSC_FALSE || PetscOptionsLeftGet(nullptr, &n, &names, &values) != 0)
    return list;
  for (PetscInt i = 0; i < n; ++i)
    {
      const std::string name = names[i];
      if (std::none_of(read_at_end.begin(), read_at_end.end(),
                       [&](const std::string &beginning) { return name.rfind(beginning, 0) == 0; }))
        list += (list.empty() ? "-" : ", -") + name;
    }
  PetscOptionsLeftRestore(nullptr, &n, &names, &values);
  return list;
}
} // namespace rhoflow
