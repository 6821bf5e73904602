#include <solvers/base/numerics/exact_sum.h>
#include <solvers/characteristics/dot.h>
#include <solvers/characteristics/noisy_points.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>

namespace rhoflow
{
namespace
{
constexpr std::size_t group_size = 32; // as that of CharacteristicsOperator
} // namespace

NoisyPoints::NoisyPoints(const LearningProblem &learning_problem, const SgdField &sgd_field, const Measure &share,
                         MPI_Comm communicator)
  : problem(learning_problem)
  , field(sgd_field)
  , mine(share)
  , comm(communicator)
  , K(problem.n_nodes())
  , D(problem.n_parameters())
  , n_omega(problem.n_feature_parameters())
  , n_pairs(n_omega * (n_omega + 1) / 2)
  , first(problem.has_outer_weight() ? 1 : 0)
{
  const std::size_t n = mine.weights.size();
  omega.resize(n * n_omega);
  g.resize(n * K);
  dg.resize(n * n_omega * K);
  ddg.resize(n * n_pairs * K);
}

void NoisyPoints::evaluate(const State &points, const Order order)
{
  theta               = points.data();
  const std::size_t n = mine.weights.size();
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(theta + i * D + first, n_omega, &omega[i * n_omega]);
  const auto count = static_cast<unsigned int>(n);
  if (order == Order::second)
    problem.features_to_second_order(count, omega.data(), g.data(), dg.data(), ddg.data());
  else
    problem.features(count, omega.data(), g.data(), order == Order::values ? nullptr : dg.data());
}

std::vector<double> NoisyPoints::integrals(const std::size_t columns, const std::function<void(std::size_t, double *)> &row)
{
  std::vector<ExactSum> sums(columns);
  std::vector<double>   group(columns), values(columns);
  const std::size_t     n = mine.weights.size();
  for (std::size_t begin = 0; begin < n; begin += group_size)
    {
      std::fill(group.begin(), group.end(), 0.);
      for (std::size_t i = begin; i < std::min(begin + group_size, n); ++i)
        {
          row(i, values.data());
          for (std::size_t c = 0; c < columns; ++c)
            group[c] += mine.weights[i] * values[c];
        }
      for (std::size_t c = 0; c < columns; ++c)
        sums[c].add(group[c]);
    }
  return global_sums(std::move(sums), comm);
}

std::vector<double> NoisyPoints::sum_of_features()
{
  return integrals(K, [this](const std::size_t i, double *row) {
    const double a = first == 1 ? theta[i * D] : 1.;
    for (std::size_t l = 0; l < K; ++l)
      row[l] = a * g[i * K + l];
  });
}

void NoisyPoints::gradient(const std::size_t i, const std::vector<double> &c, double *result) const
{
  const double a = first == 1 ? theta[i * D] : 1.;
  if (first == 1)
    result[0] = dot(c.data(), &g[i * K], K);
  for (std::size_t d = 0; d < n_omega; ++d)
    result[first + d] = a * dot(c.data(), &dg[(i * n_omega + d) * K], K);
}

void NoisyPoints::add_squares(const std::size_t i, const double factor, double *sums) const
{
  const double a = first == 1 ? theta[i * D] : 1.;
  if (first == 1)
    for (std::size_t l = 0; l < K; ++l)
      sums[l] += factor * g[i * K + l] * g[i * K + l];
  for (std::size_t d = 0; d < n_omega; ++d)
    {
      const double *slope = &dg[(i * n_omega + d) * K];
      for (std::size_t l = 0; l < K; ++l)
        sums[l] += factor * (a * slope[l]) * (a * slope[l]);
    }
}

void NoisyPoints::add_slopes(const std::size_t i, const double *direction, double *sums) const
{
  const double a = first == 1 ? theta[i * D] : 1.;
  if (first == 1)
    for (std::size_t l = 0; l < K; ++l)
      sums[l] += direction[0] * g[i * K + l];
  for (std::size_t d = 0; d < n_omega; ++d)
    {
      const double *slope = &dg[(i * n_omega + d) * K];
      for (std::size_t l = 0; l < K; ++l)
        sums[l] += a * direction[first + d] * slope[l];
    }
}

std::vector<double> NoisyPoints::prediction(const State &points)
{
  evaluate(points, Order::values);
  return sum_of_features();
}

std::vector<double> NoisyPoints::prediction_and_kernel(const State &points)
{
  evaluate(points, Order::gradients);
  return integrals(2 * K, [this](const std::size_t i, double *row) {
    const double a = first == 1 ? theta[i * D] : 1.;
    for (std::size_t l = 0; l < K; ++l)
      row[l] = a * g[i * K + l];
    std::fill_n(row + K, K, 0.);
    add_squares(i, 1., row + K);
  });
}

std::vector<double> NoisyPoints::kernel_times(const std::vector<double> &c)
{
  double slope[3];
  return integrals(K, [&](const std::size_t i, double *row) {
    gradient(i, c, slope);
    std::fill_n(row, K, 0.);
    add_slopes(i, slope, row);
  });
}

void NoisyPoints::noise(const State &points, const NoiseIncrement &increment, State &rate)
{
  evaluate(points, Order::gradients);
  const std::vector<double> c = field.noise(field.residuals(sum_of_features()), increment);
  rate.resize(points.size());
  for (std::size_t i = 0; i < mine.weights.size(); ++i)
    gradient(i, c, &rate[i * D]);
  for (std::size_t i = 0; i < mine.weights.size() * D; ++i)
    rate[i] = -rate[i];
}

void NoisyPoints::drift(const State &points, State &rate)
{
  evaluate(points, Order::second);
  const double              alpha = field.step_size(), lambda = field.weight_decay();
  const double              v = field.of_mean(), w = field.of_samples() + v;
  const std::size_t         n         = mine.weights.size();
  const std::vector<double> r         = field.residuals(sum_of_features());
  const std::vector<double> potential = field.potential(r), squares = field.squares(r);

  // ∇Ψ and the direction v ∇Ψ + w λθ, of which the drift has the derivative along it.
  std::vector<double> slope(n * D), direction(n * D);
  for (std::size_t i = 0; i < n; ++i)
    gradient(i, potential, &slope[i * D]);
  for (std::size_t i = 0; i < n * D; ++i)
    direction[i] = v * slope[i] + w * lambda * theta[i];

  const std::vector<double> sums = integrals(2 * K, [&](const std::size_t i, double *row) {
    std::fill_n(row, 2 * K, 0.);
    add_squares(i, 1., row);
    add_slopes(i, &direction[i * D], row + K);
  });
  const auto                half = sums.begin() + static_cast<std::ptrdiff_t>(K);
  const std::vector<double> c    = field.drift(r, {sums.begin(), half}, {half, sums.end()});

  rate.resize(points.size());
  // The vectors that the second derivatives of σ_l act on: squares_l ∇σ_l + p_l r_l direction.
  std::vector<double> y(D * K);
  for (std::size_t i = 0; i < n; ++i)
    {
      double *const       velocity = &rate[i * D];
      const double *const values   = &g[i * K];
      const double *const slopes   = &dg[i * n_omega * K];
      const double *const seconds  = &ddg[i * n_pairs * K];
      const double        a        = first == 1 ? theta[i * D] : 1.;
      gradient(i, c, velocity);
      double curved[3] = {0., 0., 0.};
      for (std::size_t d = 0; d < D; ++d)
        {
          const double *part   = d < first ? values : slopes + (d - first) * K;
          const double  factor = d < first ? 1. : a;
          for (std::size_t l = 0; l < K; ++l)
            y[d * K + l] = squares[l] * factor * part[l] + potential[l] * direction[i * D + d];
        }
      if (first == 1)
        for (std::size_t d = 0; d < n_omega; ++d)
          {
            curved[0] += dot(slopes + d * K, &y[(1 + d) * K], K);
            curved[1 + d] += dot(slopes + d * K, &y[0], K);
          }
      const double *second = seconds;
      for (std::size_t d = 0; d < n_omega; ++d)
        for (std::size_t e = d; e < n_omega; ++e, second += K)
          {
            curved[first + d] += a * dot(second, &y[(first + e) * K], K);
            if (e != d)
              curved[first + e] += a * dot(second, &y[(first + d) * K], K);
          }
      for (std::size_t d = 0; d < D; ++d)
        velocity[d] = -velocity[d] - .5 * alpha * curved[d] - lambda * theta[i * D + d] -
                      .5 * alpha * w * lambda * (slope[i * D + d] + lambda * theta[i * D + d]);
    }
}
} // namespace rhoflow
