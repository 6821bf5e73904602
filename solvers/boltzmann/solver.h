#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/mean_field/setup.h>
#include <solvers/model/observables.h>

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
  MeanFieldSetup      common;
  BoltzmannParameters settings;
  double              inverse_temperature = 0.;
  Observables         observables;
};

SolverEntry boltzmann_solver_entry();
} // namespace rhoflow
