#pragma once

#include <limits>
#include <vector>

namespace rhoflow
{
/// y at x > 0, y > 0 with its standard error (NaN or 0: unknown).
struct FitPoint
{
  double x, y, error;
};

/// A number with its standard error and its 95 % interval; NaN where there is none.
struct Estimate
{
  double value = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
  double lower = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();

  bool contains(double other) const { return lower <= other && other <= upper; }
};

struct PowerLaw
{
  Estimate slope, prefactor;
  double   chi2_per_dof = std::numeric_limits<double>::quiet_NaN();
  bool     weighted     = false;
};

/// y = c x^s by least squares of log y on log x. With the standard errors σ of all points the weights are (y/σ)² and the
/// variances those of propagated σ, times χ²/dof where that exceeds 1; otherwise weights are equal and the variance is that of
/// the residuals. Intervals are Student's with n − 2 degrees of freedom; the error and the interval of c are those of log c,
/// brought back (its error relative). Two different x give s and c, three or more points the intervals.
PowerLaw fit_power_law(const std::vector<FitPoint> &points);

/// y = c x^slope with a given slope: c, from the mean of log y − slope log x with the same weights and n − 1 degrees of
/// freedom.
Estimate fit_prefactor(const std::vector<FitPoint> &points, double slope);
} // namespace rhoflow
