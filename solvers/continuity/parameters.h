#pragma once

#include <optional>
#include <string>

#include <solvers/discretization/boundary_mass.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Discontinuous Galerkin", and what "Domain" says about mass at the sides.
struct ContinuityParameters : BoundaryMassParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  unsigned int degree            = 2;           ///< set by parse()
  std::string  time_stepping     = "SSP(10,4)"; ///< a name of RungeKutta::names()
  double       cfl               = 0.85;
  double       maximum_time_step = 1.;
  double       largest_fall      = 0.;    ///< part of the excess risk that one step may take; 0: any; set by parse()
  bool         limit             = false; ///< the density stays positive in every stage

private:
  std::optional<unsigned int> given_degree;
  std::optional<double>       given_largest_fall;
};
} // namespace rhoflow
