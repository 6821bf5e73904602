#pragma once

#include <string>
#include <vector>

#include <solvers/base/run/solver.h>
#include <solvers/continuity/inputs.h>

namespace rhoflow
{
/// The continuity equation ∂_t ρ = ∇·(ρ ∇Ψ_λ(θ; ρ)) on a mesh, for every learning problem with up to three parameters a neuron.
class ContinuitySolver : public Solver
{
public:
  explicit ContinuitySolver(SolverTraits traits);
  ~ContinuitySolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void check_start(MPI_Comm communicator) override;
  void run(const RunContext &context) override;

protected:
  /// For solvers that are this one with more to say.
  virtual void adjust(dealii::ParameterHandler &) {}

  const SolverTraits traits;
  ContinuityInputs   inputs;
};

SolverTraits continuity_traits(const std::string &method);
/// The sections of parameters that it reads.
std::vector<std::string> continuity_sections();
std::vector<Unread>      unread_by_continuity(dealii::ParameterHandler &parameters);

SolverEntry continuity_solver_entry();
} // namespace rhoflow
