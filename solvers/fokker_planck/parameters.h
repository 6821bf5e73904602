#pragma once

#include <solvers/discretization/boundary_mass.h>
#include <solvers/fokker_planck/implicit_stage.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Fokker-Planck", and what "Domain" says about mass at the sides.
struct FokkerPlanckParameters : BoundaryMassParameters
{
  enum class Stepping
  {
    implicit_euler,      ///< Ψ at the new time: the free energy falls for every step size
    sdirk2,              ///< second order, L-stable, steps chosen by an error estimate
    semi_implicit_euler, ///< Ψ at the old time, the rest implicit: one linear system a step
    ssp33                ///< explicit, for comparison
  };

  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  unsigned int  degree            = 2;
  Stepping      stepping          = Stepping::implicit_euler;
  double        time_step         = 0.01;
  double        maximum_time_step = 1e300;
  double        error_tolerance   = 1e-4; ///< of the density in one step, relative to its maximum
  StageSettings stage;
  double        peclet_limit     = 0.; ///< cells with mass above it are refined; 0: never
  bool          find_equilibrium = true;
  bool          find_gap         = false;
};
} // namespace rhoflow
