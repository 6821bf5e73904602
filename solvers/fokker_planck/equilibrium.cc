#include <solvers/fokker_planck/equilibrium.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
const MeanField &NodalDual::mean_field() const
{
  return field.mean_field();
}

std::vector<double> NodalDual::boltzmann_density(const std::vector<double> &e, double &log_partition) const
{
  const std::vector<double> phi    = field.exponents(e);
  double                    lowest = std::numeric_limits<double>::infinity(), sum = 0.;
  for (std::size_t i = 0; i < nodes.n_owned(); ++i)
    lowest = std::min(lowest, phi[nodes.owned_node(i)]);
  lowest = dealii::Utilities::MPI::min(lowest, nodes.mesh().communicator());
  std::vector<double> density(nodes.n_owned());
  for (std::size_t i = 0; i < density.size(); ++i)
    {
      density[i] = std::exp(lowest - phi[nodes.owned_node(i)]);
      sum += nodes.weights()[i] * density[i];
    }
  ExactSum all;
  all.add(sum);
  const double partition = global_sum(all, nodes.mesh().communicator());
  for (double &value : density)
    value /= partition;
  log_partition = std::log(partition) - lowest;
  return density;
}

DualState NodalDual::evaluate(const std::vector<double> &e, double beta, bool with_covariance) const
{
  DualState           state{beta, e, 0., 0., {}, {}, {}};
  const std::size_t   n = e.size();
  std::vector<double> masses;
  masses = boltzmann_density(e, state.log_partition);
  state.log_partition += field.measure().log_sphere;
  for (std::size_t i = 0; i < masses.size(); ++i)
    masses[i] *= nodes.weights()[i];
  const std::vector<double> minus_c = mean_field().residual(std::vector<double>(n, 0.));
  std::vector<double>       c(minus_c);
  for (double &value : c)
    value = -value;
  state.moments  = field.moments(masses);
  state.gradient = mean_field().residual(state.moments);
  state.dual     = mean_field().risk(c) - state.log_partition / beta;
  for (std::size_t j = 0; j < n; ++j)
    {
      state.gradient[j] -= e[j];
      state.dual -= (.5 * e[j] + c[j]) * e[j];
    }
  if (with_covariance)
    {
      state.covariance = field.second_moments(masses);
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < n; ++k)
          state.covariance[j * n + k] -= state.moments[j] * state.moments[k];
    }
  return state;
}

Equilibrium::Equilibrium(const NodalPotential &potential, const NodalSpace &space, std::vector<double> guess)
{
  const NodalDual dual(potential, space);
  const auto      solve = [&](double tolerance) {
    return maximise_dual(dual, potential.beta(), guess, tolerance, 200, [](unsigned int, double) {});
  };
  // As far as round-off lets it: what is missing here would move the density at rest.
  BoltzmannSolution solution = solve(1e-12);
  guess                      = solution.state.e;
  try
    {
      solution = solve(1e-14);
    }
  catch (const RunError &)
    {}
  e = solution.state.e;
  evaluate(potential, space);
}

Equilibrium Equilibrium::of_residual(const NodalPotential &potential, const NodalSpace &space, std::vector<double> e)
{
  Equilibrium result;
  result.e = std::move(e);
  result.evaluate(potential, space);
  return result;
}

void Equilibrium::evaluate(const NodalPotential &potential, const NodalSpace &space)
{
  const NodalDual dual(potential, space);
  free_energy = dual.evaluate(e, potential.beta(), false).dual;
  double log_partition;
  density                       = dual.boltzmann_density(e, log_partition);
  const std::vector<double> phi = potential.exponents(e);
  for (std::size_t i = 0; i < space.n_owned(); ++i)
    exponents.push_back(phi[space.owned_node(i)] + log_partition);
}
} // namespace rhoflow
