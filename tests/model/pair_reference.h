#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/quadrature.h>

/// ∫ f(x) N(x; 0, 1) dx by Gauss–Legendre rules between the given breaks.
template <typename Function>
double normal_mean(std::vector<double> breaks, const Function &f)
{
  static const rhoflow::QuadratureRule panel = rhoflow::gauss_legendre(16, 0., 1.);
  for (int i = -9; i <= 9; ++i)
    breaks.push_back(i);
  std::sort(breaks.begin(), breaks.end());
  double sum = 0.;
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
    {
      const double a = std::max(breaks[i], -9.), b = std::min(breaks[i + 1], 9.);
      if (b > a)
        for (std::size_t p = 0; p < panel.nodes.size(); ++p)
          {
            const double x = a + (b - a) * panel.nodes[p];
            sum += (b - a) * panel.weights[p] * std::exp(-0.5 * x * x) * f(x);
          }
    }
  return sum / std::sqrt(2. * 3.14159265358979323846);
}

/// The activations whose means over Gaussian inputs the program knows.
inline std::vector<std::string> names_with_gaussian_means()
{
  std::vector<std::string> names;
  for (const rhoflow::ActivationInfo &info : rhoflow::activation_table)
    if (info.gaussian_form != rhoflow::GaussianForm::quadrature || info.regularity == rhoflow::Regularity::smooth)
      names.push_back(info.name);
  return names;
}

/// The kinks of σ within ±10 range, and 0.
inline std::vector<double> kinks_of(const rhoflow::Activation &sigma, double range)
{
  std::vector<double> kinks = sigma.kinks(10. * range);
  if (std::find(kinks.begin(), kinks.end(), 0.) == kinks.end())
    kinks.push_back(0.);
  return kinks;
}

/// E σ(qG) σ'(q'G') by definition: G' = c G + √(1 − c²) H, the means over H and G between the kinks.
inline double pair_reference(const rhoflow::Activation &sigma, double q, const rhoflow::Activation &other, double q2, double c)
{
  const double        s     = std::sqrt(std::max((1. - c) * (1. + c), 0.));
  const auto          kinks = kinks_of(sigma, q), others = kinks_of(other, q2);
  std::vector<double> breaks;
  const auto          refine = [](std::vector<double> &list, double centre, double smallest) {
    list.push_back(centre);
    for (double width = 1.; width > smallest; width *= 0.5)
      list.insert(list.end(), {centre - width, centre + width});
  };
  for (const double t : kinks)
    refine(breaks, t / q, 0.05 / q);
  for (const double t : others)
    if (std::abs(t) < 10. * q2 * std::abs(c))
      refine(breaks, t / (q2 * c), 0.05 * std::max(s, 1e-6));
  return normal_mean(breaks, [&](double g) {
    if (s < 1e-13)
      return sigma.value(q * g) * other.value(q2 * c * g);
    std::vector<double> inner;
    for (const double t : others)
      if (others.size() == 1)
        refine(inner, (t / q2 - c * g) / s, 0.1 / (q2 * s));
      else
        inner.push_back((t / q2 - c * g) / s);
    return sigma.value(q * g) * normal_mean(inner, [&](double h) { return other.value(q2 * (c * g + s * h)); });
  });
}
