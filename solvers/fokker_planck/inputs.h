#pragma once

#include <solvers/evolution/inputs.h>
#include <solvers/fokker_planck/parameters.h>

namespace rhoflow
{
/// Everything that defines a run of the Fokker–Planck equation.
struct FokkerPlanckInputs : EvolutionInputs
{
  FokkerPlanckParameters scheme;
  bool                   box_without_rest = false; ///< no density at rest was found for an automatic box

  double beta() const { return parameters.inverse_temperature; }

protected:
  /// Those of the equation without entropy, wider by what the noise adds, and those of the density at rest.
  DensityPlaces find_places() override;
};
} // namespace rhoflow
