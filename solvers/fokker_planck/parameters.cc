#include <solvers/fokker_planck/parameters.h>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/discretization/line_basis.h>
#include <solvers/mean_field/accuracy.h>

namespace rhoflow
{
void FokkerPlanckParameters::bind(ParameterBinding &p)
{
  p.section("Fokker-Planck");
  p.add(
    "Degree", given_degree, range(1, max_degree),
    "Polynomial degree k of the continuous elements. automatic: 2 beside given 'Domain/Subdivisions' and in three dimensions, "
    "else 4.");
  p.add("Time stepping", given_stepping,
        Choices<std::optional<Stepping>>{{"automatic", std::nullopt},
                                         {"implicit Euler", Stepping::implicit_euler},
                                         {"SDIRK2", Stepping::sdirk2},
                                         {"semi-implicit Euler", Stepping::semi_implicit_euler},
                                         {"SSP(3,3)", Stepping::ssp33}},
        "implicit Euler: the potential at the new time; the free energy falls for every step size. SDIRK2: second order, "
        "L-stable, step sizes by an error estimate. semi-implicit Euler: the potential at the old time, one linear system a "
        "step; for short steps. SSP(3,3): explicit, third order, stable steps only. automatic: implicit Euler "
        "beside a given 'Time step' or given 'Domain/Subdivisions', else SDIRK2.");
  p.add("Time step", given_time_step, at_least(1e-300),
        "Time step; with SDIRK2 the first one, with SSP(3,3) the longest; automatic: 0.01 [time].", may_change);
  p.add("Maximum time step", maximum_time_step, at_least(1e-300), "No step of SDIRK2 is longer than this [time].");
  p.add("Error tolerance", given_error_tolerance, range(1e-14, 1.),
        "Error of the density that SDIRK2 may make in one step, relative to the density's maximum; automatic: 1e-4 "
        "beside given 'Domain/Subdivisions', else half of 'Accuracy/Functionals'.",
        may_change);
  p.add("Nonlinear solver", stage.newton, Choices<bool>{{"Anderson", false}, {"Newton", true}},
        "Iteration for the moments of an implicit step. Newton takes over where Anderson's fails.");
  p.add("Nonlinear tolerance", stage.tolerance, range(1e-15, 1.),
        "An implicit step is solved when the moments of its density and those that its potential was made from differ by "
        "less than this (Euclidean norm, relative to the larger of 1 and the norm of the target's moments).");
  p.add("Maximum nonlinear iterations", stage.max_iterations, range(1, 100000), "Iterations for one implicit equation.");
  p.add("Linear tolerance", stage.linear_tolerance, range(1e-15, 1e-2),
        "Residual of a linear system, relative to its right side.");
  p.add("Refined Peclet number", given_peclet_limit, at_least(0.),
        "With 'Refinement/Adaptive', cells that hold more mass than the tolerance of section 'Refinement' are refined also "
        "where beta times the potential varies by more than this over the cell; 2 to 4 times the degree is sensible. 0: by "
        "the density alone. automatic: 0 beside given 'Domain/Subdivisions', else the degree.");
  p.add(
    "Find equilibrium", given_find_equilibrium,
    Choices<std::optional<bool>>{{"automatic", std::nullopt}, {"true", true}, {"false", false}},
    "Find the Boltzmann density at which the density comes to rest, for the distance to it and the lower bound. automatic: unless "
    "no box was found that holds it.");
  p.add("Find spectral gap", find_gap,
        "At the end compute the rates at which small perturbations of the equilibrium decay (relaxation.csv).");
  BoundaryMassParameters::bind(p);
}

void FokkerPlanckParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<FokkerPlanckParameters>(prm);
}

void FokkerPlanckParameters::parse(const dealii::ParameterHandler &prm, const unsigned int dimension, const bool may_rest)
{
  read_parameters(*this, prm);
  AccuracyParameters accuracy;
  read_parameters(accuracy, prm);
  const bool given_cells = parameter_value(prm, "Domain/Subdivisions") != automatic_text;
  stepping        = given_stepping.value_or(given_cells || given_time_step ? Stepping::implicit_euler : Stepping::sdirk2);
  time_step       = given_time_step.value_or(time_step);
  error_tolerance = given_error_tolerance.value_or(given_cells ? error_tolerance : 0.5 * accuracy.functionals);
  // Measured in one and two dimensions: beyond a Péclet number of the degree the blended fluxes cost the order.
  degree           = given_degree.value_or(given_cells || dimension == 3 ? 2 : 4);
  peclet_limit     = given_peclet_limit.value_or(given_cells ? 0. : degree);
  find_equilibrium = given_find_equilibrium.value_or(may_rest);
  check();
  if (find_gap && !find_equilibrium)
    throw InputError(Refusal::inconsistent, "Fokker-Planck/Find spectral gap",
                     "the gap is one of the equilibrium: set 'Find equilibrium' to true.");
}

void FokkerPlanckParameters::record(dealii::ParameterHandler &prm) const
{
  if (!given_stepping)
    set_parameter_value(prm, "Fokker-Planck/Time stepping", stepping == Stepping::sdirk2 ? "SDIRK2" : "implicit Euler");
  set_parameter_value(prm, "Fokker-Planck/Find equilibrium", find_equilibrium ? "true" : "false");
  set_parameter_value(prm, "Fokker-Planck/Degree", std::to_string(degree));
  set_parameter_value(prm, "Fokker-Planck/Refined Peclet number", shortest_text(peclet_limit));
  set_parameter_value(prm, "Fokker-Planck/Time step", shortest_text(time_step));
  if (stepping == Stepping::sdirk2)
    set_parameter_value(prm, "Fokker-Planck/Error tolerance", shortest_text(error_tolerance));
}
} // namespace rhoflow
