#include <solvers/base/ranks.h>
#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/characteristics/dot.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/shared_points.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <limits>

namespace rhoflow
{
namespace
{
double square(const double *x, std::size_t n)
{
  double sum = 0.;
  for (std::size_t i = 0; i < n; ++i)
    sum += x[i] * x[i];
  return sum;
}
} // namespace

CharacteristicsOperator::CharacteristicsOperator(const MeanField &mean_field, const Measure &law, MPI_Comm communicator)
  : field(mean_field)
  , comm(communicator)
  , n_modes(mean_field.n_modes())
  , n_parameters(mean_field.learning_problem().n_parameters())
  , n_omega(mean_field.n_feature_parameters())
  , has_outer_weight(mean_field.learning_problem().has_outer_weight())
  , n_global(law.weights.size())
{
  for (const std::string &name : field.learning_problem().parameter_names())
    is_radius.push_back(name == "r");
  mine = share_of_points(law, n_parameters, comm, &n_before);
  omega.resize(mine.weights.size() * n_omega);
  values.resize(mine.weights.size() * n_modes);
  slopes.resize(mine.weights.size() * n_omega * n_modes);
}

void CharacteristicsOperator::project(double *points) const
{
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    for (unsigned int c = 0; c < n_parameters; ++c)
      if (is_radius[c])
        points[i * n_parameters + c] = std::max(points[i * n_parameters + c], 0.);
}

const std::vector<double> &CharacteristicsOperator::update(const double *points)
{
  present = points;
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    for (unsigned int d = 0; d < n_omega; ++d)
      {
        const unsigned int c   = n_parameters - n_omega + d;
        omega[i * n_omega + d] = (is_radius[c] ? std::max(points[i * n_parameters + c], 0.) : points[i * n_parameters + c]);
      }
  field.modes(static_cast<unsigned int>(mine.weights.size()), omega.data(), values.data(), slopes.data());

  m        = integrals_over_points(mine.weights, n_modes, comm, [&](const std::size_t i, const double weight, double *sums) {
    const double  amplitude = weight * (has_outer_weight ? points[i * n_parameters] : 1.);
    const double *chi       = values.data() + i * n_modes;
    for (unsigned int j = 0; j < n_modes; ++j)
      sums[j] += amplitude * chi[j];
  });
  residual = field.residual(m);
  return m;
}

double CharacteristicsOperator::external_energy(const double *points) const
{
  const LearningProblem &problem = field.learning_problem();
  if (!problem.has_external_potential())
    return 0.;
  std::vector<double> external(mine.weights.size());
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    external[i] = problem.external_potential(points + i * n_parameters);
  return integrals(external, 1)[0];
}

void CharacteristicsOperator::velocity(double *velocities) const
{
  const double           lambda  = field.weight_decay();
  const LearningProblem &problem = field.learning_problem();
  double                 slope[3];
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    {
      const double *theta = present + i * n_parameters;
      double       *v     = velocities + i * n_parameters;
      const double  a     = (has_outer_weight ? theta[0] : 1.);
      if (has_outer_weight)
        v[0] = -dot(residual.data(), values.data() + i * n_modes, n_modes) - lambda * theta[0];
      for (unsigned int d = 0; d < n_omega; ++d)
        {
          const unsigned int c = n_parameters - n_omega + d;
          v[c]                 = -a * dot(residual.data(), slopes.data() + (i * n_omega + d) * n_modes, n_modes) -
                 lambda * omega[i * n_omega + d];
          if (is_radius[c] && theta[c] <= 0.)
            v[c] = std::max(v[c], 0.);
        }
      if (problem.has_external_potential())
        {
          problem.external_gradient(theta, slope);
          for (unsigned int c = 0; c < n_parameters; ++c)
            v[c] -= slope[c];
        }
    }
}

void CharacteristicsOperator::potential(double *result) const
{
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    {
      const double *theta = present + i * n_parameters;
      result[i]           = (has_outer_weight ? theta[0] : 1.) * dot(residual.data(), values.data() + i * n_modes, n_modes) +
                  .5 * field.weight_decay() * square(theta, n_parameters) + field.learning_problem().external_potential(theta);
    }
}

std::vector<double> CharacteristicsOperator::integrals(const std::vector<double> &q, std::size_t columns) const
{
  return integrals_over_points(mine.weights, columns, comm, [&](const std::size_t i, const double weight, double *sums) {
    for (std::size_t c = 0; c < columns; ++c)
      sums[c] += weight * q[i * columns + c];
  });
}

double CharacteristicsOperator::minimum_potential(const std::vector<double> &sample, double lower_a, double upper_a) const
{
  const double        lambda = field.weight_decay();
  double              lowest = std::numeric_limits<double>::infinity();
  const std::size_t   n      = sample.size() / n_omega;
  const auto          stride = static_cast<std::size_t>(number_of_ranks(comm)) * points_of_a_group;
  std::vector<double> chi(points_of_a_group * n_modes);
  for (std::size_t first = static_cast<std::size_t>(rank_of(comm)) * points_of_a_group; first < n; first += stride)
    {
      const std::size_t count = std::min(points_of_a_group, n - first);
      field.modes(static_cast<unsigned int>(count), &sample[first * n_omega], chi.data(), nullptr);
      for (std::size_t i = 0; i < count; ++i)
        {
          const double psi     = dot(residual.data(), chi.data() + i * n_modes, n_modes);
          const double confine = .5 * lambda * square(&sample[(first + i) * n_omega], n_omega);
          if (!has_outer_weight)
            {
              // θ = ω
              lowest = std::min(lowest,
                                psi + confine + field.learning_problem().external_potential(&sample[(first + i) * n_omega]));
              continue;
            }
          // A parabola in a, or a line whose minimum is an end of the interval.
          const double vertex = (lambda > 0. ? std::clamp(-psi / lambda, lower_a, upper_a) : lower_a);
          for (const double a : {lower_a, upper_a, vertex})
            lowest = std::min(lowest, a * psi + .5 * lambda * a * a + confine);
        }
    }
  return dealii::Utilities::MPI::min(lowest, comm);
}
} // namespace rhoflow
