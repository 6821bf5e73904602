#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/boltzmann/solver.h>
#include <solvers/characteristics/solver.h>
#include <solvers/continuity/solver.h>
#include <solvers/finite_networks/solver.h>
#include <solvers/fokker_planck/solver.h>
#include <solvers/model/learning_problem.h>
#include <solvers/registry/all_parameters.h>
#include <solvers/registry/registry.h>
#include <solvers/single_neuron/solver.h>

namespace rhoflow
{
const Registry &registry()
{
  static const Registry all = {{single_neuron_solver_entry(), continuity_solver_entry(), characteristics_solver_entry(),
                                fokker_planck_solver_entry(), boltzmann_solver_entry(), particle_solver_entry()},
                               declare_parameters<AllParameters>,
                               ModelParameters::input_file_parameters};
  return all;
}
} // namespace rhoflow
