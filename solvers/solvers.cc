#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/run/solver.h>
#include <solvers/boltzmann/solver.h>
#include <solvers/characteristics/solver.h>
#include <solvers/continuity/solver.h>
#include <solvers/finite_networks/solver.h>
#include <solvers/fokker_planck/solver.h>
#include <solvers/model/learning_problem.h>
#include <solvers/registry/all_parameters.h>
#include <solvers/single_neuron/solver.h>

namespace rhoflow
{
const std::vector<SolverEntry> &registered_solvers()
{
  static const std::vector<SolverEntry> solvers = {single_neuron_solver_entry(),   continuity_solver_entry(),
                                                   characteristics_solver_entry(), fokker_planck_solver_entry(),
                                                   boltzmann_solver_entry(),       particle_solver_entry()};
  return solvers;
}

ParameterCatalogue declare_all_parameters(dealii::ParameterHandler &parameters)
{
  return declare_parameters<AllParameters>(parameters);
}

std::vector<std::string> input_file_parameters(const dealii::ParameterHandler &parameters)
{
  return ModelParameters::input_file_parameters(parameters);
}
} // namespace rhoflow
