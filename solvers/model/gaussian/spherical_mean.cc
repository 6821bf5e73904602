#include <solvers/model/gaussian/spherical_mean.h>

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>

#include <solvers/model/gaussian/hermite_expansion.h>

namespace rhoflow
{
SphericalMean::SphericalMean(const Activation &activation, unsigned int dimension)
  : d(dimension)
  , left_value(value_on_the_left(activation))
{
  for (const auto &jump : slope_jumps(activation))
    {
      kinks.push_back(jump.first);
      jumps.push_back(jump.second);
    }
  const double log_pi = std::log(3.14159265358979323846);
  moment              = 0.5 * std::exp(std::lgamma(0.5 * d) - std::lgamma(0.5 * (d + 1.)) - 0.5 * log_pi);
  density             = std::exp(std::lgamma(0.5 * d) - std::lgamma(0.5 * (d - 1.)) - 0.5 * log_pi);

  // Below this dimension the ends of the law of v are too rough for a table.
  if (d < 20)
    return;
  const unsigned int n = 16 * 256;
  spacing              = std::sqrt(static_cast<double>(d)) / 256.;
  std::vector<double> entries(3 * (n + 1));
  for (unsigned int i = 0; i <= n; ++i)
    evaluate_exactly(i * spacing, entries[3 * i], entries[3 * i + 1], entries[3 * i + 2]);
  table = std::move(entries);
}

void SphericalMean::evaluate_exactly(double z, double &value, double &derivative, double &second_derivative) const
{
  value             = left_value;
  derivative        = 0.;
  second_derivative = 0.;
  for (std::size_t i = 0; i < kinks.size(); ++i)
    {
      const double t = kinks[i];
      if (std::abs(t) >= z && !(t == 0. && z == 0.))
        {
          value += jumps[i] * std::max(-t, 0.);
          continue;
        }
      const double c        = z > 0. ? t / z : 0.;
      const double one_side = 0.5 * boost::math::ibetac(0.5, 0.5 * (d - 1.), c * c);
      const double above    = c >= 0. ? one_side : 1. - one_side;
      const double power    = std::pow(1. - c * c, 0.5 * (d - 1.));
      value += jumps[i] * (z * moment * power - t * above);
      derivative += jumps[i] * moment * power;
      if (z > 0.)
        second_derivative += jumps[i] * density * power / (1. - c * c) * c * c / z;
    }
}

void SphericalMean::evaluate(double z, double &value, double &derivative) const
{
  const double      position = table.empty() ? 0. : z / spacing;
  const std::size_t interval = static_cast<std::size_t>(std::min(position, 1e9));
  if (3 * (interval + 1) >= table.size())
    {
      double second_derivative;
      evaluate_exactly(z, value, derivative, second_derivative);
      return;
    }
  const double *left = &table[3 * interval], *right = left + 3;
  const double  s = position - interval, q = 1. - s;
  // The quintic polynomial that takes h, h' and h'' at both ends.
  const double f0 = left[0], f1 = right[0], g0 = spacing * left[1], g1 = spacing * right[1];
  const double h0 = 0.5 * spacing * spacing * left[2], h1 = 0.5 * spacing * spacing * right[2];
  const double s3 = s * s * s, q3 = q * q * q;
  value = q3 * (f0 + s * (3. * f0 + g0 + s * (6. * f0 + 3. * g0 + h0))) +
          s3 * (f1 + q * (3. * f1 - g1 + q * (6. * f1 - 3. * g1 + h1)));
  const double inner_left  = 3. * f0 + g0 + s * (6. * f0 + 3. * g0 + h0),
               inner_right = 3. * f1 - g1 + q * (6. * f1 - 3. * g1 + h1);
  derivative               = -3. * q * q * (f0 + s * inner_left) + q3 * (inner_left + s * (6. * f0 + 3. * g0 + h0)) +
               3. * s * s * (f1 + q * inner_right) - s3 * (inner_right + q * (6. * f1 - 3. * g1 + h1));
  derivative /= spacing;
}
} // namespace rhoflow
