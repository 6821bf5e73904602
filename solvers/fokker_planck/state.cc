#include <solvers/fokker_planck/state.h>

#include <algorithm>
#include <limits>

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
} // namespace rhoflow
