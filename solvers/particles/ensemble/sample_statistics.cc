#include <solvers/particles/ensemble/sample_statistics.h>

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

double standard_error(const std::vector<double> &sample)
{
  if (sample.size() < 2)
    return std::numeric_limits<double>::quiet_NaN();
  const double centre = mean(sample), n = static_cast<double>(sample.size());
  double       sum = 0.;
  for (const double x : sample)
    sum += (x - centre) * (x - centre);
  return std::sqrt(sum / (n * (n - 1.)));
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
} // namespace rhoflow
