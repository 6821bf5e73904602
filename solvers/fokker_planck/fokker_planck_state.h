#pragma once

#include <memory>
#include <vector>

#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/fokker_planck/equilibrium.h>
#include <solvers/fokker_planck/fitted_operator.h>
#include <solvers/fokker_planck/implicit_stage.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// Σ M p of the density at the owned nodes. Collective.
double total_mass(const NodalSpace &space, const std::vector<double> &p);

/// A density with entropy on one state of the mesh, with what solves for it there.
struct FokkerPlanckState
{
  FokkerPlanckState(const AdaptiveMesh &mesh, const MeanField &mean_field, double beta, unsigned int degree,
                    const StageSettings &settings);

  /// Takes the density: e = m(p) − c, and the operator's exponents. Collective.
  void set(std::vector<double> density);
  /// Moves the operator to the present residual e.
  void update_operator() { fitted.update(potential.exponents(e)); }
  /// The density cell by cell and all that was remembered of the equations on this mesh, under names that begin with `prefix`.
  /// Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  /// On the mesh that the checkpoint has; `places`: of this rank's cells there. Collective.
  void load(const CheckpointReader &checkpoint, const std::string &prefix, const std::vector<std::uint64_t> &places);

  /// Σ M p. Collective.
  double mass() const;
  /// min p. Collective.
  double minimum() const;

  NodalSpace          space;
  NodalPotential      potential;
  FittedOperator      fitted;
  ImplicitStage       stage;
  std::vector<double> p; ///< at the owned nodes, with respect to dθ
  std::vector<double> e; ///< m(p) − c

  std::unique_ptr<Equilibrium> equilibrium; ///< null until somebody asks for it
};
} // namespace rhoflow
