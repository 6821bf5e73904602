#include <solvers/fokker_planck/parameters.h>

#include <deal.II/base/parameter_handler.h>

#include <limits>

#include <solvers/base/error.h>
#include <solvers/discretization/line_basis.h>

namespace rhoflow
{
void FokkerPlanckParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii::Patterns;
  const double unlimited = std::numeric_limits<double>::max();
  prm.enter_subsection("Fokker-Planck");
  prm.declare_entry("Degree", "2", Integer(1, max_degree), "Polynomial degree k of the continuous elements.");
  prm.declare_entry("Time stepping", "implicit Euler", Selection("implicit Euler|SDIRK2|semi-implicit Euler|SSP(3,3)"),
                    "implicit Euler: the potential at the new time; the free energy falls for every step size. SDIRK2: second "
                    "order, L-stable, step sizes by an error estimate. semi-implicit Euler: the potential at the old time, one "
                    "linear system a step; for short steps. SSP(3,3): explicit, third order, stable steps only.");
  prm.declare_entry("Time step", "0.01", Double(1e-300, unlimited),
                    "Time step; with SDIRK2 the first one, with SSP(3,3) the longest [time].");
  prm.declare_entry("Maximum time step", "1e300", Double(1e-300, unlimited), "No step of SDIRK2 is longer than this [time].");
  prm.declare_entry("Error tolerance", "1e-4", Double(1e-14, 1.),
                    "Error of the density that SDIRK2 may make in one step, relative to the density's maximum.");
  prm.declare_entry("Nonlinear solver", "Anderson", Selection("Anderson|Newton"),
                    "Iteration for the moments of an implicit step. Newton takes over where Anderson's fails.");
  prm.declare_entry(
    "Nonlinear tolerance", "1e-11", Double(1e-15, 1.),
    "An implicit step is solved when the moments of its density and those that its potential was made from differ "
    "by less than this (Euclidean norm, relative to the larger of 1 and the norm of the target's moments).");
  prm.declare_entry("Maximum nonlinear iterations", "100", Integer(1, 100000), "Iterations for one implicit equation.");
  prm.declare_entry("Linear tolerance", "1e-12", Double(1e-15, 1e-2),
                    "Residual of a linear system, relative to its right side.");
  prm.declare_entry(
    "Refined Peclet number", "0", Double(0., unlimited),
    "With 'Refinement/Adaptive', cells that hold more mass than the tolerance of section 'Refinement' are refined "
    "also where beta times the potential varies by more than this over the cell; 2 to 4 times the degree is "
    "sensible. 0: by the density alone.");
  prm.declare_entry(
    "Find equilibrium", "true", Bool(),
    "Find the Boltzmann density at which the density comes to rest, for the distance to it and the lower bound.");
  prm.declare_entry("Find spectral gap", "false", Bool(),
                    "At the end compute the rates at which small perturbations of the equilibrium decay (relaxation.csv).");
  prm.leave_subsection();
}

void FokkerPlanckParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Fokker-Planck");
  degree                 = static_cast<unsigned int>(prm.get_integer("Degree"));
  const std::string name = prm.get("Time stepping");
  stepping               = name == "implicit Euler"      ? Stepping::implicit_euler :
                           name == "SDIRK2"              ? Stepping::sdirk2 :
                           name == "semi-implicit Euler" ? Stepping::semi_implicit_euler :
                                                           Stepping::ssp33;
  time_step              = prm.get_double("Time step");
  maximum_time_step      = prm.get_double("Maximum time step");
  error_tolerance        = prm.get_double("Error tolerance");
  stage.newton           = prm.get("Nonlinear solver") == "Newton";
  stage.tolerance        = prm.get_double("Nonlinear tolerance");
  stage.most_iterations  = static_cast<unsigned int>(prm.get_integer("Maximum nonlinear iterations"));
  stage.linear_tolerance = prm.get_double("Linear tolerance");
  peclet_limit           = prm.get_double("Refined Peclet number");
  find_equilibrium       = prm.get_bool("Find equilibrium");
  find_gap               = prm.get_bool("Find spectral gap");
  prm.leave_subsection();

  prm.enter_subsection("Domain");
  boundary_warning = prm.get_double("Boundary mass warning");
  boundary_limit   = prm.get_double("Boundary mass limit");
  prm.leave_subsection();
  if (boundary_limit < boundary_warning)
    throw InputError("Domain/Boundary mass limit", "the limit is below the mass that 'Boundary mass warning' warns of.");
  if (find_gap && !find_equilibrium)
    throw InputError("Fokker-Planck/Find spectral gap", "the gap is one of the equilibrium: set 'Find equilibrium' to true.");
}
} // namespace rhoflow
