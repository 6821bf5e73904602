#pragma once

#include <string>
#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
struct SolverEntry;

/// The manual of the parameters, generated from their declarations: the solvers with their descriptions, and of every parameter
/// name, default, range and description. Unless `only` is null: of this solver and the sections that it reads.
std::string parameter_manual(const dealii::ParameterHandler &parameters, const std::vector<SolverEntry> &solvers,
                             const SolverEntry *only);
} // namespace rhoflow
