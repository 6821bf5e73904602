#include <solvers/fokker_planck/state.h>

#include <algorithm>
#include <limits>

#include <solvers/base/checkpoint.h>
#include <solvers/base/exact_sum.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
FokkerPlanckState::FokkerPlanckState(const AdaptiveMesh &mesh, const MeanField &mean_field, double beta, unsigned int degree,
                                     const StageSettings &settings)
  // Where the measure is a power of the radius, a density with respect to dθ vanishes at r = 0.
  : space(mesh, degree, AmbientMeasure(mean_field.learning_problem()).radial_power > 0)
  , potential(mean_field, space, beta)
  , fitted(space, potential)
  , stage(potential, fitted, settings)
{}

void FokkerPlanckState::set(std::vector<double> density)
{
  p = std::move(density);
  std::vector<double> masses(p.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    masses[i] = space.weights()[i] * p[i];
  e = potential.mean_field().residual(potential.moments(masses));
  update_operator();
}

double FokkerPlanckState::mass() const
{
  ExactSum sum;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum.add(space.weights()[i] * p[i]);
  return global_sum(sum, space.mesh().communicator());
}

double FokkerPlanckState::minimum() const
{
  double lowest = std::numeric_limits<double>::infinity();
  for (const double value : p)
    lowest = std::min(lowest, value);
  MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_DOUBLE, MPI_MIN, space.mesh().communicator());
  return lowest;
}

void FokkerPlanckState::save(CheckpointWriter &checkpoint) const
{
  // Which node of two that periodic sides identify is the free one is for the reader to say: both get the value.
  const std::vector<double>  local = space.to_local(p);
  std::vector<double>        values;
  std::vector<std::uint64_t> fallback;
  if (space.mesh().speaks())
    {
      for (std::size_t c = 0; c < space.n_cells(); ++c)
        for (unsigned int i = 0; i < space.points_per_cell(); ++i)
          {
            const std::uint32_t node = space.cell(c)[i];
            values.push_back(0.);
            for (auto t = space.terms_begin(node); t != space.terms_end(node); ++t)
              values.back() += t->weight * local[t->node];
          }
      fallback.assign(fitted.fallback().begin(), fitted.fallback().end());
    }
  checkpoint.put_in_turn("density", values);
  checkpoint.put_in_turn("cells with monotone fluxes", fallback);
  checkpoint.put("residual", e);
  stage.jacobian().save(checkpoint);
  checkpoint.put("equilibrium is known", std::uint64_t(equilibrium ? 1 : 0));
  if (equilibrium)
    checkpoint.put("residual of the equilibrium", equilibrium->e);
}

void FokkerPlanckState::load(const CheckpointReader &checkpoint)
{
  const std::uint64_t n_cells = space.n_cells(), n_points = space.points_per_cell();
  std::uint64_t       end = n_cells;
  MPI_Scan(&n_cells, &end, 1, MPI_UINT64_T, MPI_SUM, space.mesh().communicator());
  const std::vector<double>        values   = checkpoint.numbers("density", (end - n_cells) * n_points, n_cells * n_points);
  const std::vector<std::uint64_t> fallback = checkpoint.integers("cells with monotone fluxes", end - n_cells, n_cells);
  // A rank's cells touch all of its nodes.
  std::vector<double> local(space.n_local(), 0.);
  for (std::size_t c = 0; c < n_cells; ++c)
    for (std::size_t i = 0; i < n_points; ++i)
      local[space.cell(c)[i]] = values[c * n_points + i];
  p.resize(space.n_owned());
  for (std::size_t i = 0; i < p.size(); ++i)
    p[i] = local[space.owned_node(i)];
  e = checkpoint.numbers("residual");
  fitted.fallback().assign(fallback.begin(), fallback.end());
  update_operator();
  stage.jacobian().load(checkpoint);
  equilibrium.reset();
  if (checkpoint.integer("equilibrium is known") != 0)
    equilibrium = std::make_unique<Equilibrium>(
      Equilibrium::of_residual(potential, space, checkpoint.numbers("residual of the equilibrium")));
}
} // namespace rhoflow
