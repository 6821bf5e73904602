#pragma once

#include <vector>

namespace rhoflow
{
/// Σ x_i / n, in the given order; NaN for an empty sample.
double mean(const std::vector<double> &sample);

/// √(Σ (x_i − mean)² / (n (n − 1))); NaN for fewer than two values.
double standard_error(const std::vector<double> &sample);

/// The quantile of `probability` in [0, 1]: linear between the order statistics, of which the first has probability 0 and the
/// last 1 (type 7 of Hyndman and Fan 1996). NaN for an empty sample.
double quantile(std::vector<double> sample, double probability);

/// The quantiles that every table of replicas shows.
constexpr double shown_quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
} // namespace rhoflow
