#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/characteristics/operator.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/comparison/parameters.h>
#include <solvers/mean_field/setup.h>
#include <solvers/model/observables.h>

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
  MeanFieldSetup            common;
  CharacteristicsParameters settings;
  TwinSettings              twin_settings;
  bool                      exact_features = true;
  WeightedPoints            law;
  Observables               observables;
};

SolverEntry characteristics_solver_entry();
} // namespace rhoflow
