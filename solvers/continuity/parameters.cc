#include <solvers/continuity/parameters.h>

#include <deal.II/base/parameter_handler.h>

#include <limits>

#include <solvers/base/error.h>
#include <solvers/discretization/dg/runge_kutta.h>
#include <solvers/discretization/line_basis.h>

namespace rhoflow
{
void ContinuityParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii::Patterns;
  std::string methods;
  for (const std::string &name : RungeKutta::names())
    methods += (methods.empty() ? "" : "|") + name;

  prm.enter_subsection("Discontinuous Galerkin");
  prm.declare_entry("Degree", "2", Integer(1, max_degree), "Polynomial degree k of the elements.");
  prm.declare_entry("Time stepping", "SSP(10,4)", Selection(methods),
                    "Strong-stability-preserving Runge-Kutta method (stages, order).");
  prm.declare_entry("CFL number", "0.85", Double(1e-6, 1.),
                    "Time step as a part of the largest stable one for upwind fluxes of this degree.");
  prm.declare_entry("Maximum time step", "1", Double(1e-12, std::numeric_limits<double>::max()),
                    "No time step is longer than this [time].");
  prm.declare_entry(
    "Positivity", "on output", Selection("on output|every stage"),
    "on output: the evolution stays linear and the density is made positive where it is written, keeping mass and "
    "moments. every stage: a limiter keeps the density positive all the time, at a hundred times the error in the "
    "risk.");
  prm.leave_subsection();

  prm.enter_subsection("Domain");
  prm.declare_entry("Boundary mass warning", "1e-6", Double(0., 1.),
                    "Warn when the cells at the sides of the box hold more than this [mass].");
  prm.declare_entry("Boundary mass limit", "1e-2", Double(0., 1.),
                    "Stop when the cells at the sides of the box hold more than this [mass].");
  prm.leave_subsection();
}

void ContinuityParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Discontinuous Galerkin");
  degree            = static_cast<unsigned int>(prm.get_integer("Degree"));
  time_stepping     = prm.get("Time stepping");
  cfl               = prm.get_double("CFL number");
  maximum_time_step = prm.get_double("Maximum time step");
  limit             = prm.get("Positivity") == "every stage";
  prm.leave_subsection();

  prm.enter_subsection("Domain");
  boundary_warning = prm.get_double("Boundary mass warning");
  boundary_limit   = prm.get_double("Boundary mass limit");
  prm.leave_subsection();
  if (boundary_limit < boundary_warning)
    throw InputError("Domain/Boundary mass limit", "the limit is below the mass that 'Boundary mass warning' warns of.");
}
} // namespace rhoflow
