#pragma once

#include <memory>
#include <string>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/continuity/continuity_step.h>
#include <solvers/continuity/inputs.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// The density of the continuity equation in time on a mesh that follows it: the mesh, its spaces, the state and the steps.
class DensityOnMesh
{
public:
  /// What tells this mesh and its steps from others.
  struct Resolution
  {
    Domain      domain;
    double      refinement_tolerance; ///< the first one
    double      maximum_time_step, largest_fall;
    std::string time_stepping; ///< a name of RungeKutta::names()
  };
  /// That of the inputs.
  static Resolution given(const ContinuityInputs &inputs);
  /// Cells of twice the size everywhere, eight times the tolerance, steps of twice the length; where their length is not chosen
  /// by the fall of the risk they are of a lower order, too.
  static Resolution coarser(Resolution resolution);

  /// The inputs live longer.
  DensityOnMesh(const ContinuityInputs &inputs, const Resolution &resolution, MPI_Comm communicator);

  /// Projects the initial law, and measures velocities for the first step. Collective.
  void start();
  /// One step, not beyond `end`, with an adaptation of the mesh before it where it is time for one. Collective.
  void step(double end, const Energies &energies);
  /// For steps of another kind: a new mesh where it is time for one after `n_steps` of them; whether there is one. Collective.
  bool adapt(std::uint64_t n_steps);
  /// ... after which the time is this.
  void set_time(double time) { present = time; }
  /// Tightens the tolerance of the refinement where the negative mass is above its target.
  void control(double negative_mass);

  double                time() const { return present; }
  double                missing_mass() const { return missing; }
  AdaptiveMesh         &mesh() { return cells; }
  const AdaptiveMesh   &mesh() const { return cells; }
  ContinuityState      &solution() { return state; }
  const ContinuityStep &stepping() const { return steps; }
  std::uint64_t         n_unknowns() const { return cells.n_global_cells() * space->points_per_cell(); }

  /// The mesh and the density alone, of one among several that have other ranks each: null on ranks that have no part of it.
  /// Collective over the ranks of the checkpoint.
  static void save_cells(CheckpointWriter &checkpoint, const std::string &prefix, const DensityOnMesh *density);
  /// `present`: the box of the mesh.
  static void load_cells(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &present,
                         DensityOnMesh *density);
  /// What steps of another kind depend on beside these.
  std::vector<double> numbers() const { return {present, tolerance, missing, state.max_rate()}; }
  void                set_numbers(const double *numbers);

  /// The density and what its further steps depend on, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("time", self.present);
    visit("refinement tolerance", self.tolerance);
    visit("missing mass", self.missing);
    ContinuityStep::visit(visit, self.steps);
  }

private:
  void make_space();
  /// The box that a state was in, which may be smaller than the present one. Collective.
  static Domain box_of(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &present);

  const ContinuityInputs &inputs;
  RungeKutta              method;
  AdaptiveMesh            cells;
  std::unique_ptr<DGMesh> space;
  ContinuityState         state;
  ContinuityStep          steps;
  double                  present = 0., tolerance, missing = 0.;
};
} // namespace rhoflow
