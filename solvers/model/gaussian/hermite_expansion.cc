#include <solvers/model/gaussian/hermite_expansion.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/pair_sum_kernel.h>

namespace rhoflow
{
namespace
{
constexpr double       pi      = 3.14159265358979323846;
constexpr unsigned int n_terms = HermiteExpansion::n_terms;

/// √n and 1/√n, which the recurrences need again and again.
struct Roots
{
  std::array<double, n_terms + 2> of, inverse;

  Roots()
  {
    for (unsigned int n = 0; n < n_terms + 2; ++n)
      {
        of[n]      = std::sqrt(static_cast<double>(n));
        inverse[n] = n > 0 ? 1. / of[n] : 0.;
      }
  }
};

const Roots &roots()
{
  static const Roots table;
  return table;
}

/// He_n(g)/√n!, n < count, times `factor`.
void hermite_functions(double g, double factor, unsigned int count, double *values)
{
  const Roots &root = roots();
  values[0]         = factor;
  values[1]         = g * factor;
  for (unsigned int n = 2; n < count; ++n)
    values[n] = (g * values[n - 1] - root.of[n - 1] * values[n - 2]) * root.inverse[n];
}

/// Even and odd Hermite polynomials times weights at the nodes of gaussian_panels(): [node][n_terms/2].
struct PanelTables
{
  std::vector<double> even, odd;

  PanelTables()
  {
    const QuadratureRule       &rule = gaussian_panels();
    std::array<double, n_terms> values;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i)
      {
        hermite_functions(rule.nodes[i], rule.weights[i], n_terms, values.data());
        for (unsigned int n = 0; n < n_terms; n += 2)
          {
            even.push_back(values[n]);
            odd.push_back(values[n + 1]);
          }
      }
  }
};

const PanelTables &panel_tables()
{
  static const PanelTables tables;
  return tables;
}

/// From the values of a function at the nodes and at their negatives.
double expand_values(std::vector<double> &plus, std::vector<double> &minus, bool even, bool odd, unsigned int count,
                     double *coefficients)
{
  const QuadratureRule &rule    = gaussian_panels();
  const unsigned int    n_nodes = static_cast<unsigned int>(rule.nodes.size());
  double                square  = 0.;
  for (unsigned int i = 0; i < n_nodes; ++i)
    {
      const double a = plus[i], b = minus[i];
      square += rule.weights[i] * (a * a + b * b);
      plus[i]  = a + b;
      minus[i] = a - b;
    }
  std::array<double, n_terms / 2> moments{};
  const auto expand = [&](bool all, const std::vector<double> &values, const std::vector<double> &table, double *result) {
    // Of a parity that σ does not have, only the first term can be there; 8 for whole vectors.
    const unsigned int n_moments = all ? count / 2 : 8;
    kernel::weighted_rows(n_nodes, n_moments, values.data(), table.data(), n_terms / 2, moments.data());
    for (unsigned int n = 0; n < count / 2; ++n)
      result[2 * n] = all || n == 0 ? moments[n] : 0.;
  };
  expand(even, plus, panel_tables().even, coefficients);
  expand(odd, minus, panel_tables().odd, coefficients + 1);
  return square;
}

/// Adds those of factor × cos(frequency × t).
void add_cosine(double frequency, double factor, double q, unsigned int count, double *coefficients)
{
  const Roots &root   = roots();
  const double square = frequency * frequency * q * q;
  double       term   = factor * std::exp(-0.5 * square);
  for (unsigned int n = 0; n < count; n += 2)
    {
      coefficients[n] += term;
      term *= -square * root.inverse[n + 1] * root.inverse[n + 2];
    }
}

double normal_density(double x)
{
  return std::exp(-0.5 * x * x) / std::sqrt(2. * pi);
}

/// P(G > x).
double normal_tail(double x)
{
  return 0.5 * std::erfc(x * std::sqrt(0.5));
}
} // namespace

const QuadratureRule &gaussian_panels()
{
  static const QuadratureRule rule = [] {
    std::vector<double> breaks{0.};
    for (int i = -10; i < 0; ++i)
      breaks.push_back(std::ldexp(1., i));
    for (int i = 1; i <= 10; ++i)
      breaks.push_back(i);
    const QuadratureRule panel = gauss_legendre(16, 0., 1.);
    QuadratureRule       all;
    for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
      for (std::size_t p = 0; p < panel.nodes.size(); ++p)
        {
          const double width = breaks[i + 1] - breaks[i];
          all.nodes.push_back(breaks[i] + width * panel.nodes[p]);
          all.weights.push_back(width * panel.weights[p] * normal_density(all.nodes.back()));
        }
    return all;
  }();
  return rule;
}

std::vector<std::pair<double, double>> slope_jumps(const Activation &activation)
{
  if (activation.info().gaussian_form == GaussianForm::relu)
    return {{0., 1.}};
  if (activation.info().gaussian_form != GaussianForm::piecewise_linear)
    throw std::logic_error("the slopes of an activation are not known");
  const auto                            &nodes = activation.nodes();
  std::vector<std::pair<double, double>> jumps;
  double                                 slope = 0.;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    {
      const double next = i + 1 < nodes.size() ?
                            (nodes[i + 1].second - nodes[i].second) / (nodes[i + 1].first - nodes[i].first) :
                            0.;
      jumps.emplace_back(nodes[i].first, next - slope);
      slope = next;
    }
  return jumps;
}

double value_on_the_left(const Activation &activation)
{
  return activation.nodes().empty() ? 0. : activation.nodes().front().second;
}

const QuadratureRule &logistic_mixture()
{
  static const QuadratureRule mixture = [] {
    // Kolmogorov's density 8 x Σ (−1)^{j+1} j² e^{−2j²x²}, for small x from the other form of the theta function; in log x the
    // trapezoidal rule converges faster than any power.
    const auto density = [](double x) {
      double sum = 0.;
      for (int j = 1; j < 20; ++j)
        {
          const double b = (2. * j - 1.) * (2. * j - 1.) * pi * pi / 8.;
          sum += x > 0.8 ? 8. * x * (j % 2 == 1 ? 1. : -1.) * j * j * std::exp(-2. * j * j * x * x) :
                           std::sqrt(2. * pi) * std::exp(-b / (x * x)) * (2. * b / (x * x) - 1.) / (x * x);
        }
      return sum;
    };
    QuadratureRule     law;
    const unsigned int n     = 500;
    const double       first = std::log(0.17), last = std::log(4.3);
    for (unsigned int i = 0; i <= n; ++i)
      {
        const double position = first + (last - first) * i / n, x = std::exp(position);
        law.nodes.push_back(position + std::log(2.));
        law.weights.push_back(x * density(x));
      }
    QuadratureRule rule = gauss_of_discrete_law(16, law);
    double         sum  = 0.;
    for (const double weight : rule.weights)
      sum += weight;
    for (std::size_t k = 0; k < rule.nodes.size(); ++k)
      {
        rule.nodes[k] = std::exp(rule.nodes[k]);
        rule.weights[k] /= sum;
      }
    return rule;
  }();
  return mixture;
}

LogisticStep logistic_step(const Activation &activation)
{
  const double offset = activation.value(0.), factor = activation.value(1e3) - offset;
  return {offset, factor, 2. * activation.derivative(0.) / factor};
}

HermiteExpansion::HermiteExpansion(const Activation &sigma)
  : activation(sigma)
  , even(sigma.info().curvature_parity != -1)
  , odd(sigma.info().curvature_parity != 1)
{}

double HermiteExpansion::evaluate(double q, unsigned int n, double *coefficients) const
{
  switch (activation.info().gaussian_form)
    {
      case GaussianForm::relu:
      case GaussianForm::piecewise_linear:
        piecewise_linear(q, n, coefficients);
        return gaussian_mean_square(activation, q);
      case GaussianForm::cosine:
        cosine(q, n, coefficients);
        return gaussian_mean_square(activation, q);
      case GaussianForm::rectified_cosine:
        rectified_cosine(q, n, coefficients);
        return gaussian_mean_square(activation, q);
      case GaussianForm::erf:
      case GaussianForm::logistic_step:
      case GaussianForm::logistic_ramp:
      case GaussianForm::quadrature:
        return smooth(q, n, coefficients);
    }
  throw std::logic_error("the Hermite expansion of an activation is not known");
}

double HermiteExpansion::smooth(double q, unsigned int count, double *coefficients) const
{
  const QuadratureRule &rule    = gaussian_panels();
  const unsigned int    n_nodes = static_cast<unsigned int>(rule.nodes.size());
  std::vector<double>   plus(n_nodes), minus(n_nodes);
  for (unsigned int i = 0; i < n_nodes; ++i)
    {
      plus[i]  = q * rule.nodes[i];
      minus[i] = -plus[i];
    }
  activation.evaluate(plus.data(), n_nodes, plus.data(), nullptr);
  activation.evaluate(minus.data(), n_nodes, minus.data(), nullptr);
  return expand_values(plus, minus, even, odd, count, coefficients);
}

double expand_function(const std::function<double(double)> &function, double *coefficients)
{
  const QuadratureRule &rule = gaussian_panels();
  std::vector<double>   plus, minus;
  for (const double g : rule.nodes)
    {
      plus.push_back(function(g));
      minus.push_back(function(-g));
    }
  return expand_values(plus, minus, true, true, n_terms, coefficients);
}

void HermiteExpansion::piecewise_linear(double q, unsigned int count, double *coefficients) const
{
  std::fill_n(coefficients, count, 0.);
  coefficients[0] = value_on_the_left(activation);
  if (q == 0.)
    {
      coefficients[0] = activation.value(0.);
      return;
    }
  const Roots                &root = roots();
  std::array<double, n_terms> functions;
  for (const auto &jump : slope_jumps(activation))
    {
      const double alpha = jump.first / q, density = normal_density(alpha), tail = normal_tail(alpha);
      coefficients[0] += jump.second * (q * density - jump.first * tail);
      coefficients[1] += jump.second * q * tail;
      if (density == 0.)
        continue;
      hermite_functions(alpha, density, count, functions.data());
      for (unsigned int n = 2; n < count; ++n)
        coefficients[n] += jump.second * q * functions[n - 2] * root.inverse[n] * root.inverse[n - 1];
    }
}

void HermiteExpansion::cosine(double q, unsigned int count, double *coefficients) const
{
  std::fill_n(coefficients, count, 0.);
  add_cosine(1., 1., q, count, coefficients);
}

void HermiteExpansion::rectified_cosine(double q, unsigned int count, double *coefficients) const
{
  // Below q = 0.15 the first kink, π/2, is ten deviations away.
  if (q < 0.15)
    return cosine(q, count, coefficients);
  std::fill_n(coefficients, count, 0.);
  add_cosine(1., 0.5, q, count, coefficients);
  coefficients[0] += 1. / pi;
  // (aq)^n e^{−a²q²/2}/√n! is below 1e-20 for aq > √n + 10.
  for (unsigned int k = 1; 2. * k * q < std::sqrt(static_cast<double>(count)) + 10.; ++k)
    add_cosine(2. * k, (k % 2 == 1 ? 2. : -2.) / (pi * (4. * k * k - 1.)), q, count, coefficients);
}
} // namespace rhoflow
