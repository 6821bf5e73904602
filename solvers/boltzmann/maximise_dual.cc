#include <solvers/base/error.h>
#include <solvers/base/numerics/dense.h>
#include <solvers/base/text.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/mean_field/mean_field.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace rhoflow
{
namespace
{
double norm(const std::vector<double> &x)
{
  double sum = 0.;
  for (const double value : x)
    sum += value * value;
  return std::sqrt(sum);
}

/// Of 1 + β Cov.
Cholesky factorised(const DualState &state)
{
  const std::size_t   n = state.e.size();
  std::vector<double> matrix(n * n);
  // The lower triangle of a covariance that is symmetric up to round-off.
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      matrix[i * n + j] = matrix[j * n + i] = state.beta * state.covariance[i * n + j] + (i == j ? 1. : 0.);
  // The matrix is at least one; round-off of a covariance that is nothing must not change that.
  return Cholesky(std::move(matrix), n, 0., 1e-3);
}

/// tr((1 + S)⁻¹ S) with S = β Cov.
double effective_rank(const DualState &state, const Cholesky &factor)
{
  const std::size_t   n     = state.e.size();
  double              trace = 0.;
  std::vector<double> column(n);
  for (std::size_t j = 0; j < n; ++j)
    {
      for (std::size_t i = 0; i < n; ++i)
        column[i] = state.beta * state.covariance[i * n + j];
      factor.solve(column.data());
      trace += column[j];
    }
  return trace;
}
} // namespace

BoltzmannSolution maximise_dual(const Dual &problem, double beta, std::vector<double> e, double tolerance,
                                unsigned int max_steps, const std::function<void(unsigned int, double)> &report)
{
  const std::vector<double> c     = problem.mean_field().residual(std::vector<double>(e.size(), 0.));
  const double              small = tolerance * std::max(1., norm(c));
  BoltzmannSolution         result{problem.evaluate(e, beta, true)};
  for (;;)
    {
      result.gradient = norm(result.state.gradient);
      report(result.n_steps, result.gradient);
      const Cholesky factor = factorised(result.state);
      if (result.gradient <= small)
        {
          result.effective_rank = effective_rank(result.state, factor);
          return result;
        }
      if (!std::isfinite(result.gradient) || result.n_steps == max_steps)
        throw RunError("Newton's method has not converged at the inverse temperature " + short_number(beta) + ": after " +
                       std::to_string(result.n_steps) + " steps the moments differ by " + short_number(result.gradient) +
                       ". Approach it by 'Boltzmann/Path of inverse temperatures', or raise 'Boltzmann/Maximum iterations' or "
                       "'Boltzmann/Tolerance'.");

      std::vector<double> direction = result.state.gradient;
      factor.solve(direction.data());
      double slope = 0.;
      for (std::size_t j = 0; j < e.size(); ++j)
        slope += direction[j] * result.state.gradient[j];
      // Near the maximum D grows by less than its round-off; the gradient still tells.
      const double round_off = 1e-13 * (1. + std::abs(result.state.dual));
      double       s         = 1.;
      for (;; s *= .5)
        {
          for (std::size_t j = 0; j < e.size(); ++j)
            e[j] = result.state.e[j] + s * direction[j];
          const auto trial = problem.evaluate(e, beta, false);
          if (trial.dual >= result.state.dual + 1e-4 * s * slope - round_off || norm(trial.gradient) <= .5 * result.gradient)
            break;
          if (s < 1e-10)
            throw RunError("Newton's method stagnates at the inverse temperature " + short_number(beta) +
                           ": the moments differ by " + short_number(result.gradient) +
                           ". Raise 'Boltzmann/Tolerance' above this.");
          ++result.n_halvings;
        }
      result.state = problem.evaluate(e, beta, true);
      ++result.n_steps;
    }
}
} // namespace rhoflow
