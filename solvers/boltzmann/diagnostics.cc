#include <solvers/base/run/statistics.h>
#include <solvers/boltzmann/diagnostics.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
BoltzmannDiagnostics diagnose(const DualProblem &problem, const BoltzmannSolution &solution, const Observables &observables)
{
  const DualProblem::State &state = solution.state;
  const MeanField          &field = problem.mean_field();
  const std::size_t         D     = field.learning_problem().n_parameters();

  // Ψ, |θ|², at the sides, L.
  const auto           first = problem.integrals(state, 4, [&](const DualProblem::Node &node, double *q) {
    q[0] = node.potential;
    q[1] = 0.;
    q[2] = (node.at_side ? 1. : 0.);
    q[3] = node.external;
    for (std::size_t d = 0; d < D; ++d)
      q[1] += node.theta[d] * node.theta[d];
  });
  BoltzmannDiagnostics result{};
  result.risk               = field.risk(state.moments) + first[3];
  result.excess_risk        = field.excess_risk(state.moments) + first[3];
  result.confinement        = .5 * field.weight_decay() * first[1];
  result.entropy            = -state.beta * first[0] - state.log_partition;
  result.free_energy        = result.risk + result.confinement + result.entropy / state.beta;
  result.gap                = .5 * solution.gradient * solution.gradient;
  result.certificate        = first[0] - problem.minimum_potential(state);
  result.boundary_mass      = first[2];
  const MassIntegrals means = [&](const unsigned int n, const FunctionsOfMass &functions) {
    return problem.integrals(state, n, [&](const DualProblem::Node &node, double *q) { functions(node.theta, 1., q); });
  };
  result.functionals = functionals(means, static_cast<unsigned int>(D), observables);
  return result;
}

void add_to_row(Statistics &table, const BoltzmannSolution &solution, const BoltzmannDiagnostics &diagnostics,
                double quadrature_error, const std::vector<std::string> &names, const Observables &observables)
{
  table.set("inverse temperature", solution.state.beta);
  table.set("risk", diagnostics.risk);
  table.set("excess risk", diagnostics.excess_risk);
  table.set("free energy", diagnostics.free_energy);
  table.set("duality gap", diagnostics.gap);
  table.set("quadrature error", quadrature_error);
  table.set("entropy", diagnostics.entropy);
  table.set("confinement", diagnostics.confinement);
  table.set("log partition function", solution.state.log_partition);
  table.set("effective dimension", solution.effective_rank);
  table.set("Frank-Wolfe gap", diagnostics.certificate);
  table.set("boundary mass", diagnostics.boundary_mass);
  table.set("gradient", solution.gradient);
  table.set("Newton steps", solution.n_steps);
  add_to_row(table, diagnostics.functionals, names, observables);
}
} // namespace rhoflow
