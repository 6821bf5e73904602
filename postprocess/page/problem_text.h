#pragma once

#include <string>

namespace rhoflow
{
struct RunRecord;

/// What a run solved, as HTML: the equation in words and in symbols for its solver, with the terms that its parameters switch
/// on (weight decay λ, inverse temperature β, a landscape instead of a network, a density over a radius), then a table of
/// network, data, target, initial law and finite networks with the values of the parameters.
std::string problem_text(const RunRecord &record);
} // namespace rhoflow
