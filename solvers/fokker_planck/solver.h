#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/fokker_planck/inputs.h>

namespace rhoflow
{
/// `Solver = fokker planck`: the equation with entropy, ∂_t ρ = ∇·(ρ ∇Ψ_λ(θ; ρ)) + (1/β) Δρ, on a mesh, for every learning
/// problem with up to three parameters a neuron. The Laplacian is that of the space of the weights, also for (a, s, r) and r.
class FokkerPlanckSolver : public Solver
{
public:
  FokkerPlanckSolver();
  ~FokkerPlanckSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void check_start(MPI_Comm communicator) override;
  void run(const RunContext &context) override;

private:
  FokkerPlanckInputs inputs;
};

SolverEntry fokker_planck_solver_entry();
} // namespace rhoflow
