#pragma once

#include <functional>
#include <optional>

#include <mpi.h>

#include <solvers/base/run/solver_traits.h>
#include <solvers/comparison/parameters.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/refinement.h>
#include <solvers/mean_field/mean_field_setup.h>
#include <solvers/model/measure.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
/// Everything that a solver reads of a parameter file besides its own section, each section once. What the solver cannot do is
/// refused here, by its traits. Solvers keep one, pass it on, and read no parameters after Solver::prepare().
struct EvolutionInputs : MeanFieldSetup
{
  /// Reads the top of the file, the learning problem, the mean field, 'Output/Observables' and 'Comparison', and what networks
  /// beside a density need. Throws InputError where the solver cannot do what is asked for.
  void parse(dealii::ParameterHandler &prm, const SolverTraits &traits);

  /// For densities on a mesh: reads 'Refinement' and 'Output' too. Throws InputError if the mesh cannot be, or if an observable
  /// is not finite in the box.
  void parse_mesh(dealii::ParameterHandler &prm);

  /// Estimates the memory, refuses laws that are outside of the box, and makes the mean field. `add_memory` adds to `memory`
  /// what the solver will take with a number of modes: it is asked for none of them first, before anything is made, and then
  /// for as many as there are. Collective.
  void prepare_on_mesh(MPI_Comm communicator, Progress &progress, const std::function<void(unsigned int n_modes)> &add_memory);

  /// What networks beside the density take.
  void add_network_memory(MPI_Comm communicator);

  /// The points of ρ_0 with which the spread of networks is predicted, and the tolerance of their time steps; no points: to be
  /// chosen.
  virtual Measure spread_points() const { return {}; }
  virtual double  spread_tolerance() const { return 1e-4; }

  ComparisonParameters             comparison;
  bool                             predicts_spread = false; ///< set by parse()
  std::optional<CompanionSettings> networks;                ///< those to be trained beside the density, if any
  Observables                      observables;
  RefinementParameters             refinement; ///< set by parse_mesh(), as the next one
  OutputParameters                 output;
};
} // namespace rhoflow
