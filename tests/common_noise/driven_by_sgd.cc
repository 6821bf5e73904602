#include <catch2/catch.hpp>

#include <solvers/base/numerics/random.h>
#include <solvers/base/numerics/sample_statistics.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
/// Moves the points as if the drift had no term for the change of the law with the samples: back by α times
///   (α/2) ∇ Σ_l p_l [r_l κ_l − (Kpr)_l] σ_l,
/// the part of the conversion from Itô's to Stratonovich's integral that the dependence on ν makes.
void leave_out_measure_derivative(OnePath &path, double alpha)
{
  const std::size_t         K    = path.problem.n_nodes();
  const std::vector<double> both = path.points.prediction_and_kernel(path.state.points), &p = path.problem.weights();
  const std::vector<double> r     = path.field.residuals({both.begin(), both.begin() + static_cast<std::ptrdiff_t>(K)});
  const std::vector<double> along = path.points.kernel_times(path.field.potential(r));
  NoiseIncrement            increment{std::vector<double>(K), {}};
  for (std::size_t l = 0; l < K; ++l)
    increment.samples[l] = -.5 * alpha * alpha * p[l] * (r[l] * both[K + l] - along[l]) / (std::sqrt(alpha * p[l]) * r[l]);
  std::vector<double> movement;
  path.points.noise(path.state.points, increment, movement);
  for (std::size_t i = 0; i < movement.size(); ++i)
    path.state.points[i] += movement[i];
  path.state.drift.clear();
}

/// Differences between the risks at time 2 of SGD for infinite width (every Gauss point of the law is a neuron of its weight)
/// and of the equation that SGD's own samples drive.
std::vector<double> differences(Equation equation, bool measure_derivative, double alpha, unsigned int n_runs, double end = 2.,
                                bool of_mean = false)
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
      for (double t = 0.; t < end - .5 * alpha; t += alpha)
        {
          const std::uint64_t l = random.integer(4);
          const double        r = predict(l) - problem->targets()[l];
          for (std::size_t i = 0; i < n; ++i)
            theta[i] -= alpha * r * dg[4 * i + l];
          std::vector<double> counts(4, 0.);
          counts[l] = 1.;
          path.step({increment_of_counts(counts, problem->weights(), alpha, 1), {}});
          if (!measure_derivative)
            leave_out_measure_derivative(path, alpha);
        }
      double risk = 0.;
      for (std::uint64_t l = 0; l < 4; ++l)
        risk += .125 * std::pow(predict(l) - problem->targets()[l], 2);
      double mean_of_path = 0., mean_of_sgd = 0.;
      for (std::size_t i = 0; i < n; ++i)
        {
          mean_of_path += law.weights[i] * path.state.points[i];
          mean_of_sgd += law.weights[i] * theta[i];
        }
      result.push_back(of_mean ? mean_of_path - mean_of_sgd : path.risk() - risk);
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
      std::vector<double> squares = differences(c.equation, true, alphas[i], 64);
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

TEST_CASE("without the derivative by the law the modified flow has an error of first order", "[common_noise]")
{
  // Of E w at t = 0.4, where the risk still falls.
  double wrong[2];
  for (unsigned int i = 0; i < 2; ++i)
    {
      const double              alpha    = i == 0 ? .025 : .0125;
      const std::vector<double> right    = differences(Equation::modified_flow, true, alpha, 200, .4, true),
                                left_out = differences(Equation::modified_flow, false, alpha, 200, .4, true);
      CAPTURE(alpha, mean(right), mean(left_out), standard_error(right), standard_error(left_out));
      CHECK(std::abs(mean(right)) < 3. * standard_error(right));
      wrong[i] = mean(left_out) - mean(right);
      if (i == 1)
        CHECK(std::abs(mean(left_out)) > 5. * standard_error(left_out));
    }
  CAPTURE(wrong[0], wrong[1]);
  CHECK(wrong[0] / wrong[1] == Approx(2.).margin(.2));
}
