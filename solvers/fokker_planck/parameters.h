#pragma once

#include <optional>

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
  /// Makes the choices that the file leaves to the program too: SDIRK2 with the error that section "Accuracy" asks for, unless
  /// a time step or cells are given; degree and Péclet number of automatic meshes. `dimension`: of the mesh; `may_rest`:
  /// whether the box may hold a density at rest.
  void parse(const dealii::ParameterHandler &prm, unsigned int dimension, bool may_rest = true);
  /// Replaces "automatic" in the handler by what was chosen.
  void record(dealii::ParameterHandler &prm) const;

  unsigned int  degree            = 2;                        ///< set by parse()
  Stepping      stepping          = Stepping::implicit_euler; ///< set by parse()
  double        time_step         = 0.01;                     ///< set by parse()
  double        maximum_time_step = 1e300;
  double        error_tolerance   = 1e-4; ///< of the density in one step, relative to its maximum; set by parse()
  StageSettings stage;
  double        peclet_limit     = 0.;   ///< cells with mass above it are refined; 0: never; set by parse()
  bool          find_equilibrium = true; ///< set by parse()
  bool          find_gap         = false;

private:
  std::optional<bool>         given_find_equilibrium;
  std::optional<Stepping>     given_stepping;
  std::optional<unsigned int> given_degree;
  std::optional<double>       given_time_step, given_error_tolerance, given_peclet_limit;
};
} // namespace rhoflow
