#pragma once

#include <string>
#include <vector>

#include <solvers/base/parameters/parameter_file.h>

namespace rhoflow
{
/// A parameter as it was declared, with the description of its pattern.
struct Declaration
{
  DeclaredParameter parameter;
  std::string       pattern;
};

/// Everything that is declared in a handler, in the order of declaration.
std::vector<Declaration> declarations_of(const dealii::ParameterHandler &parameters);
} // namespace rhoflow
