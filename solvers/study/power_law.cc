#include <solvers/study/power_law.h>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
/// log x, log y and weights.
struct LogPoints
{
  explicit LogPoints(const std::vector<FitPoint> &points)
    : weighted(
        std::all_of(points.begin(), points.end(), [](const FitPoint &p) { return p.error > 0. && std::isfinite(p.error); }))
  {
    for (const FitPoint &point : points)
      {
        x.push_back(std::log(point.x));
        y.push_back(std::log(point.y));
        w.push_back(weighted ? (point.y / point.error) * (point.y / point.error) : 1.);
      }
  }

  bool                weighted;
  std::vector<double> x, y, w;
};

/// Variance per unit of the inverse weight: that of the residuals, and not below the known one where there are errors.
double variance_factor(const bool weighted, const double residuals, const double dof)
{
  return weighted ? std::max(1., dof > 0. ? residuals / dof : 1.) : residuals / dof;
}

Estimate with_interval(const double value, const double variance, const double dof)
{
  Estimate estimate;
  estimate.value = value;
  estimate.error = std::sqrt(variance);
  if (dof >= 1. && std::isfinite(estimate.error))
    {
      const double half = boost::math::quantile(boost::math::students_t(dof), .975) * estimate.error;
      estimate.lower    = value - half;
      estimate.upper    = value + half;
    }
  return estimate;
}

Estimate exponential(const Estimate &log)
{
  return {std::exp(log.value), std::exp(log.value) * log.error, std::exp(log.lower), std::exp(log.upper)};
}
} // namespace

PowerLaw fit_power_law(const std::vector<FitPoint> &points)
{
  const LogPoints logs(points);
  PowerLaw        law;
  law.weighted   = logs.weighted && !points.empty();
  const double n = static_cast<double>(points.size()), dof = n - 2.;
  double       total = 0., x_mean = 0., y_mean = 0.;
  for (std::size_t i = 0; i < points.size(); ++i)
    {
      total += logs.w[i];
      x_mean += logs.w[i] * logs.x[i];
      y_mean += logs.w[i] * logs.y[i];
    }
  x_mean /= total;
  y_mean /= total;
  double xx = 0., xy = 0.;
  for (std::size_t i = 0; i < points.size(); ++i)
    {
      xx += logs.w[i] * (logs.x[i] - x_mean) * (logs.x[i] - x_mean);
      xy += logs.w[i] * (logs.x[i] - x_mean) * (logs.y[i] - y_mean);
    }
  if (points.size() < 2 || !(xx > 1e-12 * total))
    return law;
  const double slope     = xy / xx;
  double       residuals = 0.;
  for (std::size_t i = 0; i < points.size(); ++i)
    residuals += logs.w[i] * std::pow(logs.y[i] - y_mean - slope * (logs.x[i] - x_mean), 2);
  if (law.weighted && dof > 0.)
    law.chi2_per_dof = residuals / dof;
  const double factor = variance_factor(law.weighted, residuals, dof);
  law.slope           = with_interval(slope, factor / xx, dof);
  law.prefactor       = exponential(with_interval(y_mean - slope * x_mean, factor * (1. / total + x_mean * x_mean / xx), dof));
  return law;
}

Estimate fit_prefactor(const std::vector<FitPoint> &points, const double slope)
{
  if (points.empty())
    return {};
  const LogPoints logs(points);
  const double    dof   = static_cast<double>(points.size()) - 1.;
  double          total = 0., mean = 0.;
  for (std::size_t i = 0; i < points.size(); ++i)
    {
      total += logs.w[i];
      mean += logs.w[i] * (logs.y[i] - slope * logs.x[i]);
    }
  mean /= total;
  double residuals = 0.;
  for (std::size_t i = 0; i < points.size(); ++i)
    residuals += logs.w[i] * std::pow(logs.y[i] - slope * logs.x[i] - mean, 2);
  return exponential(with_interval(mean, variance_factor(logs.weighted, residuals, dof) / total, dof));
}
} // namespace rhoflow
