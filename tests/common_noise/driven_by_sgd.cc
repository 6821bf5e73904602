#include <catch2/catch.hpp>

#include <solvers/base/numerics/random.h>
#include <solvers/base/numerics/sample_statistics.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
/// Differences between the risks at time 2 of SGD for infinite width (every Gauss point of the law is a neuron of its weight)
/// and of the equation that SGD's own samples drive.
std::vector<double> differences(Equation equation, double alpha, unsigned int n_runs)
{
  const auto          problem = make_problem(four_data());
  const Measure       law     = initial_points(*problem, 16);
  const std::size_t   n       = law.weights.size();
  std::vector<double> result, g(4 * n), dg(4 * n);
  for (unsigned int run = 0; run < n_runs; ++run)
    {
      OnePath             path(*problem, noise_of(equation, alpha, 1, alpha), law, 0., 1e-9);
      std::vector<double> theta = law.points;
      CounterRandom       random(1, RandomPurpose::sgd_samples, run);
      const auto          predict = [&](std::uint64_t l) {
        problem->features(static_cast<unsigned int>(n), theta.data(), g.data(), dg.data());
        double f = 0.;
        for (std::size_t i = 0; i < n; ++i)
          f += law.weights[i] * g[4 * i + l];
        return f;
      };
      for (double t = 0.; t < 2. - .5 * alpha; t += alpha)
        {
          const std::uint64_t l = random.integer(4);
          const double        r = predict(l) - problem->targets()[l];
          for (std::size_t i = 0; i < n; ++i)
            theta[i] -= alpha * r * dg[4 * i + l];
          std::vector<double> counts(4, 0.);
          counts[l] = 1.;
          path.step({increment_of_counts(counts, problem->weights(), alpha, 1), {}});
        }
      double risk = 0.;
      for (std::uint64_t l = 0; l < 4; ++l)
        risk += .125 * std::pow(predict(l) - problem->targets()[l], 2);
      result.push_back(path.risk() - risk);
    }
  return result;
}

struct Case
{
  Equation equation;
  double   rms[4]; ///< for α = 0.1, 0.05, 0.025, 0.0125, from another program
  double   order;
};
} // namespace

TEST_CASE("driven by SGD's own samples the modified flow follows SGD with order 3/2, the other equation with order 1",
          "[common_noise]")
{
  const Case   c        = GENERATE(Case{Equation::modified_flow, {1.52e-4, 5.5e-5, 1.88e-5, 6.6e-6}, 1.5},
                                   Case{Equation::stochastic_mean_field, {3.1e-4, 1.6e-4, 8.1e-5, 4.1e-5}, 1.});
  const double alphas[] = {.1, .05, .025, .0125};
  double       measured[4];
  for (unsigned int i = 0; i < 4; ++i)
    {
      std::vector<double> squares = differences(c.equation, alphas[i], 64);
      for (double &x : squares)
        x *= x;
      measured[i] = std::sqrt(mean(squares));
      CAPTURE(alphas[i], measured[i], standard_error(squares) / (2. * measured[i]));
      // The numbers of the other program have sampling errors, too, and three digits at most: four standard errors of both.
      CHECK(std::abs(mean(squares) - c.rms[i] * c.rms[i]) < 4. * std::sqrt(2.) * standard_error(squares));
    }
  const double order = std::log(measured[0] / measured[3]) / std::log(8.);
  CAPTURE(order);
  CHECK(order == Approx(c.order).margin(.25));
}
