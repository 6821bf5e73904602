#pragma once

#include <string>

namespace rhoflow
{
/// PETSc's options that nobody has read up to now, such as "-ksp_typo, -pc_typ", but for those that PETSc reads when it ends;
/// empty if there are none.
std::string unused_petsc_options();
} // namespace rhoflow
