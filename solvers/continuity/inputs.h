#pragma once

#include <solvers/common_noise/parameters.h>
#include <solvers/continuity/parameters.h>
#include <solvers/evolution/inputs.h>

namespace rhoflow
{
/// Everything that defines a run of the continuity equation.
struct ContinuityInputs : EvolutionInputs
{
  ContinuityParameters  scheme;
  CommonNoiseParameters noise;
  double                radial_power = 0.;    ///< κ of the weight r^κ of the last coordinate
  bool                  alignment    = false; ///< write ∫ a s ρ

protected:
  bool can_extend_box() const override { return true; }
};
} // namespace rhoflow
