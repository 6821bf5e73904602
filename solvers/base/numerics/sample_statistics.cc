#include <solvers/base/numerics/sample_statistics.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
double mean(const std::vector<double> &sample)
{
  double sum = 0.;
  for (const double x : sample)
    sum += x;
  return sum / static_cast<double>(sample.size());
}

namespace
{
/// Σ (x_i − mean)².
double square_deviations(const std::vector<double> &sample, double centre)
{
  double sum = 0.;
  for (const double x : sample)
    sum += (x - centre) * (x - centre);
  return sum;
}
} // namespace

double standard_deviation(const std::vector<double> &sample)
{
  if (sample.size() < 2)
    return std::numeric_limits<double>::quiet_NaN();
  return std::sqrt(square_deviations(sample, mean(sample)) / (static_cast<double>(sample.size()) - 1.));
}

double standard_error(const std::vector<double> &sample)
{
  if (sample.size() < 2)
    return std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(sample.size());
  return std::sqrt(square_deviations(sample, mean(sample)) / (n * (n - 1.)));
}

double jackknife_error(const std::vector<double> &without_one)
{
  const double n      = static_cast<double>(without_one.size());
  double       centre = 0.;
  for (const double x : without_one)
    centre += x / n;
  return std::sqrt((n - 1.) / n * square_deviations(without_one, centre));
}

double quantile(std::vector<double> sample, double probability)
{
  if (sample.empty())
    return std::numeric_limits<double>::quiet_NaN();
  std::sort(sample.begin(), sample.end());
  const double      position = probability * static_cast<double>(sample.size() - 1);
  const std::size_t below    = static_cast<std::size_t>(position);
  const std::size_t above    = std::min(below + 1, sample.size() - 1);
  return sample[below] + (position - static_cast<double>(below)) * (sample[above] - sample[below]);
}

double order_statistic(std::vector<double> sample, double probability)
{
  const auto place = static_cast<std::size_t>(std::ceil(probability * static_cast<double>(sample.size()))) - 1;
  std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(place), sample.end());
  return sample[place];
}
} // namespace rhoflow
