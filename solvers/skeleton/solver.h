#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/evolution/inputs.h>

namespace rhoflow
{
class ParameterBinding;

/// Section "Skeleton".
struct SkeletonParameters
{
  void bind(ParameterBinding &p);

  double       time_step        = 0.01;
  unsigned int n_per_coordinate = 16; ///< Gauss points of the initial law
};

/// The smallest solver in time, to begin a new one with: ∂_t ρ = ∇·(ρ ∇L_λ), transport of the initial law along the given field
/// −∇L_λ(θ) = −∇L(θ) − λ θ of a landscape L. The Gauss points of the initial law move by the midpoint rule. docs/adding.md
/// walks through it.
class SkeletonSolver : public Solver
{
public:
  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void run(const RunContext &context) override;

private:
  EvolutionInputs    inputs;
  SkeletonParameters scheme;
};

SolverEntry skeleton_solver_entry();
} // namespace rhoflow
