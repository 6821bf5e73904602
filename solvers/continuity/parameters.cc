#include <solvers/continuity/parameters.h>

#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/discretization/dg/runge_kutta.h>
#include <solvers/discretization/line_basis.h>
#include <solvers/mean_field/accuracy.h>

#include <cmath>

namespace rhoflow
{
void ContinuityParameters::bind(ParameterBinding &p)
{
  p.section("Discontinuous Galerkin");
  p.add("Degree", given_degree, range(1, max_degree),
        "Polynomial degree k of the elements. automatic: 2 beside given 'Domain/Subdivisions', else 4.");
  p.add("Time stepping", time_stepping, text_choices(RungeKutta::names()),
        "Strong-stability-preserving Runge-Kutta method (stages, order).");
  p.add("CFL number", cfl, range(1e-6, 1.), "Time step as a part of the largest stable one for upwind fluxes of this degree.",
        may_change);
  p.add("Maximum time step", maximum_time_step, at_least(1e-12), "No time step is longer than this [time].", may_change);
  p.add(
    "Largest fall of the risk", given_largest_fall, range(0., 1e6),
    "Part of the excess risk by which it may fall in one step, since longer steps have errors of their own; 0: any. automatic: 0 "
    "beside given 'Domain/Subdivisions', else what section 'Accuracy' asks for.",
    may_change);
  p.add("Positivity", limit, Choices<bool>{{"on output", false}, {"every stage", true}},
        "on output: the evolution stays linear and the density is made positive where it is written, keeping mass and "
        "moments. every stage: a limiter keeps the density positive all the time, at a hundred times the error in the risk.");
  BoundaryMassParameters::bind(p);
}

void ContinuityParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<ContinuityParameters>(prm);
}

void ContinuityParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  // Measured on References A and D: on an adaptive mesh degree 4 needs the least time for a given accuracy.
  const bool automatic_mesh = parameter_value(prm, "Domain/Subdivisions") == automatic_text;
  degree                    = given_degree.value_or(automatic_mesh ? 4 : 2);
  // SSP(10,4) is off by 1e-5 where half of the risk is lost in one step, and by the fourth power of that part.
  constexpr double   part = 0.1;
  AccuracyParameters accuracy;
  read_parameters(accuracy, prm);
  largest_fall = given_largest_fall.value_or(automatic_mesh ? 0.5 * std::pow(part * accuracy.functionals / 1e-5, 0.25) : 0.);
  check();
}
} // namespace rhoflow
