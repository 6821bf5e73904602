#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

#include <meshes/adaptive_mesh.h>
#include <solvers/discretization/refinement.h>
#include <solvers/fokker_planck/fokker_planck_state.h>
#include <solvers/fokker_planck/parameters.h>
#include <solvers/mean_field/mean_field_setup.h>

#include <tests/support/run.h>

using Changes = Settings;

/// The parts of a run of the Fokker–Planck equation, to be put together by hand. The parameters are the defaults and `changes`,
/// {"Section/Name" or "Name", value}.
struct TestRun
{
  explicit TestRun(const Changes &changes, MPI_Comm communicator = MPI_COMM_WORLD);

  /// Refines the cells whose centre is `wanted`. Before start().
  void refine(const std::function<bool(const double *)> &wanted);
  /// Makes the state with ρ_0 at the nodes, scaled to mass one, or with another function.
  void start(const std::function<double(const double *)> &density = {});
  /// As between the steps of a run: refines and coarsens by the section "Refinement". True if the mesh changed.
  bool adapt();

  /// Σ M |p − exact|.
  double error(const std::function<double(const double *)> &exact) const;
  /// Σ M g.
  double mean(const std::function<double(const double *)> &g) const;
  double free_energy() const;
  /// M dp/dt = −K p with K as it is now, to round-off: Taylor steps of order eight.
  void evolve_frozen(double duration);

  rhoflow::MeanFieldSetup                     common;
  rhoflow::FokkerPlanckParameters             parameters;
  rhoflow::RefinementParameters               refinement;
  MPI_Comm                                    comm;
  std::unique_ptr<rhoflow::AdaptiveMesh>      mesh;
  std::unique_ptr<rhoflow::FokkerPlanckState> state;
  double                                      beta;
};

/// exp(−|θ − mean|²/2v)/(2πv)^{D/2}.
double gaussian(unsigned int dimension, const double *theta, const std::vector<double> &mean, double variance);
