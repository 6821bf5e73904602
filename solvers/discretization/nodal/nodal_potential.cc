#include <solvers/discretization/nodal/nodal_potential.h>

#include <array>
#include <cmath>
#include <map>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
NodalPotential::NodalPotential(const MeanField &mean_field, const NodalSpace &nodal_space, double beta)
  : field(mean_field)
  , space(nodal_space)
  , ambient(mean_field.learning_problem())
  , inverse_temperature(beta)
  , n(mean_field.n_modes())
{
  const LearningProblem &problem = field.learning_problem();
  const Domain          &box     = space.mesh().domain();
  const unsigned int     dim     = space.dimension();
  const bool             linear  = problem.has_outer_weight();
  const unsigned int     skip    = linear ? 1 : 0;

  // The same point of two cells may differ in its last bits.
  std::map<std::array<std::int64_t, 3>, std::uint32_t> known;
  std::vector<double>                                  points;
  omega_of.resize(space.n_local());
  fixed.resize(space.n_local());
  if (linear)
    amplitudes.resize(space.n_local());
  if (ambient.radial_power > 0)
    radial.resize(space.n_local());
  for (std::size_t i = 0; i < space.n_local(); ++i)
    {
      const double *const         theta = space.position(i);
      std::array<std::int64_t, 3> key{};
      double                      square = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        {
          square += theta[d] * theta[d];
          if (d >= skip)
            key[d] = std::llround(std::ldexp((theta[d] - box.lower[d]) / (box.upper[d] - box.lower[d]), 40));
        }
      const auto [entry, is_new] = known.emplace(key, static_cast<std::uint32_t>(known.size()));
      if (is_new)
        points.insert(points.end(), theta + skip, theta + dim);
      omega_of[i] = entry->second;
      fixed[i]    = .5 * field.weight_decay() * square;
      if (problem.has_external_potential())
        {
          external.push_back(problem.external_potential(theta));
          fixed[i] += external.back();
        }
      if (linear)
        amplitudes[i] = theta[0];
      if (!radial.empty())
        radial[i] = theta[dim - 1] > 0. ? -(ambient.radial_power * std::log(theta[dim - 1])) : 0.;
    }
  chi.resize(known.size() * n);
  if (n > 0)
    field.modes(static_cast<unsigned int>(known.size()), points.data(), chi.data(), nullptr);
}

std::vector<double> NodalPotential::potential(const std::vector<double> &e) const
{
  const std::size_t   n_omega = n > 0 ? chi.size() / n : 0;
  std::vector<double> psi(n_omega), result = fixed;
  for (std::size_t o = 0; o < n_omega; ++o)
    {
      double sum = 0.;
      for (unsigned int j = 0; j < n; ++j)
        sum += e[j] * chi[o * n + j];
      psi[o] = sum;
    }
  if (n > 0)
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] += amplitude(i) * psi[omega_of[i]];
  return result;
}

std::vector<double> NodalPotential::exponents(const std::vector<double> &e) const
{
  std::vector<double> result = potential(e);
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = inverse_temperature * result[i] + radial_part(i);
  return result;
}

namespace
{
/// Over the ranks, the same bits on each of them.
std::vector<double> sum_over_ranks(const std::vector<double> &mine, MPI_Comm communicator)
{
  std::vector<ExactSum> sums(mine.size());
  for (std::size_t j = 0; j < mine.size(); ++j)
    sums[j].add(mine[j]);
  return global_sums(std::move(sums), communicator);
}
} // namespace

std::vector<double> NodalPotential::moments(const std::vector<double> &masses) const
{
  if (n == 0)
    return {};
  std::vector<double> at_omega(chi.size() / n, 0.), result(n, 0.);
  for (std::size_t i = 0; i < masses.size(); ++i)
    {
      const std::uint32_t node = space.owned_node(i);
      at_omega[omega_of[node]] += masses[i] * amplitude(node);
    }
  for (std::size_t o = 0; o < at_omega.size(); ++o)
    for (unsigned int j = 0; j < n; ++j)
      result[j] += at_omega[o] * chi[o * n + j];
  return sum_over_ranks(result, space.mesh().communicator());
}

std::vector<double> NodalPotential::second_moments(const std::vector<double> &masses) const
{
  if (n == 0)
    return {};
  std::vector<double> at_omega(chi.size() / n, 0.), result(static_cast<std::size_t>(n) * n, 0.);
  for (std::size_t i = 0; i < masses.size(); ++i)
    {
      const std::uint32_t node = space.owned_node(i);
      at_omega[omega_of[node]] += masses[i] * amplitude(node) * amplitude(node);
    }
  for (std::size_t o = 0; o < at_omega.size(); ++o)
    for (unsigned int j = 0; j < n; ++j)
      for (unsigned int k = 0; k < n; ++k)
        result[j * n + k] += at_omega[o] * chi[o * n + j] * chi[o * n + k];
  return sum_over_ranks(result, space.mesh().communicator());
}
} // namespace rhoflow
