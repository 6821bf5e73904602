#pragma once

#include <memory>
#include <string>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/timing.h>
#include <solvers/fokker_planck/fokker_planck_state.h>
#include <solvers/fokker_planck/inputs.h>
#include <solvers/fokker_planck/time_stepping.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// The density with entropy in time on a mesh that follows it: the mesh, the state on it and the steps.
class FokkerPlanckOnMesh
{
public:
  /// What tells this mesh and its steps from others.
  struct Resolution
  {
    Domain                 domain;
    RefinementParameters   refinement;
    FokkerPlanckParameters scheme;
  };
  /// That of the inputs.
  static Resolution given(const FokkerPlanckInputs &inputs);
  /// Cells of twice the size and Péclet number everywhere, eight times the tolerance, steps of twice the length: SDIRK2's
  /// third-order local error is eight times larger then.
  static Resolution coarser(Resolution resolution);

  /// The inputs live longer.
  FokkerPlanckOnMesh(const FokkerPlanckInputs &inputs, const Resolution &resolution, MPI_Comm communicator);

  /// Takes the initial law. Collective.
  void start();
  /// One step, not beyond `end`, with an adaptation of the mesh before it where it is time for one. Throws RunError with the
  /// state as it was before the step. Collective.
  void step(double end);

  double                   time() const { return present; }
  double                   missing_mass() const { return missing; }
  double                   refinement_jumps() const { return jumps; } ///< of the free energy by new meshes
  const AdaptiveMesh      &mesh() const { return cells; }
  FokkerPlanckState       &state() { return *density; }
  const FokkerPlanckState &state() const { return *density; }
  const TimeStepping      &stepping() const { return steps; }
  Timing                  &timing() { return times; }

  /// The density and what its further steps depend on, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("time", self.present);
    visit("missing mass", self.missing);
    visit("changes by new meshes", self.jumps);
  }

private:
  void make_state();
  void adapt();

  const FokkerPlanckInputs          &inputs;
  const Resolution                   resolution;
  AdaptiveMesh                       cells;
  std::unique_ptr<FokkerPlanckState> density;
  TimeStepping                       steps;
  Timing                             times;
  double                             present = 0., missing = 0., jumps = 0.;
};
} // namespace rhoflow
