#include <solvers/model/gaussian/gaussian_mean.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/hermite_expansion.h>
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
  std::sort(breaks.begin(), breaks.end());
  static const QuadratureRule panel = gauss_legendre(16, 0., 1.);
  double                      sum   = 0.;
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
    for (std::size_t p = 0; p < panel.nodes.size(); ++p)
      {
        const double width = breaks[i + 1] - breaks[i], g = breaks[i] + width * panel.nodes[p];
        sum += width * panel.weights[p] * std::exp(-0.5 * g * g) * std::max(std::cos(mu + r * g), 0.);
      }
  return sum / std::sqrt(2. * pi);
}
} // namespace

double gaussian_mean(const Activation &activation, double mu, double r)
{
  using Kind = Activation::Kind;
  if (r == 0.)
    return activation.value(mu);
  double sum = 0.;
  switch (activation.kind())
    {
      case Kind::erf:
        return std::erf(mu / std::sqrt(2. + 2. * r * r));
      case Kind::cosine:
        return std::cos(mu) * std::exp(-0.5 * r * r);
      case Kind::rectified_cosine:
        return mean_of_rectified_cosine(mu, r);
      case Kind::relu:
        return mean_of_positive_part(mu, r);
        case Kind::piecewise_linear: {
          sum = activation.nodes().front().second;
          for (const auto &jump : slope_jumps(activation))
            sum += jump.second * mean_of_positive_part(mu - jump.first, r);
          return sum;
        }
      default:
        break;
    }
  // 1/(1 + e^{−t}) = Σ p_k Φ(t/τ_k), tanh(t) = 2/(1 + e^{−2t}) − 1, softplus the integral of the sigmoid
  const double          scale   = activation.kind() == Kind::tanh ? 2. : 1.;
  const QuadratureRule &mixture = logistic_mixture();
  for (std::size_t k = 0; k < mixture.nodes.size(); ++k)
    {
      const double deviation = std::hypot(mixture.nodes[k], scale * r);
      if (activation.kind() == Kind::softplus)
        sum += mixture.weights[k] * mean_of_positive_part(mu, deviation);
      else
        sum += mixture.weights[k] * std::erf(scale * mu / deviation * std::sqrt(0.5));
    }
  return activation.kind() == Kind::sigmoid ? 0.5 + 0.5 * sum : sum;
}

double gaussian_mean_square(const Activation &activation, double q)
{
  q = std::abs(q);
  switch (activation.kind())
    {
      case Activation::Kind::erf:
        return 2. / pi * std::asin(q * q / (1. + q * q));
      case Activation::Kind::relu:
        return 0.5 * q * q;
      case Activation::Kind::cosine:
        return 0.5 * (1. + std::exp(-2. * q * q));
      case Activation::Kind::rectified_cosine:
        return mean_square_of_rectified_cosine(q);
      default:
        break;
    }
  if (q == 0.)
    return activation.value(0.) * activation.value(0.);
  if (activation.kind() == Activation::Kind::piecewise_linear)
    return mean_square_of_piecewise_linear(activation.nodes(), q);

  // A smooth σ varies on the scale one around zero.
  const double        reach = 10.; // beyond it lies 1e-23 of the mass
  std::vector<double> breaks;
  for (int i = -10; i <= 10; ++i)
    breaks.push_back(i);
  for (double t = 0.5; t < 64.; t *= 2.)
    {
      breaks.push_back(t / q);
      breaks.push_back(-t / q);
    }
  std::sort(breaks.begin(), breaks.end());

  static const QuadratureRule panel = gauss_legendre(16, 0., 1.);
  double                      sum   = 0.;
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
    {
      const double a = std::max(breaks[i], -reach), b = std::min(breaks[i + 1], reach);
      if (!(a < b))
        continue;
      for (std::size_t p = 0; p < panel.nodes.size(); ++p)
        {
          const double g = a + (b - a) * panel.nodes[p], value = activation.value(q * g);
          sum += (b - a) * panel.weights[p] * std::exp(-0.5 * g * g) * value * value;
        }
    }
  return sum / std::sqrt(2. * pi);
}
} // namespace rhoflow
