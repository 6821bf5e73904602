#pragma once

#include <solvers/evolution/inputs.h>
#include <solvers/fokker_planck/parameters.h>

namespace rhoflow
{
/// Everything that defines a run of the Fokker–Planck equation.
struct FokkerPlanckInputs : EvolutionInputs
{
  FokkerPlanckParameters scheme;

  double beta() const { return parameters.inverse_temperature; }
};
} // namespace rhoflow
