#include <solvers/model/gaussian/quadrature.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <solvers/base/numerics/dense.h>

namespace rhoflow
{
namespace
{
/// From the Jacobi matrix: `diagonal` [n], `off_diagonal` [n − 1].
QuadratureRule golub_welsch(std::vector<double> diagonal, std::vector<double> off_diagonal)
{
  const Eigensystem jacobi = tridiagonal_eigensystem(std::move(diagonal), std::move(off_diagonal));
  const std::size_t n      = jacobi.values.size();
  QuadratureRule    rule{jacobi.values, std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i)
    rule.weights[i] = jacobi.vectors[i * n] * jacobi.vectors[i * n];
  const double total = std::accumulate(rule.weights.begin(), rule.weights.end(), 0.);
  for (double &weight : rule.weights)
    weight /= total;
  return rule;
}

void require_nodes(unsigned int n)
{
  if (n == 0)
    throw std::invalid_argument("a quadrature needs at least one node");
}

/// Removes the rounding from nodes x_i = −x_{n−1−i} and their weights.
QuadratureRule symmetrised(QuadratureRule rule)
{
  const std::size_t n = rule.nodes.size();
  for (std::size_t i = 0; i <= (n - 1) / 2; ++i)
    {
      const std::size_t j = n - 1 - i;
      rule.nodes[j]       = 0.5 * (rule.nodes[j] - rule.nodes[i]);
      rule.nodes[i]       = -rule.nodes[j];
      rule.weights[i] = rule.weights[j] = 0.5 * (rule.weights[i] + rule.weights[j]);
    }
  return rule;
}

/// A composite Gauss–Legendre discretisation of the density exp(log_density(x)) on [lower, upper], unnormalised.
template <typename LogDensity>
QuadratureRule discretised(double lower, double upper, const LogDensity &log_density)
{
  const unsigned int   n_panels = 64;
  const QuadratureRule panel    = gauss_legendre(12, 0., 1.);
  const double         width    = (upper - lower) / n_panels;
  QuadratureRule       law;
  for (unsigned int p = 0; p < n_panels; ++p)
    for (unsigned int q = 0; q < panel.nodes.size(); ++q)
      {
        law.nodes.push_back(lower + width * (p + panel.nodes[q]));
        law.weights.push_back(log_density(law.nodes.back()));
      }
  const double largest = *std::max_element(law.weights.begin(), law.weights.end());
  for (std::size_t i = 0; i < law.weights.size(); ++i)
    law.weights[i] = panel.weights[i % panel.weights.size()] * std::exp(law.weights[i] - largest);
  return law;
}
} // namespace

QuadratureRule gauss_hermite(unsigned int n)
{
  require_nodes(n);
  std::vector<double> off_diagonal;
  for (unsigned int j = 1; j < n; ++j)
    off_diagonal.push_back(std::sqrt(static_cast<double>(j)));
  return symmetrised(golub_welsch(std::vector<double>(n, 0.), off_diagonal));
}

QuadratureRule gauss_legendre(unsigned int n, double lower, double upper)
{
  QuadratureRule rule = gauss_gegenbauer(n, 3.);
  for (double &node : rule.nodes)
    node = 0.5 * (lower + upper) + 0.5 * (upper - lower) * node;
  return rule;
}

QuadratureRule gauss_gegenbauer(unsigned int n, double d)
{
  require_nodes(n);
  if (!(d >= 1.))
    throw std::invalid_argument("a sphere needs a dimension of at least 1");
  if (d == 1.)
    return {{-1., 1.}, {0.5, 0.5}};
  // Gegenbauer polynomials with parameter λ = d/2 − 1: b_j² = j (j + 2λ − 1) / (4 (j + λ) (j + λ − 1)). For j = 1 the factor
  // 2λ cancels, so that the limit λ = 0 (Chebyshev) needs no special case.
  const double        lambda = 0.5 * d - 1.;
  std::vector<double> off_diagonal;
  for (unsigned int j = 1; j < n; ++j)
    off_diagonal.push_back(j == 1 ? std::sqrt(1. / d) :
                                    std::sqrt(j * (j + 2. * lambda - 1.) / (4. * (j + lambda) * (j + lambda - 1.))));
  return symmetrised(golub_welsch(std::vector<double>(n, 0.), off_diagonal));
}

QuadratureRule gauss_laguerre_chi(unsigned int n, double k)
{
  require_nodes(n);
  if (!(k > 0.))
    throw std::invalid_argument("a chi law needs more than 0 degrees of freedom");
  const double        alpha = 0.5 * k - 1.;
  std::vector<double> diagonal, off_diagonal;
  for (unsigned int j = 0; j < n; ++j)
    {
      diagonal.push_back(2. * j + alpha + 1.);
      if (j > 0)
        off_diagonal.push_back(std::sqrt(j * (j + alpha)));
    }
  QuadratureRule rule = golub_welsch(diagonal, off_diagonal);
  for (double &node : rule.nodes)
    node = std::sqrt(2. * std::max(node, 0.));
  return rule;
}

QuadratureRule gauss_chi(unsigned int n, double k)
{
  require_nodes(n);
  if (!(k > 0.))
    throw std::invalid_argument("a chi law needs more than 0 degrees of freedom");
  // All but 1e-30 of the mass; mode √(k − 1), standard deviation at most 1/√2.
  const double upper = std::sqrt(std::max(k - 1., 0.)) + 12., lower = std::max(0., std::sqrt(std::max(k - 1., 0.)) - 12.);
  // r = v^q: a density ∝ v^{kq − 1} exp(−v^{2q}/2), without the singularity that r^{k − 1} has at 0 unless k is an integer.
  const double   q   = k < 1. ? 1. / k : (k == std::floor(k) ? 1. : 4.);
  QuadratureRule law = discretised(std::pow(lower, 1. / q), std::pow(upper, 1. / q), [k, q](double v) {
    return (k * q != 1. ? (k * q - 1.) * std::log(v) : 0.) - 0.5 * std::pow(v, 2. * q);
  });
  for (double &node : law.nodes)
    node = std::pow(node, q);
  return gauss_of_discrete_law(n, law);
}

QuadratureRule gauss_truncated_normal(unsigned int n, double mean, double deviation, double lower, double upper)
{
  require_nodes(n);
  // The mass far from the nearest point to the mean is negligible: by 12 deviations, or by 40 in the log of an exponential
  // tail.
  const double nearest = std::min(std::max(mean, lower), upper);
  const double tail    = std::abs(nearest - mean) / deviation;
  const double reach   = deviation * (tail > 3. ? std::min(12., 80. / tail) : 12.);
  const double a = std::max(lower, nearest - reach), b = std::min(upper, nearest + reach);
  return gauss_of_discrete_law(n, discretised(a, b, [mean, deviation](double x) {
                                 const double z = (x - mean) / deviation;
                                 return -0.5 * z * z;
                               }));
}

QuadratureRule gauss_of_discrete_law(unsigned int n, const QuadratureRule &law)
{
  require_nodes(n);
  const std::size_t n_points = law.nodes.size();
  if (n_points < n)
    throw std::invalid_argument("a discrete law has no Gauss rule with more nodes than points");

  // Centred and scaled nodes keep rounding small for laws that are narrow compared with their distance from zero.
  const double total = std::accumulate(law.weights.begin(), law.weights.end(), 0.);
  double       mean = 0., variance = 0.;
  for (std::size_t i = 0; i < n_points; ++i)
    mean += law.weights[i] / total * law.nodes[i];
  for (std::size_t i = 0; i < n_points; ++i)
    variance += law.weights[i] / total * (law.nodes[i] - mean) * (law.nodes[i] - mean);
  const double scale = variance > 0. ? std::sqrt(variance) : 1.;

  // Stieltjes' procedure, each polynomial made orthogonal twice to all before it: the columns are √weight × polynomial.
  std::vector<std::vector<double>> columns;
  std::vector<double>              column(n_points), diagonal, off_diagonal;
  for (std::size_t i = 0; i < n_points; ++i)
    column[i] = std::sqrt(law.weights[i] / total);
  for (unsigned int j = 0; j < n; ++j)
    {
      columns.push_back(column);
      double entry = 0.;
      for (std::size_t i = 0; i < n_points; ++i)
        entry += column[i] * column[i] * (law.nodes[i] - mean) / scale;
      diagonal.push_back(entry);
      if (j + 1 == n)
        break;
      for (std::size_t i = 0; i < n_points; ++i)
        column[i] *= (law.nodes[i] - mean) / scale;
      for (unsigned int pass = 0; pass < 2; ++pass)
        for (const auto &previous : columns)
          {
            const double product = std::inner_product(column.begin(), column.end(), previous.begin(), 0.);
            for (std::size_t i = 0; i < n_points; ++i)
              column[i] -= product * previous[i];
          }
      const double norm = std::sqrt(std::inner_product(column.begin(), column.end(), column.begin(), 0.));
      if (!(norm > 0.))
        throw std::invalid_argument("a discrete law has no Gauss rule with more nodes than distinct points");
      for (double &entry_of_column : column)
        entry_of_column /= norm;
      off_diagonal.push_back(norm);
    }
  QuadratureRule rule = golub_welsch(diagonal, off_diagonal);
  for (double &node : rule.nodes)
    node = mean + scale * node;
  return rule;
}
} // namespace rhoflow
