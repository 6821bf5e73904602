#pragma once

#include <limits>
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

  static constexpr double infinite = std::numeric_limits<double>::infinity();

  unsigned int degree            = 2;           ///< set by parse()
  std::string  time_stepping     = "SSP(10,4)"; ///< a name of RungeKutta::names()
  double       cfl               = 0.85;
  double       maximum_time_step = 1.;       ///< set by parse()
  double       largest_fall      = infinite; ///< of the excess risk in one step, as a part of it; set by parse()
  bool         limit             = false;    ///< the density stays positive in every stage

private:
  std::optional<unsigned int> given_degree;
  std::optional<double>       given_maximum_time_step;
};
} // namespace rhoflow
