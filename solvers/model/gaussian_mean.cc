#include <solvers/model/gaussian_mean.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <solvers/model/activation.h>
#include <solvers/model/quadrature.h>

namespace rhoflow
{
double gaussian_mean_square(const Activation &activation, double q)
{
  const double pi = 3.14159265358979323846;
  q               = std::abs(q);
  switch (activation.kind())
    {
      case Activation::Kind::erf:
        return 2. / pi * std::asin(q * q / (1. + q * q));
      case Activation::Kind::relu:
        return 0.5 * q * q;
      case Activation::Kind::cosine:
        return 0.5 * (1. + std::exp(-2. * q * q));
      default:
        break;
    }
  if (q == 0.)
    return activation.value(0.) * activation.value(0.);

  const double        reach = 10.; // beyond it lies 1e-23 of the mass
  std::vector<double> breaks;
  for (int i = -10; i <= 10; ++i)
    breaks.push_back(i);
  for (const auto &node : activation.nodes())
    breaks.push_back(node.first / q);
  if (activation.kind() == Activation::Kind::rectified_cosine)
    for (double t = 0.5 * pi; t < reach * q; t += pi)
      {
        breaks.push_back(t / q);
        breaks.push_back(-t / q);
      }
  // A smooth σ varies on the scale one around zero.
  if (activation.nodes().empty())
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
