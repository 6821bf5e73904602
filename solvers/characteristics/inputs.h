#pragma once

#include <solvers/characteristics/parameters.h>
#include <solvers/evolution/inputs.h>
#include <solvers/model/measure.h>

namespace rhoflow
{
/// Everything that defines a run by characteristics.
struct CharacteristicsInputs : EvolutionInputs
{
  CharacteristicsParameters scheme;
  bool                      exact_features = true; ///< else those of the box
  Measure                   law;                   ///< the points at t = 0, the same on every rank
};
} // namespace rhoflow
