#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/ranks.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/moments_kernel.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/gaussian/quadrature.h>
#include <solvers/model/learning_problem.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
constexpr std::size_t group_size = 128;

AxisQuadrature unit_amplitude()
{
  Domain point;
  point.lower        = {.5};
  point.upper        = {1.5};
  point.subdivisions = {1};
  point.periodic     = {true};
  return AxisQuadrature(point, 0, 1);
}

/// In floating point, since it is asked before anybody knows whether it fits into an integer.
double n_tensor_nodes(const Domain &domain, unsigned int nodes_per_cell, unsigned int first_axis)
{
  double count = 1.;
  for (unsigned int d = first_axis; d < domain.dimension(); ++d)
    count *= std::ldexp(domain.subdivisions[d], static_cast<int>(domain.refinement)) * nodes_per_cell;
  return count;
}
} // namespace

AxisQuadrature::AxisQuadrature(const Domain &domain, unsigned int axis, unsigned int nodes_per_cell)
{
  const std::size_t cells = static_cast<std::size_t>(domain.subdivisions[axis]) << domain.refinement;
  const double      h     = (domain.upper[axis] - domain.lower[axis]) / static_cast<double>(cells);
  const auto        rule  = gauss_legendre(nodes_per_cell);
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (unsigned int q = 0; q < nodes_per_cell; ++q)
      {
        nodes.push_back(domain.lower[axis] + h * (static_cast<double>(cell) + .5 + .5 * rule.nodes[q]));
        weights.push_back(h * rule.weights[q]);
        at_lower_side.push_back(cell == 0 && !domain.periodic[axis]);
        at_upper_side.push_back(cell + 1 == cells && !domain.periodic[axis]);
      }
}

DualProblem::Cost DualProblem::cost(const MeanField &mean_field, const Domain &domain, unsigned int nodes_per_cell,
                                    MPI_Comm communicator)
{
  const LearningProblem &problem = mean_field.learning_problem();
  // Throws where the entropy has no meaning.
  static_cast<void>(AmbientMeasure(problem));
  const int          n_ranks = number_of_ranks(communicator);
  const unsigned int skip    = problem.has_outer_weight() ? 1 : 0;
  return {n_tensor_nodes(domain, nodes_per_cell, 0) / n_ranks,
          8. * n_tensor_nodes(domain, nodes_per_cell, skip) * mean_field.n_modes() / n_ranks};
}

DualProblem::DualProblem(const MeanField &mean_field, const Domain &domain, unsigned int nodes_per_cell, MPI_Comm communicator)
  : field(mean_field)
  , comm(communicator)
  , n(mean_field.n_modes())
  , linear(mean_field.learning_problem().has_outer_weight())
  , n_omega(mean_field.n_feature_parameters())
  , n_parameters(mean_field.learning_problem().n_parameters())
  , ambient(mean_field.learning_problem())
  , amplitudes(linear ? AxisQuadrature(domain, 0, nodes_per_cell) : unit_amplitude())
{
  target = field.residual(std::vector<double>(n, 0.));
  for (double &c : target)
    c = -c;
  constant = field.risk(target);

  const LearningProblem      &problem = field.learning_problem();
  std::vector<AxisQuadrature> axes;
  n_global_omega = 1;
  for (std::size_t d = n_parameters - n_omega; d < n_parameters; ++d)
    {
      axes.emplace_back(domain, static_cast<unsigned int>(d), nodes_per_cell);
      n_global_omega *= axes.back().nodes.size();
    }
  const std::size_t n_groups = (n_global_omega + group_size - 1) / group_size;
  const auto        rank     = static_cast<std::size_t>(rank_of(comm));
  const auto        size     = static_cast<std::size_t>(number_of_ranks(comm));
  const std::size_t first    = std::min(n_global_omega, n_groups * rank / size * group_size);
  const std::size_t last     = std::min(n_global_omega, n_groups * (rank + 1) / size * group_size);
  for (std::size_t i = first; i < last; ++i)
    {
      double      weight = 1., log_measure = ambient.log_sphere;
      bool        side  = false;
      std::size_t index = i;
      for (std::size_t d = 0; d < n_omega; ++d)
        {
          const std::size_t q      = index % axes[d].nodes.size();
          const bool        radius = ambient.has_radius && d + 1 == n_omega;
          index /= axes[d].nodes.size();
          omega.push_back(axes[d].nodes[q]);
          widths.push_back(axes[d].weights[q]);
          weight *= axes[d].weights[q];
          if (radius)
            log_measure = ambient.log_density(axes[d].nodes[q]);
          // Nothing leaves the box through r = 0.
          side = side || axes[d].at_upper_side[q] ||
                 (axes[d].at_lower_side[q] && !(radius && domain.lower[n_parameters - n_omega + d] == 0.));
        }
      weights.push_back(weight);
      reference.push_back(log_measure);
      at_side.push_back(side);
      // Only neurons without amplitude, ω = θ, come with an external potential.
      external.push_back(problem.has_external_potential() ? problem.external_potential(&omega[omega.size() - n_omega]) : 0.);
    }
  chi.resize(weights.size() * n);
  field.modes(static_cast<unsigned int>(weights.size()), omega.data(), chi.data(), nullptr);
}

/// At a node ω_i with ψ = Σ_j e_j χ_j(ω_i), the exponent β (a ψ + L + λ (a² + |ω|²)/2) − log dμ/dθ as a function of a.
struct DualProblem::Exponents
{
  double beta, lambda, psi, rest;

  Exponents(const DualProblem &problem, double inverse_temperature, double slope, std::size_t i, bool with_reference)
    : beta(inverse_temperature)
    , lambda(problem.field.weight_decay())
    , psi(slope)
  {
    // a = 1 stands for no amplitude, which does not decay.
    double square = problem.linear ? 0. : -1.;
    for (std::size_t d = 0; d < problem.n_omega; ++d)
      square += problem.omega[i * problem.n_omega + d] * problem.omega[i * problem.n_omega + d];
    rest = .5 * lambda * square * beta + problem.external[i] * beta - (with_reference ? problem.reference[i] : 0.);
  }

  double operator()(double a) const { return beta * (a * psi + .5 * lambda * a * a) + rest; }
};

double DualProblem::lowest(const State &state, bool with_reference, std::vector<double> &psi) const
{
  psi.resize(weights.size());
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < weights.size(); ++i)
    {
      psi[i] = kernel::dot(n, state.e.data(), chi.data() + i * n);
      const Exponents exponent(*this, state.beta, psi[i], i, with_reference);
      for (const double a : amplitudes.nodes)
        smallest = std::min(smallest, exponent(a));
    }
  return dealii::Utilities::MPI::min(smallest, comm);
}

double DualProblem::minimum_potential(const State &state) const
{
  std::vector<double> psi;
  return lowest(state, false, psi) / state.beta;
}

DualProblem::State DualProblem::evaluate(const std::vector<double> &e, double beta, bool with_covariance) const
{
  State               state{beta, e, 0., 0., std::vector<double>(n), std::vector<double>(n), {}};
  std::vector<double> psi;
  const double        shift    = lowest(state, true, psi);
  const std::size_t   triangle = with_covariance ? static_cast<std::size_t>(n) * (n + 1) / 2 : 0;

  std::vector<ExactSum> sums(1 + n + triangle);
  std::vector<double>   group(sums.size());
  for (std::size_t first = 0; first < weights.size(); first += group_size)
    {
      std::fill(group.begin(), group.end(), 0.);
      for (std::size_t i = first; i < std::min(first + group_size, weights.size()); ++i)
        {
          const Exponents exponent(*this, beta, psi[i], i, true);
          double          power[3] = {0., 0., 0.};
          for (std::size_t k = 0; k < amplitudes.nodes.size(); ++k)
            {
              const double a = amplitudes.nodes[k], w = amplitudes.weights[k] * std::exp(shift - exponent(a));
              power[0] += w;
              power[1] += w * a;
              power[2] += w * a * a;
            }
          if (power[0] == 0.)
            continue;
          group[0] += weights[i] * power[0];
          kernel::add_multiple(n, weights[i] * power[1], chi.data() + i * n, group.data() + 1);
          if (with_covariance)
            kernel::add_outer_product(n, weights[i] * power[2], chi.data() + i * n, group.data() + 1 + n);
        }
      for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c].add(group[c]);
    }
  const std::vector<double> total = global_sums(std::move(sums), comm);

  state.log_partition = std::log(total[0]) - shift;
  state.dual          = constant - state.log_partition / beta;
  for (unsigned int j = 0; j < n; ++j)
    {
      state.moments[j]  = total[1 + j] / total[0];
      state.gradient[j] = state.moments[j] - target[j] - e[j];
      state.dual -= (.5 * e[j] + target[j]) * e[j];
    }
  if (with_covariance)
    {
      state.covariance.resize(static_cast<std::size_t>(n) * n);
      std::size_t entry = 1 + n;
      for (unsigned int j = 0; j < n; ++j)
        for (unsigned int k = 0; k <= j; ++k, ++entry)
          state.covariance[j * n + k] = state.covariance[k * n + j] = total[entry] / total[0] -
                                                                      state.moments[j] * state.moments[k];
    }
  return state;
}

std::vector<double> DualProblem::integrals(const State &state, std::size_t columns,
                                           const std::function<void(const Node &, double *)> &quantities) const
{
  std::vector<double> psi;
  lowest(state, true, psi);
  std::vector<ExactSum> sums(columns);
  std::vector<double>   group(columns), q(columns), theta(n_parameters);
  for (std::size_t first = 0; first < weights.size(); first += group_size)
    {
      std::fill(group.begin(), group.end(), 0.);
      for (std::size_t i = first; i < std::min(first + group_size, weights.size()); ++i)
        {
          const Exponents exponent(*this, state.beta, psi[i], i, true);
          std::copy_n(&omega[i * n_omega], n_omega, theta.end() - static_cast<std::ptrdiff_t>(n_omega));
          for (std::size_t k = 0; k < amplitudes.nodes.size(); ++k)
            {
              const double a = amplitudes.nodes[k], power = exponent(a);
              const double mass = weights[i] * amplitudes.weights[k] * std::exp(-state.log_partition - power);
              if (mass == 0.)
                continue;
              if (linear)
                theta[0] = a;
              quantities({theta.data(), (power + reference[i]) / state.beta, external[i],
                          at_side[i] || amplitudes.at_lower_side[k] || amplitudes.at_upper_side[k]},
                         q.data());
              kernel::add_multiple(columns, mass, q.data(), group.data());
            }
        }
      for (std::size_t c = 0; c < columns; ++c)
        sums[c].add(group[c]);
    }
  return global_sums(std::move(sums), comm);
}

Measure DualProblem::masses(const State &state) const
{
  std::vector<double> psi;
  lowest(state, true, psi);
  Measure result;
  for (std::size_t i = 0; i < weights.size(); ++i)
    {
      const Exponents exponent(*this, state.beta, psi[i], i, true);
      for (std::size_t k = 0; k < amplitudes.nodes.size(); ++k)
        {
          const double a    = amplitudes.nodes[k];
          const double mass = weights[i] * amplitudes.weights[k] * std::exp(-state.log_partition - exponent(a));
          if (mass == 0.)
            continue;
          result.weights.push_back(mass);
          if (linear)
            {
              result.points.push_back(a);
              result.extents.push_back(amplitudes.weights[k]);
            }
          const auto begin = static_cast<std::ptrdiff_t>(i * n_omega), end = static_cast<std::ptrdiff_t>((i + 1) * n_omega);
          result.points.insert(result.points.end(), omega.begin() + begin, omega.begin() + end);
          result.extents.insert(result.extents.end(), widths.begin() + begin, widths.begin() + end);
        }
    }
  return result;
}

void DualProblem::density(const State &state, std::size_t count, const double *theta, double *log_density,
                          double *potential) const
{
  std::vector<double> points(count * n_omega), values(count * n);
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(theta + (i + 1) * n_parameters - n_omega, n_omega, &points[i * n_omega]);
  field.modes(static_cast<unsigned int>(count), points.data(), values.data(), nullptr);
  const LearningProblem &problem = field.learning_problem();
  for (std::size_t i = 0; i < count; ++i)
    {
      const double *t      = theta + i * n_parameters;
      double        square = 0.;
      for (std::size_t d = 0; d < n_parameters; ++d)
        square += t[d] * t[d];
      potential[i] = (linear ? t[0] : 1.) * kernel::dot(n, state.e.data(), values.data() + i * n) +
                     .5 * field.weight_decay() * square + problem.external_potential(t);
      log_density[i] = -state.beta * potential[i] - state.log_partition;
    }
}
} // namespace rhoflow
