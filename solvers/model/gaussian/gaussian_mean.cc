#include <solvers/model/gaussian/gaussian_mean.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/hermite_expansion.h>
#include <solvers/model/gaussian/panel_mean.h>
#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
namespace
{
const double pi = 3.14159265358979323846;

/// P(G < x).
double normal_distribution(double x)
{
  return 0.5 * std::erfc(-x * std::sqrt(0.5));
}

/// E max(μ + rG, 0), r > 0.
double mean_of_positive_part(double mu, double r)
{
  const double x = mu / r;
  return mu * normal_distribution(x) + r * std::exp(-0.5 * x * x) / std::sqrt(2. * pi);
}

/// E max(cos(qG), 0)² = E [cos² + cos |cos|]/2, the second by its Fourier series (8/π) Σ_{n odd} sin(nπ/2) cos(nt)/(n (4 −
/// n²)).
double mean_square_of_rectified_cosine(double q)
{
  const double smooth = 0.5 * (1. + std::exp(-2. * q * q));
  // The first kink is eight deviations away.
  if (q < 0.19)
    return smooth;
  double sum = 0.;
  for (int n = 1; n * q < 9.; n += 2)
    sum += (n % 4 == 1 ? 1. : -1.) / (n * (4. - n * n)) * std::exp(-0.5 * n * n * q * q);
  return 0.5 * smooth + 4. / pi * sum;
}

/// E σ(qG)², q > 0: where σ = c + mqG, between G = a and b, the mean is c² A + 2 c m q B + m² q² C with the moments A, B, C of
/// orders 0, 1, 2.
double mean_square_of_piecewise_linear(const std::vector<std::pair<double, double>> &nodes, double q)
{
  const auto density = [](double x) { return std::exp(-0.5 * x * x) / std::sqrt(2. * pi); };
  double     sum     = nodes.front().second * nodes.front().second * normal_distribution(nodes.front().first / q) +
               nodes.back().second * nodes.back().second * normal_distribution(-nodes.back().first / q);
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i)
    {
      const double slope = (nodes[i + 1].second - nodes[i].second) / (nodes[i + 1].first - nodes[i].first);
      const double c     = nodes[i].second - slope * nodes[i].first;
      const double a = nodes[i].first / q, b = nodes[i + 1].first / q;
      const double order_0 = normal_distribution(-a) - normal_distribution(-b), order_1 = density(a) - density(b);
      const double order_2 = order_0 + (std::isfinite(a) ? a * density(a) : 0.) - (std::isfinite(b) ? b * density(b) : 0.);
      sum += c * c * order_0 + 2. * c * slope * q * order_1 + slope * slope * q * q * order_2;
    }
  return sum;
}

/// E max(cos(μ + rG), 0).
double mean_of_rectified_cosine(double mu, double r)
{
  if (r >= 0.2)
    {
      double sum = 1. / pi + 0.5 * std::cos(mu) * std::exp(-0.5 * r * r);
      for (int k = 1; k * r < 4.; ++k)
        sum += (k % 2 == 1 ? 2. : -2.) / (pi * (4. * k * k - 1.)) * std::cos(2. * k * mu) * std::exp(-2. * k * k * r * r);
      return sum;
    }
  std::vector<double> breaks;
  for (int i = -8; i <= 8; ++i)
    breaks.push_back(i);
  for (double t = (std::floor((mu - 8. * r) / pi) + 0.5) * pi; t < mu + 8. * r; t += pi)
    if (t > mu - 8. * r)
      breaks.push_back((t - mu) / r);
  return panel_mean(breaks, 8., [&](double weight, double g) { return weight * std::max(std::cos(mu + r * g), 0.); });
}

/// σ(−∞) + Σ_k m_k E max(μ + rG − t_k, 0), r > 0.
double mean_of_piecewise_linear(const Activation &activation, double mu, double r)
{
  double sum = value_on_the_left(activation);
  for (const auto &jump : slope_jumps(activation))
    sum += jump.second * mean_of_positive_part(mu - jump.first, r);
  return sum;
}

/// E σ(μ + rG) for σ = a + b tanh(ct).
double mean_of_logistic_step(const Activation &activation, double mu, double r)
{
  const LogisticStep    step    = logistic_step(activation);
  const QuadratureRule &mixture = logistic_mixture();
  double                sum     = 0.;
  for (std::size_t k = 0; k < mixture.nodes.size(); ++k)
    {
      const double deviation = std::hypot(mixture.nodes[k], step.scale * r);
      sum += mixture.weights[k] * std::erf(step.scale * mu / deviation * std::sqrt(0.5));
    }
  return step.offset + step.factor * sum;
}

/// E log(1 + exp(μ + rG)): softplus is the integral of the logistic function.
double mean_of_softplus(double mu, double r)
{
  const QuadratureRule &mixture = logistic_mixture();
  double                sum     = 0.;
  for (std::size_t k = 0; k < mixture.nodes.size(); ++k)
    sum += mixture.weights[k] * mean_of_positive_part(mu, std::hypot(mixture.nodes[k], r));
  return sum;
}

/// Appends the whole numbers up to 10 and places where a smooth σ(centre + scale g) varies, |scale| > 0.
void add_smooth_breaks(double centre, double scale, std::vector<double> &breaks)
{
  for (int i = -10; i <= 10; ++i)
    breaks.push_back(i);
  breaks.push_back(-centre / scale);
  for (double t = 0.5; t < 64.; t *= 2.)
    breaks.insert(breaks.end(), {(t - centre) / scale, (-t - centre) / scale});
}
} // namespace

void require_gaussian_means(const Activation &activation, const std::string &parameter)
{
  const ActivationInfo &info = activation.info();
  if (info.gaussian_form == GaussianForm::quadrature && info.regularity != Regularity::smooth)
    throw InputError(Refusal::unsupported, parameter,
                     "'" + std::string(info.name) +
                       "' has no formula for its means over Gaussian inputs, which the neurons 'single neuron' and "
                       "'isotropic' need. Choose another activation, or another neuron.");
}

double gaussian_mean(const Activation &activation, double mu, double r)
{
  if (r == 0.)
    return activation.value(mu);
  switch (activation.info().gaussian_form)
    {
      case GaussianForm::erf:
        return std::erf(mu / std::sqrt(2. + 2. * r * r));
      case GaussianForm::relu:
        return mean_of_positive_part(mu, r);
      case GaussianForm::cosine:
        return std::cos(mu) * std::exp(-0.5 * r * r);
      case GaussianForm::rectified_cosine:
        return mean_of_rectified_cosine(mu, r);
      case GaussianForm::piecewise_linear:
        return mean_of_piecewise_linear(activation, mu, r);
      case GaussianForm::logistic_step:
        return mean_of_logistic_step(activation, mu, r);
      case GaussianForm::logistic_ramp:
        return mean_of_softplus(mu, r);
      case GaussianForm::quadrature:
        return gaussian_mean_by_quadrature(activation, mu, r);
    }
  throw std::logic_error("the Gaussian means of an activation are not known");
}

double gaussian_mean_square(const Activation &activation, double q)
{
  q = std::abs(q);
  switch (activation.info().gaussian_form)
    {
      case GaussianForm::erf:
        return 2. / pi * std::asin(q * q / (1. + q * q));
      case GaussianForm::relu:
        return 0.5 * q * q;
      case GaussianForm::cosine:
        return 0.5 * (1. + std::exp(-2. * q * q));
      case GaussianForm::rectified_cosine:
        return mean_square_of_rectified_cosine(q);
      case GaussianForm::piecewise_linear:
        if (q > 0.)
          return mean_square_of_piecewise_linear(activation.nodes(), q);
        break;
      case GaussianForm::logistic_step:
      case GaussianForm::logistic_ramp:
      case GaussianForm::quadrature:
        break;
    }
  if (q == 0.)
    return activation.value(0.) * activation.value(0.);

  // A smooth σ varies on the scale one around zero. Beyond ten deviations lies 1e-23 of the mass.
  std::vector<double> breaks;
  for (int i = -10; i <= 10; ++i)
    breaks.push_back(i);
  for (double t = 0.5; t < 64.; t *= 2.)
    breaks.insert(breaks.end(), {t / q, -t / q});
  return panel_mean(breaks, 10., [&](double weight, double g) {
    const double value = activation.value(q * g);
    return weight * value * value;
  });
}

double gaussian_mean_by_quadrature(const Activation &activation, double mu, double r)
{
  std::vector<double> breaks;
  add_smooth_breaks(mu, r, breaks);
  return panel_mean(breaks, 10., [&](double weight, double g) { return weight * activation.value(mu + r * g); });
}

double gaussian_product_mean(const Activation &activation, double q, double q2, double c)
{
  if (q == 0. || q2 == 0.)
    return gaussian_mean(activation, 0., q) * gaussian_mean(activation, 0., q2);
  // E σ(qG) σ(q'G') = E σ(qG) E[σ(q'cG + q'√(1 − c²) H) | G].
  const double        across = q2 * std::sqrt(std::max((1. - c) * (1. + c), 0.));
  std::vector<double> breaks;
  add_smooth_breaks(0., q, breaks);
  if (c != 0.)
    add_smooth_breaks(0., q2 * c, breaks);
  return panel_mean(breaks, 10., [&](double weight, double g) {
    return weight * activation.value(q * g) * gaussian_mean(activation, q2 * c * g, across);
  });
}
} // namespace rhoflow
