#pragma once

#include <cstdint>
#include <memory>

#include <solvers/base/memory_guard.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>
#include <solvers/model/observables.h>
#include <solvers/particles/parameters.h>

namespace rhoflow
{
class LearningProblem;

/// `Solver = particles`: the finite network alone, as replicas.
class ParticleSolver : public Solver
{
public:
  ParticleSolver();
  ~ParticleSolver() override;

  void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) override;
  void run(const RunContext &context) override;

private:
  RunParameters                    run_parameters;
  ParticleParameters               particle_parameters;
  double                           weight_decay = 0.;
  Observables                      observables;
  std::unique_ptr<LearningProblem> problem;
  MemoryEstimate                   memory;
};

SolverEntry particle_solver_entry();
} // namespace rhoflow
