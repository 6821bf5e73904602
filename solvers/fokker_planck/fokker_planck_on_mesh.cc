#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/fokker_planck/adaptation.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/fokker_planck_on_mesh.h>
#include <solvers/fokker_planck/initial_state.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace rhoflow
{
FokkerPlanckOnMesh::Resolution FokkerPlanckOnMesh::given(const FokkerPlanckInputs &inputs)
{
  return {inputs.domain, inputs.refinement, inputs.scheme};
}

FokkerPlanckOnMesh::Resolution FokkerPlanckOnMesh::coarser(Resolution resolution)
{
  resolution.domain.coarsen();
  resolution.refinement.tolerance = std::min(1., 8. * resolution.refinement.tolerance);
  resolution.scheme.peclet_limit *= 2.;
  resolution.scheme.error_tolerance *= 8.;
  resolution.scheme.time_step *= 2.;
  resolution.scheme.maximum_time_step *= 2.;
  return resolution;
}

FokkerPlanckOnMesh::FokkerPlanckOnMesh(const FokkerPlanckInputs &given, const Resolution &what, const MPI_Comm communicator)
  : inputs(given)
  , resolution(what)
  , cells(what.domain, communicator)
  , steps(what.scheme)
{}

void FokkerPlanckOnMesh::make_state()
{
  density = std::make_unique<FokkerPlanckState>(cells, *inputs.mean_field, inputs.beta(), resolution.scheme.degree,
                                                resolution.scheme.stage);
}

void FokkerPlanckOnMesh::start()
{
  Timing::Scope scope(times.section("set-up"));
  density = initial_state(cells, inputs, resolution.refinement, missing);
}

void FokkerPlanckOnMesh::adapt()
{
  Timing::Scope scope(times.section("adaptation"));
  density->update_operator();
  CellDensities densities = cell_densities(*density);
  const auto    flags     = refinement_flags(cells, resolution_indicator(*density, densities, resolution.scheme.peclet_limit),
                                             resolution.refinement, resolution.refinement.tolerance);
  const double  mass = density->mass(), before = free_energy(density->fitted, density->potential, density->p);
  if (!cells.adapt(flags, 2 * density->space.points_per_cell(), densities.values,
                   fitted_transfer(cells.dimension(), resolution.scheme.degree)))
    return;
  steps.forget();
  const MomentJacobian jacobian = density->stage.jacobian();
  make_state();
  density->stage.jacobian() = jacobian;
  density->set(collect_density(density->space, densities.values, mass));
  jumps += free_energy(density->fitted, density->potential, density->p) - before;
}

void FokkerPlanckOnMesh::step(const double end)
{
  if (resolution.refinement.adaptive && steps.counts().steps % resolution.refinement.interval == 0)
    adapt();
  Timing::Scope scope(times.section("steps"));
  present = steps.step(*density, present, end);
}

void FokkerPlanckOnMesh::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  checkpoint.put_in_turn(prefix + "mesh", cells.has_counted_cells() ? cells.listed_cells() : std::vector<std::uint64_t>());
  density->save(checkpoint, prefix);
  steps.save(checkpoint, prefix);
  save_state(checkpoint, prefix + "density on its mesh", *this);
}

void FokkerPlanckOnMesh::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  const std::vector<std::uint64_t> places = cells.recreate(checkpoint.integers(prefix + "mesh"));
  make_state();
  density->load(checkpoint, prefix, places);
  steps.load(checkpoint, prefix, *density);
  load_state(checkpoint, prefix + "density on its mesh", *this);
}
} // namespace rhoflow
