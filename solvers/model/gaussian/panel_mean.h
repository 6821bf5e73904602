#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
/// E f(G) for G ~ N(0, 1), cut off at |G| = reach: Gauss–Legendre rules of 16 nodes between the sorted `breaks`. `term(w, g)`
/// is w f(g), w the weight times exp(−g²/2).
template <typename Term>
double panel_mean(std::vector<double> breaks, double reach, const Term &term)
{
  static const QuadratureRule panel = gauss_legendre(16, 0., 1.);
  std::sort(breaks.begin(), breaks.end());
  double sum = 0.;
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
    {
      const double a = std::max(breaks[i], -reach), b = std::min(breaks[i + 1], reach);
      if (!(a < b))
        continue;
      for (std::size_t p = 0; p < panel.nodes.size(); ++p)
        {
          const double g = a + (b - a) * panel.nodes[p];
          sum += term((b - a) * panel.weights[p] * std::exp(-0.5 * g * g), g);
        }
    }
  return sum / std::sqrt(2. * 3.14159265358979323846);
}
} // namespace rhoflow
