#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/boltzmann/solver.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/characteristics/solver.h>
#include <solvers/comparison/parameters.h>
#include <solvers/continuity/parameters.h>
#include <solvers/continuity/solver.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/refinement.h>
#include <solvers/finite_networks/solver.h>
#include <solvers/fokker_planck/parameters.h>
#include <solvers/fokker_planck/solver.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>
#include <solvers/particles/parameters.h>
#include <solvers/registry/registry.h>
#include <solvers/single_neuron/solver.h>

#include <meshes/domain.h>

namespace rhoflow
{
namespace
{
void declare_all_parameters(dealii::ParameterHandler &parameters)
{
  RunParameters::declare(parameters);
  ModelParameters::declare(parameters);
  Domain::declare(parameters);
  MeanFieldParameters::declare(parameters);
  ContinuityParameters::declare(parameters);
  RefinementParameters::declare(parameters);
  SingleNeuronSolver::declare(parameters);
  CharacteristicsParameters::declare(parameters);
  FokkerPlanckParameters::declare(parameters);
  BoltzmannParameters::declare(parameters);
  ParticleParameters::declare(parameters);
  ComparisonParameters::declare(parameters);
  OutputParameters::declare(parameters);
  Observables::declare(parameters);
}
} // namespace

const Registry &registry()
{
  static const Registry all = {{single_neuron_solver_entry(), continuity_solver_entry(), characteristics_solver_entry(),
                                fokker_planck_solver_entry(), boltzmann_solver_entry(), particle_solver_entry()},
                               declare_all_parameters,
                               ModelParameters::input_file_parameters};
  return all;
}
} // namespace rhoflow
