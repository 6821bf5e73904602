#pragma once

#include <solvers/base/run/solver.h>
#include <solvers/evolution/inputs.h>
#include <solvers/particles/parameters.h>

namespace rhoflow
{
/// `Solver = particles`: the finite network alone, as replicas.
class ParticleSolver : public Solver
{
public:
  ParticleSolver();
  ~ParticleSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void run(const RunContext &context) override;

private:
  EvolutionInputs    inputs;
  ParticleParameters networks;
};

SolverEntry particle_solver_entry();
} // namespace rhoflow
