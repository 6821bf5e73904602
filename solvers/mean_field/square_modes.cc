#include <solvers/base/numerics/random.h>
#include <solvers/mean_field/compression.h>
#include <solvers/mean_field/projection_kernel.h>
#include <solvers/mean_field/square_modes.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
constexpr unsigned int chunk = 32;

std::vector<double> random_points(const std::vector<double> &lower, const std::vector<double> &upper, const std::size_t n,
                                  const std::uint64_t round)
{
  // Rounds that the modes of the features do not use.
  constexpr std::uint64_t first_round = 1000000;
  CounterRandom           random(0, RandomPurpose::check_points, first_round + round);
  const std::size_t       D = lower.size();
  std::vector<double>     points(n * D);
  for (std::size_t i = 0; i < n * D; ++i)
    points[i] = lower[i % D] + (upper[i % D] - lower[i % D]) * random.uniform();
  return points;
}

/// |∇g|² and, unless null, its gradient, from derivatives of the features at a point: [Dω][K], [pairs][K].
void square_of_gradient(const std::size_t n_omega, const std::size_t K, const double *dg, const double *ddg, double *square,
                        double *gradient)
{
  std::fill_n(square, K, 0.);
  for (std::size_t c = 0; c < n_omega; ++c)
    for (std::size_t k = 0; k < K; ++k)
      square[k] += dg[c * K + k] * dg[c * K + k];
  if (gradient == nullptr)
    return;
  std::fill_n(gradient, n_omega * K, 0.);
  const double *second = ddg;
  for (std::size_t c = 0; c < n_omega; ++c)
    for (std::size_t e = c; e < n_omega; ++e, second += K)
      for (std::size_t k = 0; k < K; ++k)
        {
          gradient[c * K + k] += 2. * dg[e * K + k] * second[k];
          if (e != c)
            gradient[e * K + k] += 2. * dg[c * K + k] * second[k];
        }
}
} // namespace

SquareModes::SquareModes(const LearningProblem &learning_problem, const std::vector<double> &lower,
                         const std::vector<double> &upper, const double tolerance)
  : problem(learning_problem)
{
  const std::size_t K = problem.n_nodes();
  for (const double p : problem.weights())
    root.push_back(std::sqrt(p));
  std::vector<double> q; // Q₂, [n][K]
  if (tolerance == 0.)
    {
      q.assign(K * K, 0.);
      for (std::size_t k = 0; k < K; ++k)
        q[k * K + k] = 1.;
    }
  else
    {
      // Points that the basis was not built from must be as well represented as those that it was.
      constexpr std::size_t   n_points   = 400;
      constexpr std::uint64_t max_rounds = 10;
      Compression             compression(K, tolerance);
      for (std::uint64_t round = 0; round < max_rounds; ++round)
        {
          std::vector<double> squares = weighted_squares(random_points(lower, upper, n_points, round));
          if (round > 0 && compression.relative_error(squares) <= tolerance)
            break;
          compression.add(std::move(squares));
        }
      q = compression.basis();
    }
  mode_count = static_cast<unsigned int>(q.size() / K);
  padded     = projection_padding(mode_count);
  basis.assign(K * padded, 0.);
  for (std::size_t k = 0; k < K; ++k)
    for (unsigned int j = 0; j < mode_count; ++j)
      basis[k * padded + j] = root[k] * q[j * K + k];
}

std::vector<double> SquareModes::weighted_squares(const std::vector<double> &omega) const
{
  const std::size_t   K = problem.n_nodes(), n_omega = problem.n_feature_parameters(), n = omega.size() / n_omega;
  std::vector<double> g(n * K), dg(n * n_omega * K), result(2 * n * K);
  problem.features(static_cast<unsigned int>(n), omega.data(), g.data(), dg.data());
  for (std::size_t i = 0; i < n; ++i)
    {
      double *const square = &result[2 * i * K];
      // Without an outer weight the values do not occur, and need no modes.
      for (std::size_t k = 0; k < K; ++k)
        square[k] = problem.has_outer_weight() ? root[k] * g[i * K + k] * g[i * K + k] : 0.;
      square_of_gradient(n_omega, K, &dg[i * n_omega * K], nullptr, square + K, nullptr);
      for (std::size_t k = 0; k < K; ++k)
        square[K + k] *= root[k];
    }
  return result;
}

void SquareModes::values(const unsigned int count, const double *omega, double *values, double *gradients) const
{
  const std::size_t   K = problem.n_nodes(), n_omega = problem.n_feature_parameters();
  std::vector<double> g(chunk * K), dg(gradients != nullptr ? chunk * n_omega * K : 0);
  for (unsigned int first = 0; first < count; first += chunk)
    {
      const unsigned int n = std::min(chunk, count - first);
      problem.features(n, omega + first * n_omega, g.data(), gradients != nullptr ? dg.data() : nullptr);
      if (gradients != nullptr)
        {
          for (std::size_t i = 0; i < n; ++i)
            for (std::size_t c = 0; c < n_omega; ++c)
              for (std::size_t k = 0; k < K; ++k)
                dg[(i * n_omega + c) * K + k] *= 2. * g[i * K + k];
          project(n * n_omega, K, mode_count, padded, dg.data(), basis.data(), gradients + first * n_omega * mode_count);
        }
      for (std::size_t i = 0; i < n * K; ++i)
        g[i] *= g[i];
      project(n, K, mode_count, padded, g.data(), basis.data(), values + static_cast<std::size_t>(first) * mode_count);
    }
}

void SquareModes::slopes(const unsigned int count, const double *omega, double *values, double *gradients) const
{
  const std::size_t   K = problem.n_nodes(), n_omega = problem.n_feature_parameters(), n_pairs = n_omega * (n_omega + 1) / 2;
  std::vector<double> g(chunk * K), dg(chunk * n_omega * K), ddg(chunk * n_pairs * K), square(chunk * K),
    slope(chunk * n_omega * K);
  for (unsigned int first = 0; first < count; first += chunk)
    {
      const unsigned int n = std::min(chunk, count - first);
      problem.features_to_second_order(n, omega + first * n_omega, g.data(), dg.data(), ddg.data());
      for (std::size_t i = 0; i < n; ++i)
        square_of_gradient(n_omega, K, &dg[i * n_omega * K], &ddg[i * n_pairs * K], &square[i * K], &slope[i * n_omega * K]);
      project(n, K, mode_count, padded, square.data(), basis.data(), values + static_cast<std::size_t>(first) * mode_count);
      if (gradients != nullptr)
        project(n * n_omega, K, mode_count, padded, slope.data(), basis.data(), gradients + first * n_omega * mode_count);
    }
}

std::vector<double> SquareModes::in_modes(const std::vector<double> &c) const
{
  std::vector<double> result(mode_count, 0.);
  for (std::size_t k = 0; k < c.size(); ++k)
    if (root[k] > 0.)
      for (unsigned int j = 0; j < mode_count; ++j)
        result[j] += c[k] / (root[k] * root[k]) * basis[k * padded + j];
  return result;
}

std::vector<double> SquareModes::at_nodes(const std::vector<double> &moments) const
{
  std::vector<double> result(root.size(), 0.);
  for (std::size_t k = 0; k < root.size(); ++k)
    if (root[k] > 0.)
      {
        for (unsigned int j = 0; j < mode_count; ++j)
          result[k] += basis[k * padded + j] * moments[j];
        result[k] /= root[k] * root[k];
      }
  return result;
}
} // namespace rhoflow
