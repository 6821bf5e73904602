#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// Versions of this program and of what it was built with: rhoflow (with the git revision), deal.II, PETSc, p4est, MPI,
/// the instruction set of the kernels that run, compiler. Printed by `--version` and kept in `provenance.json`.
std::vector<std::pair<std::string, std::string>> version_information();
} // namespace rhoflow
