#include <solvers/continuity/density_on_mesh.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
/// Where one cell asks for a new mesh, those that will ask soon are refined, too: new meshes cost more than some cells.
constexpr double look_ahead = 0.5;

ContinuityParameters with_steps_of(ContinuityParameters scheme, const DensityOnMesh::Resolution &resolution)
{
  scheme.maximum_time_step = resolution.maximum_time_step;
  scheme.largest_fall      = resolution.largest_fall;
  scheme.time_stepping     = resolution.time_stepping;
  return scheme;
}
} // namespace

DensityOnMesh::Resolution DensityOnMesh::given(const ContinuityInputs &inputs)
{
  return {inputs.domain, inputs.refinement.tolerance, inputs.scheme.maximum_time_step, inputs.scheme.largest_fall,
          inputs.scheme.time_stepping};
}

DensityOnMesh::Resolution DensityOnMesh::coarser(Resolution resolution)
{
  resolution.domain.coarsen();
  resolution.refinement_tolerance = std::min(1., 8. * resolution.refinement_tolerance);
  resolution.maximum_time_step *= 2.;
  resolution.largest_fall *= 2.;
  // Where the output times leave no longer steps, the order alone tells the error of the steps.
  if (resolution.largest_fall == 0.)
    resolution.time_stepping = resolution.time_stepping == "SSP(10,4)" ? "SSP(4,3)" : "SSP(3,3)";
  return resolution;
}

DensityOnMesh::DensityOnMesh(const ContinuityInputs &given, const Resolution &resolution, const MPI_Comm communicator)
  : inputs(given)
  , method(RungeKutta::from_name(resolution.time_stepping))
  , cells(resolution.domain, communicator)
  , state(*given.mean_field, method, given.scheme.limit)
  , steps(with_steps_of(given.scheme, resolution), method)
  , tolerance(resolution.refinement_tolerance)
{}

void DensityOnMesh::start()
{
  InitialState first = project_initial_state(cells, inputs, tolerance);
  missing            = first.missing_mass;
  space              = std::move(first.space);
  state.reinit(*space, first.values);
  // The first measurement of velocities, for the first time step.
  state.dissipation();
}

void DensityOnMesh::make_space()
{
  space = std::make_unique<DGMesh>(cells, inputs.scheme.degree, inputs.problem->has_outer_weight(), inputs.radial_power);
}

void DensityOnMesh::adapt()
{
  Timing::Scope       scope(state.timing().section("adaptation"));
  std::vector<double> values    = state.values();
  const auto          indicator = resolution_indicator(*space, values);
  // Cells that may be joined ask for nothing, but cost.
  constexpr unsigned int most = 4;
  if (steps.n_steps() % (most * inputs.refinement.interval) != 0 &&
      !needs_new_mesh(cells, indicator, inputs.refinement, tolerance))
    return;
  const auto flags = refinement_flags(cells, indicator, inputs.refinement, look_ahead * tolerance);
  if (!cells.adapt(flags, space->points_per_cell(), values, space->cell_transfer()))
    return;
  make_space();
  state.reinit(*space, values);
  // Smaller cells allow only smaller time steps: measure before the next one.
  state.dissipation();
}

void DensityOnMesh::step(const double end, const Energies &energies)
{
  if (inputs.refinement.adaptive && steps.n_steps() % inputs.refinement.interval == 0)
    adapt();
  present = steps.step(state, present, end, energies);
}

void DensityOnMesh::control(const double negative_mass)
{
  if (inputs.refinement.negative_mass > 0. && negative_mass > inputs.refinement.negative_mass)
    tolerance *= 0.5;
}

void DensityOnMesh::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  const bool    counts = cells.has_counted_cells();
  const Domain &box    = cells.domain();
  checkpoint.put(prefix + "lower corner", box.lower);
  checkpoint.put(prefix + "upper corner", box.upper);
  checkpoint.put(prefix + "subdivisions", std::vector<std::uint64_t>(box.subdivisions.begin(), box.subdivisions.end()));
  checkpoint.put_in_turn(prefix + "mesh", counts ? cells.listed_cells() : std::vector<std::uint64_t>());
  checkpoint.put_in_turn(prefix + "density", counts ? state.values() : std::vector<double>());
  checkpoint.put(prefix + "largest velocity", state.max_rate());
  save_state(checkpoint, prefix + "steps", *this);
}

Domain DensityOnMesh::box_of(const CheckpointReader &checkpoint, const std::string &prefix) const
{
  Domain box = cells.domain();
  if (!checkpoint.has(prefix + "subdivisions")) // that of a version without boxes that grow
    return box;
  const unsigned int dim = box.dimension();
  const auto         n   = checkpoint.integers(prefix + "subdivisions", 0, dim);
  box.lower              = checkpoint.numbers(prefix + "lower corner", dim);
  box.upper              = checkpoint.numbers(prefix + "upper corner", dim);
  box.subdivisions.assign(n.begin(), n.end());
  return box;
}

void DensityOnMesh::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  const auto   listed = checkpoint.integers(prefix + "mesh");
  const Domain before = box_of(checkpoint, prefix);
  if (before.subdivisions == cells.domain().subdivisions)
    {
      const std::vector<std::uint64_t> places = cells.recreate(listed);
      make_space();
      state.reinit(*space, checkpoint.rows(prefix + "density", places, space->points_per_cell()));
    }
  else
    {
      // Nothing is in the cells around the box of the state.
      const std::vector<std::uint64_t> places = cells.recreate_part(cells_in_larger_box(listed, before, cells.domain()));
      make_space();
      const unsigned int         n = space->points_per_cell();
      std::vector<std::uint64_t> known;
      std::copy_if(places.begin(), places.end(), std::back_inserter(known),
                   [](const std::uint64_t place) { return place != AdaptiveMesh::no_place; });
      const std::vector<double> rows = checkpoint.rows(prefix + "density", known, n);
      std::vector<double>       values(places.size() * n, 0.);
      auto                      row = rows.begin();
      for (std::size_t c = 0; c < places.size(); ++c)
        if (places[c] != AdaptiveMesh::no_place)
          {
            std::copy_n(row, n, values.begin() + static_cast<std::ptrdiff_t>(c * n));
            row += n;
          }
      state.reinit(*space, values);
    }
  state.set_max_rate(checkpoint.number_of(prefix + "largest velocity"));
  load_state(checkpoint, prefix + "steps", *this);
}
} // namespace rhoflow
