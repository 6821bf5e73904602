#include <solvers/base/ranks.h>
#include <solvers/model/gaussian/gaussian_pairs.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/pair_sum_kernel.h>

namespace rhoflow
{
namespace
{
constexpr double       pi        = 3.14159265358979323846;
constexpr double       tolerance = 1e-12; ///< of one pair
constexpr unsigned int n_terms   = HermiteExpansion::n_terms;
constexpr unsigned int step      = kernel::PairSeries::level_step;
constexpr unsigned int panel     = kernel::NeuronPanels::panel;

double length(const double *w, unsigned int d)
{
  double square = 0.;
  for (unsigned int k = 0; k < d; ++k)
    square += w[k] * w[k];
  return std::sqrt(square);
}

/// √(E σ² − Σ_{m < 8 (l + 1)} h_m²) for l = 0, 1, ...
std::array<double, n_terms / step> tails(double square, const double *coefficients)
{
  std::array<double, n_terms / step> result;
  for (unsigned int n = 0; n < n_terms; ++n)
    {
      square -= coefficients[n] * coefficients[n];
      if (n % step == step - 1)
        result[n / step] = std::sqrt(std::max(square, 0.));
    }
  return result;
}
/// Σ h_n h'_n cⁿ.
double series(const double *h, const double *h2, double c)
{
  double sum = 0.;
  for (unsigned int n = n_terms; n-- > 0;)
    sum = sum * c + h[n] * h2[n];
  return sum;
}
} // namespace

GaussianPairs::GaussianPairs(const Activation &sigma)
  : activation(sigma)
  , form(sigma.info().gaussian_form)
  , expansion(sigma)
{
  if (form == GaussianForm::logistic_step || form == GaussianForm::logistic_ramp)
    {
      scales  = logistic_mixture().nodes;
      weights = logistic_mixture().weights;
    }
  if (form == GaussianForm::logistic_step)
    {
      const LogisticStep step = logistic_step(activation);
      offset                  = step.offset;
      factor                  = step.factor;
      for (double &scale : scales)
        scale /= step.scale;
    }
  if (form == GaussianForm::piecewise_linear)
    for (const auto &jump : slope_jumps(activation))
      {
        kinks.push_back(jump.first);
        jumps.push_back(jump.second);
      }
}

bool GaussianPairs::has_closed_form() const
{
  return form == GaussianForm::erf || form == GaussianForm::relu || form == GaussianForm::cosine;
}

void GaussianPairs::steep_kernel(unsigned int n, const double *q, const double *q2, const double *c, double *values) const
{
  switch (form)
    {
      case GaussianForm::logistic_step:
        return kernel::erf_mixture_pairs(offset, factor, scales, weights, n, q, q2, c, values);
      case GaussianForm::logistic_ramp:
        return kernel::relu_mixture_pairs(scales, weights, n, q, q2, c, values);
      case GaussianForm::piecewise_linear:
        return kernel::kink_pairs(kinks, jumps, n, q, q2, c, values);
      case GaussianForm::rectified_cosine:
        for (unsigned int i = 0; i < n; ++i)
          values[i] = fourier_kernel(q[i], q2[i], c[i]);
        return;
      case GaussianForm::quadrature:
        for (unsigned int i = 0; i < n; ++i)
          values[i] = gaussian_product_mean(activation, q[i], q2[i], c[i]);
        return;
      case GaussianForm::erf:
      case GaussianForm::relu:
      case GaussianForm::cosine:
        break;
    }
  throw std::logic_error("the pairs of an activation have a closed form");
}

double GaussianPairs::series_kernel(double q, double q2, double c) const
{
  std::array<double, n_terms> h, h2;
  expansion.evaluate(q, n_terms, h.data());
  expansion.evaluate(q2, n_terms, h2.data());
  return series(h.data(), h2.data(), c);
}

double GaussianPairs::fourier_kernel(double q, double q2, double c) const
{
  // The first kink is eight deviations away: the series is short, and Fourier's would be long.
  if (std::min(q, q2) < 0.2)
    return series_kernel(q, q2, c);
  // Σ_{ab} f_a f_b E cos(aqG) cos(bq'G'), frequencies 0, 1, 2, 4, 6, ...; max(cos, 0) is even, so c may be positive.
  c = std::abs(c);
  if (q < q2)
    std::swap(q, q2);
  const auto coefficient = [](double a) {
    if (a < 2.)
      return a == 0. ? 1. / pi : 0.5;
    return (std::fmod(a, 4.) == 2. ? 2. : -2.) / (pi * (a * a - 1.));
  };
  // Terms matter where bq' is close to aqc, so that f_a f_b ~ (2/π)² (q'/q)² a⁻⁴: beyond `last` all together are below 1e-11.
  const double last = 2000. * std::pow(q2 / q, 2. / 3.), across = std::max(1. - c * c, 0.), reach = 9. / q2;
  double       sum = 0.;
  for (double a = 0.; a <= last && 0.5 * a * a * q * q * across < 40.; a += a < 2. ? 1. : 2.)
    {
      const double centre = a * q * c / q2;
      double       part   = 0.;
      const auto   add    = [&](double b) {
        const double spread = -0.5 * (a * a * q * q + b * b * q2 * q2), product = a * b * q * q2 * c;
        part += coefficient(b) * 0.5 * (std::exp(spread + product) + std::exp(spread - product));
      };
      if (centre - reach <= 1.)
        add(1.);
      for (double b = std::max(0., 2. * std::ceil(0.5 * (centre - reach))); b <= centre + reach; b += 2.)
        add(b);
      sum += coefficient(a) * part;
    }
  return sum;
}

double GaussianPairs::kernel(double q, double q2, double c) const
{
  c = std::max(std::min(c, 1.), -1.);
  switch (form)
    {
      case GaussianForm::erf:
        return 2. / pi * std::asin(c * q * q2 / std::sqrt((1. + q * q) * (1. + q2 * q2)));
      case GaussianForm::relu:
        return q * q2 / (2. * pi) * (std::sqrt((1. - c) * (1. + c)) + c * (0.5 * pi + std::asin(c)));
        case GaussianForm::cosine: {
          const double spread = -0.5 * (q * q + q2 * q2), product = q * q2 * c;
          return 0.5 * (std::exp(spread + product) + std::exp(spread - product));
        }
      case GaussianForm::rectified_cosine:
      case GaussianForm::piecewise_linear:
      case GaussianForm::logistic_step:
      case GaussianForm::logistic_ramp:
      case GaussianForm::quadrature:
        break;
    }
  std::array<double, n_terms> h, h2;
  const double square = expansion.evaluate(q, n_terms, h.data()), square2 = expansion.evaluate(q2, n_terms, h2.data());
  if (q == q2 && c == 1.)
    return square;
  const double left = tails(square, h.data()).back() * tails(square2, h2.data()).back();
  if (left * std::pow(std::abs(c), n_terms) > tolerance)
    {
      double value;
      steep_kernel(1, &q, &q2, &c, &value);
      return value + (kinks.empty() ? 0. : h[0] * h2[0] + h[1] * h2[1] * c);
    }
  return series(h.data(), h2.data(), c);
}

kernel::PairSeries GaussianPairs::expand(const std::vector<double> &lengths, const std::vector<double> &coefficients,
                                         std::uint64_t n_neurons, MPI_Comm communicator, ExactSum &diagonal) const
{
  const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);

  // As many levels as the longest neuron needs where |c| = 1.
  std::array<double, n_terms> h;
  const double                longest    = *std::max_element(lengths.begin(), lengths.end());
  const auto                  of_longest = tails(expansion.evaluate(longest, n_terms, h.data()), h.data());
  kernel::PairSeries          series;
  series.n_levels = 1;
  while (series.n_levels < of_longest.size() && of_longest[series.n_levels - 1] > std::sqrt(tolerance))
    ++series.n_levels;
  series.all_even  = expansion.all_even();
  series.all_odd   = expansion.all_odd();
  series.tolerance = tolerance;

  const unsigned int n_levels = series.n_levels, n_even = series.n_even(), n_odd = series.n_odd();
  const unsigned int n_used = (n_levels * step + 15) / 16 * 16;
  series.even.resize(lengths.size() * n_even, 0.);
  series.odd.resize(lengths.size() * n_odd, 0.);
  series.tails.resize(lengths.size() / panel * n_levels, 0.);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      const std::uint64_t p = j / panel, lane = j % panel;
      if (p % static_cast<unsigned int>(n_ranks) != static_cast<unsigned int>(rank))
        continue;
      const double itself = expansion.evaluate(lengths[j], n_used, h.data());
      const auto   left   = tails(itself, h.data());
      for (unsigned int l = 0; l < n_levels; ++l)
        series.tails[p * n_levels + l] = std::max(series.tails[p * n_levels + l], left[l]);
      for (unsigned int n = 0; n < n_even; ++n)
        series.even[(p * n_even + n) * panel + lane] = h[2 * n];
      for (unsigned int n = 0; n < n_odd; ++n)
        series.odd[(p * n_odd + n) * panel + lane] = h[2 * n + 1];
      // The series counts a neuron with itself as E σ of two independent inputs.
      diagonal.add(coefficients[j] * coefficients[j] * (itself - h[0] * h[0]));
    }
  if (n_ranks > 1) // every entry comes from one rank, so that the sums add zeros only
    for (std::vector<double> *table : {&series.even, &series.odd, &series.tails})
      MPI_Allreduce(MPI_IN_PLACE, table->data(), static_cast<int>(table->size()), MPI_DOUBLE, MPI_SUM, communicator);
  return series;
}

double GaussianPairs::steep_sum(const kernel::SteepPairs &steep, const kernel::PairSeries &series,
                                const std::vector<double> &lengths, const std::vector<double> &coefficients) const
{
  const std::size_t   n = steep.row.size();
  std::vector<double> q(n), q2(n), values(n);
  for (std::size_t i = 0; i < n; ++i)
    {
      q[i]  = lengths[steep.row[i]];
      q2[i] = lengths[steep.column[i]];
    }
  steep_kernel(static_cast<unsigned int>(n), q.data(), q2.data(), steep.cosine.data(), values.data());

  const auto first = [](const std::vector<double> &table, unsigned int n_per_panel, std::uint64_t j) {
    return table[j / panel * n_per_panel * panel + j % panel];
  };
  double sum = 0.;
  for (std::size_t i = 0; i < n; ++i)
    {
      const std::uint64_t a = steep.row[i], b = steep.column[i];
      if (!kinks.empty())
        values[i] += first(series.even, series.n_even(), a) * first(series.even, series.n_even(), b) +
                     first(series.odd, series.n_odd(), a) * first(series.odd, series.n_odd(), b) * steep.cosine[i];
      sum += coefficients[a] * coefficients[b] * values[i];
    }
  return sum;
}

double GaussianPairs::mean_square(const RidgeNetwork &network, double deviation, MPI_Comm communicator) const
{
  const unsigned int   d = network.dimension;
  kernel::NeuronPanels neurons(d, network.n_neurons);
  std::vector<double>  lengths(neurons.size(), 0.);
  for (std::uint64_t j = 0; j < network.n_neurons; ++j)
    {
      const double *w           = network.weights + j * network.stride;
      const double  q           = deviation * length(w, d);
      const double  coefficient = network.coefficients == nullptr ? 1. : network.coefficients[j * network.coefficient_stride];
      double        scale       = q > 1e-100 ? deviation / q : 0.;
      if (form == GaussianForm::erf)
        scale = deviation / std::sqrt(1. + q * q);
      else if (form == GaussianForm::cosine)
        scale = deviation;
      for (unsigned int k = 0; k < d; ++k)
        neurons.component(j, k) = w[k] * scale;
      neurons.coefficients[j] = form == GaussianForm::relu ? coefficient * q : coefficient;
      lengths[j]              = q;
    }

  ExactSum           total;
  kernel::PairSeries series;
  kernel::SteepPairs steep;
  if (!has_closed_form())
    series = expand(lengths, neurons.coefficients, network.n_neurons, communicator, total);

  const int     rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);
  std::uint64_t block = 0;
  for (std::uint64_t row = 0; row < neurons.n_panels; ++row)
    for (std::uint64_t column = row; column < neurons.n_panels; ++column, ++block)
      {
        if (block % static_cast<unsigned int>(n_ranks) != static_cast<unsigned int>(rank))
          continue;
        double sum;
        if (form == GaussianForm::erf)
          sum = kernel::erf_pairs(neurons, row, column);
        else if (form == GaussianForm::relu)
          sum = kernel::relu_pairs(neurons, row, column);
        else if (form == GaussianForm::cosine)
          sum = kernel::cosine_pairs(neurons, lengths, row, column);
        else
          {
            steep = kernel::SteepPairs();
            sum   = kernel::series_pairs(neurons, series, row, column, steep);
            sum += steep_sum(steep, series, lengths, neurons.coefficients);
          }
        total.add(row == column ? sum : 2. * sum);
      }
  return global_sum(total, communicator);
}
} // namespace rhoflow
