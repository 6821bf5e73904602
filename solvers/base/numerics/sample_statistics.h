#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace rhoflow
{
/// Σ x_i / n, in the given order; NaN for an empty sample.
double mean(const std::vector<double> &sample);

/// √(Σ (x_i − mean)² / (n − 1)); NaN for fewer than two values.
double standard_deviation(const std::vector<double> &sample);

/// √(Σ (x_i − mean)² / (n (n − 1))); NaN for fewer than two values.
double standard_error(const std::vector<double> &sample);

/// The standard error of a quantity by the jackknife (Efron and Stein, Ann. Stat. 9, 1981), from its values without each of n
/// replicas: √((n − 1)/n · Σ (x_i − mean)²).
double jackknife_error(const std::vector<double> &without_one);

/// The quantile of `probability` in [0, 1]: linear between the order statistics, of which the first has probability 0 and the
/// last 1 (type 7 of Hyndman and Fan 1996). NaN for an empty sample.
double quantile(std::vector<double> sample, double probability);

/// The smallest value that is not exceeded by a share `probability` in (0, 1] of the sample, which is not empty: unlike
/// quantile(), always a value of the sample (type 1 of Hyndman and Fan).
double order_statistic(std::vector<double> sample, double probability);

/// Σ f(i) over i < n with the rounding errors of the additions collected (Neumaier, ZAMM 54, 1974).
template <typename Term>
double compensated_sum(std::size_t n, const Term &term)
{
  double sum = 0., lost = 0.;
  for (std::size_t i = 0; i < n; ++i)
    {
      const double x = term(i), next = sum + x;
      lost += std::abs(sum) >= std::abs(x) ? (sum - next) + x : (x - next) + sum;
      sum = next;
    }
  return sum + lost;
}
} // namespace rhoflow
