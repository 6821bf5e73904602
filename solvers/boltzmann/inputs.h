#pragma once

#include <solvers/boltzmann/parameters.h>
#include <solvers/evolution/inputs.h>

namespace rhoflow
{
/// Everything that defines a Boltzmann density.
struct BoltzmannInputs : EvolutionInputs
{
  BoltzmannParameters scheme;

protected:
  DensityPlaces find_places() override;
};
} // namespace rhoflow
