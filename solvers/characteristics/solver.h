#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/characteristics/inputs.h>

namespace rhoflow
{
/// `Solver = characteristics`: a Gauss quadrature of the initial law, moved along θ' = −∇Ψ_λ(θ; ρ). The moved empirical measure
/// solves the continuity equation exactly (in the weak sense), so that the quadrature of ρ_0 and the tolerance of the time
/// steps are the only errors.
class CharacteristicsSolver : public Solver
{
public:
  CharacteristicsSolver();
  ~CharacteristicsSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void run(const RunContext &context) override;

private:
  CharacteristicsInputs inputs;
};

SolverEntry characteristics_solver_entry();
} // namespace rhoflow
