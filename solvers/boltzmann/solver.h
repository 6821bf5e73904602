#pragma once

#include <memory>

#include <meshes/domain.h>
#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
class LearningProblem;
class MeanField;

/// `Solver = boltzmann`: the stationary density of the equation with entropy, ρ* = Z⁻¹ exp(−β Ψ_λ(·; ρ*)), by Newton's method
/// on the concave dual problem in moment space.
class BoltzmannSolver : public Solver
{
public:
  BoltzmannSolver();
  ~BoltzmannSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator) override;
  void run(const RunContext &context) override;

private:
  RunParameters                    run_parameters;
  BoltzmannParameters              settings;
  Domain                           domain;
  double                           inverse_temperature = 0.;
  Observables                      observables;
  std::unique_ptr<LearningProblem> problem;
  std::unique_ptr<MeanField>       mean_field;
};

SolverEntry boltzmann_solver_entry();
} // namespace rhoflow
