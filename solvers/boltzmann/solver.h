#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/boltzmann/inputs.h>

namespace rhoflow
{
/// `Solver = boltzmann`: the stationary density of the equation with entropy, ρ* = Z⁻¹ exp(−β Ψ_λ(·; ρ*)), by Newton's method
/// on the concave dual problem in moment space.
class BoltzmannSolver : public Solver
{
public:
  BoltzmannSolver();
  ~BoltzmannSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void run(const RunContext &context) override;

private:
  BoltzmannInputs inputs;
};

SolverEntry boltzmann_solver_entry();
} // namespace rhoflow
