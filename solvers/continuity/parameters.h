#pragma once

#include <string>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Discontinuous Galerkin", and what "Domain" says about mass at the sides.
struct ContinuityParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        parse(dealii::ParameterHandler &prm);

  unsigned int degree = 2;
  std::string  time_stepping; ///< a name of RungeKutta::names()
  double       cfl               = 0.85;
  double       maximum_time_step = 1.;
  bool         limit             = false;
  double       boundary_warning  = 1e-6; ///< mass in the cells at the sides
  double       boundary_limit    = 1e-2;
};
} // namespace rhoflow
