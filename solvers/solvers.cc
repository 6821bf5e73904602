#include <solvers/base/run_parameters.h>
#include <solvers/base/solver.h>
#include <solvers/mean_field/mean_field.h>

#include <meshes/domain.h>

namespace rhoflow
{
const std::vector<SolverEntry> &registered_solvers()
{
  static const std::vector<SolverEntry> solvers;
  return solvers;
}

void declare_all_parameters(dealii::ParameterHandler &parameters)
{
  RunParameters::declare(parameters);
  Domain::declare(parameters);
  MeanFieldParameters::declare(parameters);
}
} // namespace rhoflow
