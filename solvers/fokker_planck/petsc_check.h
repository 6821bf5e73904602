#pragma once

#include <string>

#include <petscsys.h>

#include <solvers/base/error.h>

namespace rhoflow
{
/// Every call of PETSc or SLEPc goes through here. What they complain of is a matter of memory, or a mistake of ours: their own
/// message is on the terminal.
inline void petsc_check(PetscErrorCode code)
{
  if (code != 0)
    throw RunError("PETSc reports error " + std::to_string(static_cast<int>(code)) + " (its message is above).");
}
} // namespace rhoflow
