#include <solvers/continuity/density_on_mesh.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include <solvers/base/ranks.h>
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

bool DensityOnMesh::adapt(const std::uint64_t n_steps)
{
  if (!inputs.refinement.adaptive || n_steps % inputs.refinement.interval != 0)
    return false;
  Timing::Scope       scope(state.timing().section("adaptation"));
  std::vector<double> values    = state.values();
  const auto          indicator = resolution_indicator(*space, values);
  // Cells that may be joined ask for nothing, but cost.
  constexpr unsigned int most = 4;
  if (n_steps % (most * inputs.refinement.interval) != 0 && !needs_new_mesh(cells, indicator, inputs.refinement, tolerance))
    return false;
  const auto flags = refinement_flags(cells, indicator, inputs.refinement, look_ahead * tolerance);
  if (!cells.adapt(flags, space->points_per_cell(), values, space->cell_transfer()))
    return false;
  make_space();
  state.reinit(*space, values);
  // Smaller cells allow only smaller time steps: measure before the next one.
  state.dissipation();
  return true;
}

void DensityOnMesh::step(const double end, const Energies &energies)
{
  adapt(steps.n_steps());
  present = steps.step(state, present, end, energies);
}

void DensityOnMesh::control(const double negative_mass)
{
  if (inputs.refinement.negative_mass > 0. && negative_mass > inputs.refinement.negative_mass)
    tolerance *= 0.5;
}

void DensityOnMesh::save_cells(CheckpointWriter &checkpoint, const std::string &prefix, const DensityOnMesh *const density)
{
  const bool          counts = density != nullptr && density->cells.has_counted_cells();
  std::vector<double> box;
  if (counts && rank_of(density->cells.communicator()) == 0)
    {
      const Domain &domain = density->cells.domain();
      box.insert(box.end(), domain.lower.begin(), domain.lower.end());
      box.insert(box.end(), domain.upper.begin(), domain.upper.end());
      box.insert(box.end(), domain.subdivisions.begin(), domain.subdivisions.end());
    }
  checkpoint.put_in_turn(prefix + "box", box);
  checkpoint.put_in_turn(prefix + "mesh", counts ? density->cells.listed_cells() : std::vector<std::uint64_t>());
  checkpoint.put_in_turn(prefix + "density", counts ? density->state.values() : std::vector<double>());
}

Domain DensityOnMesh::box_of(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &present)
{
  Domain box = present;
  if (!checkpoint.has(prefix + "box")) // that of a version without boxes that grow
    return box;
  const unsigned int        dim     = box.dimension();
  const std::vector<double> numbers = checkpoint.numbers(prefix + "box", 3 * std::uint64_t{dim});
  for (unsigned int d = 0; d < dim; ++d)
    {
      const double n      = numbers[2 * dim + d];
      box.lower[d]        = numbers[d];
      box.upper[d]        = numbers[dim + d];
      box.subdivisions[d] = n >= 1. && n <= Domain::max_cells ? static_cast<unsigned int>(n) : 0;
    }
  return box;
}

void DensityOnMesh::load_cells(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &present,
                               DensityOnMesh *const density)
{
  const std::vector<std::uint64_t> list   = checkpoint.integers(prefix + "mesh");
  const Domain                     before = box_of(checkpoint, prefix, present);
  std::vector<std::uint64_t>       places;
  if (density != nullptr)
    {
      places = before.subdivisions == present.subdivisions ?
                 density->cells.recreate(list) :
                 density->cells.recreate_part(cells_in_larger_box(list, before, present));
      density->make_space();
    }
  std::vector<std::uint64_t> known;
  std::copy_if(places.begin(), places.end(), std::back_inserter(known),
               [](const std::uint64_t place) { return place != AdaptiveMesh::no_place; });
  // The numbers of a cell, also for ranks that have none of its cells.
  const std::uint64_t       n_cells = list.size() / 4, n_values = checkpoint.size(prefix + "density");
  const std::uint64_t       n = density != nullptr ? density->space->points_per_cell() : (n_cells > 0 ? n_values / n_cells : 0);
  const std::vector<double> rows = checkpoint.rows(prefix + "density", known, n);
  if (density == nullptr)
    return;
  // Nothing is in the cells around the box of the state.
  std::vector<double> values(places.size() * n, 0.);
  auto                row = rows.begin();
  for (std::size_t c = 0; c < places.size(); ++c)
    if (places[c] != AdaptiveMesh::no_place)
      {
        std::copy_n(row, n, values.begin() + static_cast<std::ptrdiff_t>(c * n));
        row += static_cast<std::ptrdiff_t>(n);
      }
  density->state.reinit(*density->space, values);
}

void DensityOnMesh::set_numbers(const double *const numbers)
{
  present   = numbers[0];
  tolerance = numbers[1];
  missing   = numbers[2];
  state.set_max_rate(numbers[3]);
}

void DensityOnMesh::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  save_cells(checkpoint, prefix, this);
  checkpoint.put(prefix + "largest velocity", state.max_rate());
  save_state(checkpoint, prefix + "steps", *this);
}

void DensityOnMesh::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  load_cells(checkpoint, prefix, cells.domain(), this);
  state.set_max_rate(checkpoint.number_of(prefix + "largest velocity"));
  load_state(checkpoint, prefix + "steps", *this);
}
} // namespace rhoflow
