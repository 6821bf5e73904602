#include <solvers/model/gaussian/target_overlap.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/panel_mean.h>

namespace rhoflow
{
namespace
{
constexpr double       reach     = 10.; ///< beyond it lies 1e-23 of the mass of N(0, 1)
constexpr double       tolerance = 1e-12;
constexpr unsigned int n_terms   = HermiteExpansion::n_terms;

/// The arguments where σ is not smooth, or, if it is, 0, where it varies most.
std::vector<double> features_of(const Activation &activation, double range)
{
  std::vector<double> places = activation.kinks(range);
  if (places.empty())
    places.push_back(0.);
  return places;
}

/// E σ² − Σ_{m < n} h_m².
double rest(double square, unsigned int n, const double *coefficients)
{
  for (unsigned int m = 0; m < n; ++m)
    square -= coefficients[m] * coefficients[m];
  return std::max(square, 0.);
}
} // namespace

TargetOverlap::TargetOverlap(const Activation &sigma_, const Activation &phi_)
  : sigma(sigma_)
  , pairs(sigma_)
  , expansion(sigma_)
  , same(sigma_.kind() == phi_.kind() && sigma_.nodes() == phi_.nodes())
  , phi([phi_](double t) { return phi_.value(t); })
  , kinks(features_of(phi_, reach))
  , coefficients(n_terms)
{
  mean_square = HermiteExpansion(phi_).evaluate(1., n_terms, coefficients.data());
  if (phi_.info().gaussian_form == GaussianForm::erf)
    mean_square = 1. / 3.;
}

TargetOverlap::TargetOverlap(const Activation &sigma_, const std::function<double(double)> &phi_)
  : sigma(sigma_)
  , pairs(sigma_)
  , expansion(sigma_)
  , phi(phi_)
  , coefficients(n_terms)
{
  mean_square = expand_function(phi, coefficients.data());
}

double TargetOverlap::value(double s, double r) const
{
  const double q = std::hypot(s, r), c = q > 0. ? s / q : 0.;
  if (same && pairs.has_closed_form())
    return pairs.kernel(1., q, c);
  // Few terms suffice for most neurons.
  std::array<double, n_terms> h;
  for (const unsigned int n : {64u, n_terms})
    {
      const double square = expansion.evaluate(q, n, h.data());
      if (std::sqrt(rest(mean_square, n, coefficients.data()) * rest(square, n, h.data())) * std::pow(std::abs(c), n) >
          tolerance)
        continue;
      double sum = 0.;
      for (unsigned int m = n; m-- > 0;)
        sum = sum * c + coefficients[m] * h[m];
      return sum;
    }
  return same ? pairs.kernel(1., q, c) : along_x1(s, r);
}

double TargetOverlap::along_x1(double s, double r) const
{
  // E_G σ(s x + r G) varies on the scale max(1, r)/|s|, at the kinks of σ on the scale r/|s|.
  std::vector<double> breaks = kinks;
  for (int i = -10; i <= 10; ++i)
    breaks.push_back(i);
  for (const double t : features_of(sigma, reach * std::abs(s)))
    {
      const double centre = t / s;
      breaks.push_back(centre);
      for (double width = std::max(0.1 * r, 1e-7) / std::abs(s); width < 1.; width *= 2.)
        breaks.insert(breaks.end(), {centre - width, centre + width});
    }
  return panel_mean(breaks, reach, [&](double weight, double x) { return weight * phi(x) * gaussian_mean(sigma, s * x, r); });
}
} // namespace rhoflow
