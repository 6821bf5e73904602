#include <solvers/single_neuron/solver.h>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/error.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
void SingleNeuronSolver::declare(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Single neuron");
  prm.declare_entry(
    "Radial weight", "0", dealii::Patterns::Double(0., 10000.),
    "Power kappa of the measure r^kappa da ds dr with respect to which the density is taken: 0 for the density of "
    "(a, s, r) itself, d-2 for the density on the full parameter space, 1 for the form in lecture notes.");
  prm.leave_subsection();
}

void SingleNeuronSolver::adjust(dealii::ParameterHandler &parameters)
{
  parameters.enter_subsection("Single neuron");
  inputs.radial_power = parameters.get_double("Radial weight");
  parameters.leave_subsection();
  const auto names = inputs.problem->parameter_names();
  if (names != std::vector<std::string>{"a", "s", "r"})
    throw InputError("Learning problem/Neuron",
                     "the solver 'single neuron' needs 'Neuron = single neuron'; for other neurons use "
                     "'Solver = continuity'.");
  inputs.alignment = true;
}

SolverEntry single_neuron_solver_entry()
{
  SolverTraits traits               = continuity_traits("discontinuous Galerkin elements on the reduced coordinates (a, s, r)");
  traits.radial_weight              = true;
  std::vector<std::string> sections = continuity_sections();
  sections.push_back("Single neuron");
  return {
    "single neuron",
    "The continuity equation for learning a single neuron in d dimensions (or infinitely many), reduced by symmetry to three "
    "variables: the output weight a, the overlap s with the neuron to be learned, and the length r of the rest. Everything "
    "that 'continuity' offers, with a radial weight on choice.",
    [traits] { return std::make_unique<SingleNeuronSolver>(traits); },
    traits,
    sections,
    unread_by_continuity};
}
} // namespace rhoflow
