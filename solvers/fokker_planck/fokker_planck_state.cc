#include <solvers/fokker_planck/fokker_planck_state.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <limits>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/run/checkpoint.h>
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

double total_mass(const NodalSpace &space, const std::vector<double> &p)
{
  ExactSum sum;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum.add(space.weights()[i] * p[i]);
  return global_sum(sum, space.mesh().communicator());
}

double FokkerPlanckState::mass() const
{
  return total_mass(space, p);
}

double FokkerPlanckState::minimum() const
{
  double lowest = std::numeric_limits<double>::infinity();
  for (const double value : p)
    lowest = std::min(lowest, value);
  return dealii::Utilities::MPI::min(lowest, space.mesh().communicator());
}

void FokkerPlanckState::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  const std::vector<double> local = space.to_local(p);
  std::vector<double>       rows;
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      for (unsigned int i = 0; i < space.points_per_cell(); ++i)
        {
          // Which one of two nodes on periodic sides is free is for the reader to say: both have the value. Others that hang
          // have none.
          const std::uint32_t node = space.cell(c)[i];
          const auto          term = space.terms_begin(node);
          rows.push_back(space.terms_end(node) - term == 1 ? term->weight * local[term->node] : 0.);
        }
      rows.push_back(fitted.fallback()[c]);
    }
  checkpoint.put_in_turn(prefix + "density", space.mesh().has_counted_cells() ? rows : std::vector<double>());
  checkpoint.put(prefix + "residual", e);
  stage.jacobian().save(checkpoint, prefix);
  checkpoint.put(prefix + "equilibrium is known", std::uint64_t(equilibrium ? 1 : 0));
  if (equilibrium)
    checkpoint.put(prefix + "residual of the equilibrium", equilibrium->e);
}

void FokkerPlanckState::load(const CheckpointReader &checkpoint, const std::string &prefix,
                             const std::vector<std::uint64_t> &places)
{
  const std::size_t         n_points = space.points_per_cell();
  const std::vector<double> rows     = checkpoint.rows(prefix + "density", places, n_points + 1);
  // A rank's cells touch all of its nodes.
  std::vector<double> local(space.n_local(), 0.);
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      const double *const row = rows.data() + c * (n_points + 1);
      for (std::size_t i = 0; i < n_points; ++i)
        local[space.cell(c)[i]] = row[i];
      fitted.fallback()[c] = row[n_points] != 0. ? 1 : 0;
    }
  p.resize(space.n_owned());
  for (std::size_t i = 0; i < p.size(); ++i)
    p[i] = local[space.owned_node(i)];
  const std::size_t n = potential.mean_field().n_modes();
  e                   = checkpoint.numbers(prefix + "residual", n);
  update_operator();
  stage.jacobian().load(checkpoint, prefix);
  equilibrium.reset();
  if (checkpoint.integer(prefix + "equilibrium is known") != 0)
    equilibrium = std::make_unique<Equilibrium>(
      Equilibrium::of_residual(potential, space, checkpoint.numbers(prefix + "residual of the equilibrium", n)));
}
} // namespace rhoflow
