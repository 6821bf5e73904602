#include <solvers/base/error.h>
#include <solvers/model/learning_problem.h>
#include <solvers/single_neuron/parameters.h>
#include <solvers/single_neuron/solver.h>

namespace rhoflow
{
void SingleNeuronSolver::adjust(dealii::ParameterHandler &parameters)
{
  SingleNeuronParameters reduction;
  reduction.parse(parameters);
  inputs.radial_power = reduction.radial_weight;
  const auto names    = inputs.problem->parameter_names();
  if (names != std::vector<std::string>{"a", "s", "r"})
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
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
