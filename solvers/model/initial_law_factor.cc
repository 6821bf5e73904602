#include <solvers/base/text.h>
#include <solvers/model/initial_law_factor.h>

#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/spelling.h>
#include <solvers/model/expression.h>

namespace rhoflow
{
namespace
{
/// P(Z > z) for a standard normal Z.
double upper_tail(double z)
{
  return 0.5 * std::erfc(z * std::sqrt(0.5));
}

/// The Gamma law of a given shape and scale one by rejection (Marsaglia and Tsang, ACM TOMS 26, 2000).
double sample_gamma(double shape, CounterRandom &random)
{
  if (shape < 1.)
    {
      const double boost = std::pow(random.uniform(), 1. / shape);
      return boost * sample_gamma(shape + 1., random);
    }
  const double d = shape - 1. / 3., c = 1. / std::sqrt(9. * d);
  while (true)
    {
      const double z = random.normal();
      const double v = std::pow(1. + c * z, 3);
      if (v > 0. && std::log(random.uniform()) < 0.5 * z * z + d - d * v + d * std::log(v))
        return d * v;
    }
}
} // namespace

LawFactor::LawFactor(const std::string &text, const std::string &parameter)
{
  struct Row
  {
    Kind         kind;
    std::string  name, form;
    unsigned int n_arguments;
  };
  static const std::vector<Row> table{
    {Kind::normal, "normal", "normal(mean, standard deviation)", 2},
    {Kind::uniform, "uniform", "uniform(lower, upper)", 2},
    {Kind::truncated_normal, "truncated_normal", "truncated_normal(mean, standard deviation, lower, upper)", 4},
    {Kind::chi, "chi", "chi(degrees of freedom, scale)", 2},
    {Kind::point, "point", "point(value)", 1}};

  const auto open = text.find('(');
  if (open == std::string::npos || text.back() != ')')
    throw InputError(Refusal::malformed, parameter, "'" + text + "' is not a factor such as " + table[0].form + ".");
  const std::string name = trimmed(text.substr(0, open));
  const auto        row  = std::find_if(table.begin(), table.end(), [&](const Row &known) { return known.name == name; });
  if (row == table.end())
    {
      std::vector<std::string> names, forms;
      for (const Row &known : table)
        {
          names.push_back(known.name);
          forms.push_back(known.form);
        }
      throw InputError(Refusal::unknown_name, parameter,
                       "unknown factor '" + name + "'." + did_you_mean(name, names) + " The choices are " + listed(forms) +
                         ".");
    }
  kind = row->kind;

  const std::vector<std::string> arguments = split_outside_parentheses(text.substr(open + 1, text.size() - open - 2), ',',
                                                                       parameter);
  if (arguments.size() != row->n_arguments)
    throw InputError(Refusal::malformed, parameter,
                     "'" + text + "' has " + std::to_string(arguments.size()) + " arguments; write " + row->form + ".");
  for (std::size_t i = 0; i < arguments.size(); ++i)
    p[i] = evaluate_constant(arguments[i], parameter);

  switch (kind)
    {
      case Kind::normal:
        if (!(p[1] > 0.))
          throw InputError(Refusal::out_of_range, parameter,
                           "the standard deviation in '" + text + "' must be positive; use point(value) for a point mass.");
        log_normalisation = -std::log(p[1]) - 0.5 * std::log(2. * 3.14159265358979323846);
        break;
      case Kind::uniform:
        if (!(p[0] < p[1]))
          throw InputError(Refusal::out_of_range, parameter,
                           "the lower bound in '" + text + "' must be below the upper bound.");
        log_normalisation = -std::log(p[1] - p[0]);
        break;
        case Kind::truncated_normal: {
          if (!(p[1] > 0.))
            throw InputError(Refusal::out_of_range, parameter, "the standard deviation in '" + text + "' must be positive.");
          if (!(p[2] < p[3]))
            throw InputError(Refusal::out_of_range, parameter,
                             "the lower bound in '" + text + "' must be below the upper bound.");
          // The tail that holds the interval, so that no digits cancel.
          const double a = (p[2] - p[0]) / p[1], b = (p[3] - p[0]) / p[1];
          const double mass = a > 0. ? upper_tail(a) - upper_tail(b) : upper_tail(-b) - upper_tail(-a);
          if (!(mass > std::numeric_limits<double>::min()))
            throw InputError(Refusal::out_of_range, parameter,
                             "the interval in '" + text + "' is so far from the mean that it holds no mass.");
          log_normalisation = -std::log(p[1]) - 0.5 * std::log(2. * 3.14159265358979323846) - std::log(mass);
          break;
        }
      case Kind::chi:
        if (!(p[0] > 0.) || !(p[1] > 0.))
          throw InputError(Refusal::out_of_range, parameter,
                           "degrees of freedom and scale in '" + text + "' must be positive.");
        log_normalisation = -std::log(p[1]) - (0.5 * p[0] - 1.) * std::log(2.) - std::lgamma(0.5 * p[0]);
        break;
      case Kind::point:
        break;
    }
  if (!std::isfinite(log_normalisation))
    throw InputError(Refusal::out_of_range, parameter,
                     "the density of '" + text + "' is beyond the range of numbers. Choose arguments of a usual size.");
}

double LawFactor::density(double x) const
{
  switch (kind)
    {
      case Kind::truncated_normal:
        if (x < p[2] || x > p[3])
          return 0.;
        [[fallthrough]];
        case Kind::normal: {
          const double z = (x - p[0]) / p[1];
          return std::exp(log_normalisation - 0.5 * z * z);
        }
      case Kind::uniform:
        return x >= p[0] && x <= p[1] ? std::exp(log_normalisation) : 0.;
        case Kind::chi: {
          const double z = x / p[1];
          if (z < 0. || (z == 0. && p[0] > 1.))
            return 0.;
          return std::exp(log_normalisation + (p[0] != 1. ? (p[0] - 1.) * std::log(z) : 0.) - 0.5 * z * z);
        }
      case Kind::point:
        return 0.;
    }
  throw std::logic_error("a factor has no density");
}

double LawFactor::sample(CounterRandom &random) const
{
  switch (kind)
    {
      case Kind::normal:
        return p[0] + p[1] * random.normal();
      case Kind::uniform:
        return p[0] + (p[1] - p[0]) * random.uniform();
        case Kind::truncated_normal: {
          // Inverse of the tail function, from the side on which the tails are small.
          const double a = (p[2] - p[0]) / p[1], b = (p[3] - p[0]) / p[1];
          const double sign = a > 0. ? 1. : -1.;
          const double near = a > 0. ? a : -b, far = a > 0. ? b : -a;
          const double tail = upper_tail(far) + random.uniform() * (upper_tail(near) - upper_tail(far));
          const double z    = sign * std::sqrt(2.) * boost::math::erfc_inv(2. * tail);
          return std::min(std::max(p[0] + p[1] * z, p[2]), p[3]);
        }
      case Kind::chi:
        return p[1] * std::sqrt(2. * sample_gamma(0.5 * p[0], random));
      case Kind::point:
        return p[0];
    }
  throw std::logic_error("a factor has no sampler");
}

QuadratureRule LawFactor::quadrature(unsigned int n) const
{
  QuadratureRule rule;
  switch (kind)
    {
      case Kind::normal:
        rule = gauss_hermite(n);
        for (double &node : rule.nodes)
          node = p[0] + p[1] * node;
        return rule;
      case Kind::uniform:
        return gauss_legendre(n, p[0], p[1]);
      case Kind::truncated_normal:
        return gauss_truncated_normal(n, p[0], p[1], p[2], p[3]);
      case Kind::chi:
        rule = gauss_chi(n, p[0]);
        for (double &node : rule.nodes)
          node *= p[1];
        return rule;
      case Kind::point:
        return {{p[0]}, {1.}};
    }
  throw std::logic_error("a factor has no quadrature");
}
} // namespace rhoflow
