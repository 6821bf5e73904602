#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/spread/spread_prediction.h>

#include "cases.h"

using namespace rhoflow;

namespace
{
/// Neuron θ·x, y = b·x + ε, x ~ N(0, I_D), Var ε = s²; e = m − b begins at e_0 in every coordinate that is not zero.
Settings linear(const unsigned int D)
{
  return {{"Learning problem/Neuron", "linear"},
          {"Learning problem/Input dimension", std::to_string(D)},
          {"Data/Quadrature nodes", "3"},
          {"Target/Type", "expression"},
          {"Target/Expression", D == 1 ? "1.3*x" : "1.3*x1 - 0.2*x2"},
          {"Target/Noise deviation", "0.5"},
          {"Initial law/Law", D == 1 ? "normal(0.2, 0.7)" : "normal(0.2, 0.7), normal(0.1, 0.7)"}};
}
const std::vector<double> times{0., .5, 1., 2.};
} // namespace

TEST_CASE("the variance of the risk of linear neurons is that of the closed form", "[spread]")
{
  const double     tolerance = GENERATE(0., 1e-10);
  const SpreadCase c(linear(1), 0., tolerance);
  const double     v0 = .49;
  // Of the equations' document, for e_0 = −1.1 and s = 0.5.
  const double data[]    = {0., .233316692074, .071331075002, .004684104993};
  const double initial[] = {1.21, .163755692716, .022161923055, .000405909780};
  for (const bool second_order : {false, true})
    {
      SpreadPrediction::Options options;
      options.tolerance    = 1e-11;
      options.second_order = second_order;
      const SpreadPrediction prediction(*c.field, c.law(5), times, options, MPI_COMM_SELF);
      for (std::size_t i = 0; i < times.size(); ++i)
        {
          const RiskVariance &at = prediction.at(times[i]);
          CAPTURE(tolerance, second_order, times[i]);
          CHECK(at.of_data == Approx(data[i]).epsilon(1e-8).margin(1e-12));
          CHECK(at.of_initial == Approx(v0 * initial[i]).epsilon(1e-8));
          // ½ (Cov e)² comes on top.
          const double t = times[i], alpha = .03, inverse_width = .01;
          const double covariance = alpha * (2. * t * std::exp(-2. * t) * 1.21 + .125 * (1. - std::exp(-2. * t))) +
                                    inverse_width * v0 * std::exp(-2. * t);
          const double first = alpha * data[i] + inverse_width * v0 * initial[i];
          CHECK(at.variance(alpha, inverse_width) ==
                Approx(first + (second_order ? .5 * covariance * covariance : 0.)).epsilon(1e-8));
        }
    }
}

TEST_CASE("the covariance of the mean weight of linear neurons is that of the closed form", "[spread]")
{
  const SpreadCase          c(linear(2));
  SpreadPrediction::Options options;
  options.tolerance    = 1e-11;
  options.second_order = true;
  const SpreadPrediction prediction(*c.field, c.law(4), times, options, MPI_COMM_SELF);
  const double           e0[] = {-1.1, .3}, v0 = .49, s2 = .25;
  const unsigned int     n = c.field->n_modes();
  const auto             x = c.problem->curve_inputs(); // [K][2]
  for (const double t : times)
    {
      CAPTURE(t);
      // Cov f(x), f(x') = xᵀ (Cov e) x', in modes √p f.
      const RiskVariance &at   = prediction.at(t);
      const double        fall = std::exp(-2. * t), square = e0[0] * e0[0] + e0[1] * e0[1];
      double              worst_data = 0., worst_initial = 0.;
      for (unsigned int k = 0; k < n; ++k)
        for (unsigned int l = 0; l < n; ++l)
          {
            double data = 0., initial = 0.;
            for (unsigned int i = 0; i < 2; ++i)
              for (unsigned int j = 0; j < 2; ++j)
                {
                  const double same = i == j ? 1. : 0., xx = x[2 * k + i] * x[2 * l + j];
                  data += xx * (t * fall * (e0[i] * e0[j] + square * same) + .5 * s2 * (1. - fall) * same);
                  initial += xx * v0 * fall * same;
                }
            const double root = std::sqrt(c.problem->weights()[k] * c.problem->weights()[l]);
            worst_data        = std::max(worst_data, std::abs(at.data_covariance[k * n + l] - root * data));
            worst_initial     = std::max(worst_initial, std::abs(at.initial_covariance[k * n + l] - root * initial));
          }
      CHECK(worst_data < 1e-8);
      CHECK(worst_initial < 1e-8);
    }
}
