#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/comparison/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/parameters.h>
#include <solvers/particles/solver.h>

#include <meshes/domain.h>

namespace rhoflow
{
const std::vector<SolverEntry> &registered_solvers()
{
  static const std::vector<SolverEntry> solvers{particle_solver_entry()};
  return solvers;
}

void declare_all_parameters(dealii::ParameterHandler &parameters)
{
  RunParameters::declare(parameters);
  ModelParameters::declare(parameters);
  Domain::declare(parameters);
  MeanFieldParameters::declare(parameters);
  ParticleParameters::declare(parameters);
  ComparisonParameters::declare(parameters);
}
} // namespace rhoflow
