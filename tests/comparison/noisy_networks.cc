// Noisy networks of linear neurons θx, y = b x, x ~ N(0, 1), beside the exact density of the equation with entropy: a Gaussian
// with
//   mean b/(1+λ) + (m_0 − b/(1+λ)) e^{−(1+λ)t},     variance 1/(βλ) + (v_0 − 1/(βλ)) e^{−2λt}.

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <solvers/base/files/csv.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/comparison/companion_networks.h>

#include "../base/temporary_directory.h"
#include "../particles/linear_problem.h"

using namespace rhoflow;

namespace
{
using Method = ParticleParameters::Method;

const double        beta = 4., lambda = 0.5, b = 0.8;
const LinearProblem linear({b}, {-0.3}, 0.4);

double exact_mean(double time)
{
  const double rest = b / (1. + lambda);
  return rest + (linear.mu[0] - rest) * std::exp(-(1. + lambda) * time);
}

double exact_variance(double time, double inverse_temperature)
{
  const double rest = 1. / (inverse_temperature * lambda);
  return rest + (linear.deviation * linear.deviation - rest) * std::exp(-2. * lambda * time);
}

/// The density N(m, v) as 600 boxes between m ± 7 √v.
DensitySnapshot gaussian(double m, double variance)
{
  DensitySnapshot density;
  density.risk_error     = 0.; // exact
  const double deviation = std::sqrt(variance), h = 14. / 600.;
  double       sum = 0.;
  for (int i = -300; i < 300; ++i)
    {
      density.points.push_back(m + deviation * h * (i + .5));
      density.extents.push_back(deviation * h);
      density.weights.push_back(.5 * (std::erf(h * (i + 1) / std::sqrt(2.)) - std::erf(h * i / std::sqrt(2.))));
      sum += density.weights.back();
    }
  for (double &weight : density.weights)
    weight /= sum;
  density.prediction = {m};
  density.risk       = .5 * (m - b) * (m - b);
  return density;
}

/// E R_N of N neurons after `time`, from the recursion of the error e = m − b of the empirical mean,
///   e ← (1 − ηλ − ηx²) e − ηλb + √(2η/(βN)) g,
/// x² = 1 for gradient descent, x ~ N(0, 1) for SGD with E x⁴ = 3.
double exact_network_risk(const ParticleParameters &parameters, double time)
{
  const double eta = parameters.step_size, n = static_cast<double>(parameters.n_neurons), rate = 1. - eta * lambda;
  const double fourth = (parameters.method == Method::gradient_descent ? 1. : 3.);
  double       first  = linear.mu[0] - b;
  double       second = first * first + linear.deviation * linear.deviation / n;
  for (int k = 0; k < std::lround(time / eta); ++k)
    {
      second = (rate * rate - 2. * eta * rate + fourth * eta * eta) * second - 2. * eta * lambda * b * (rate - eta) * first +
               std::pow(eta * lambda * b, 2) + 2. * eta / (parameters.inverse_temperature * n);
      first = (rate - eta) * first - eta * lambda * b;
    }
  return .5 * second;
}

CompanionSettings noisy_networks(Method method, std::uint64_t n_neurons, unsigned int n_replicas, double step)
{
  CompanionSettings settings;
  settings.particles.method              = method;
  settings.particles.n_neurons           = n_neurons;
  settings.particles.n_replicas          = n_replicas;
  settings.particles.step_size           = step;
  settings.particles.inverse_temperature = beta;
  settings.particles.writing             = ParticleParameters::Writing::none;
  settings.weight_decay                  = lambda;
  settings.seed                          = 6;
  // The risk is looked at; bounds of the distances of so many neurons take their time.
  settings.comparison.n_points = settings.comparison.n_resamples = 0;
  return settings;
}

double entry(const CsvTable &table, std::size_t row, const std::string &column)
{
  return table.rows.at(row).at(table.column(column, ""));
}
} // namespace

TEST_CASE("noisy networks beside the exact density: the biases of width and step are those of the recursion", "[comparison]")
{
  const auto                method   = GENERATE(Method::gradient_descent, Method::one_pass_sgd);
  constexpr unsigned int    R        = 2000;
  const auto                settings = noisy_networks(method, 10, R, 0.01);
  TemporaryDirectory        place;
  const RunDirectory        directory(place.path("run"), true, MPI_COMM_SELF);
  CompanionNetworks         networks(linear, settings, directory);
  const std::vector<double> times{0., .5, 2., 4.};
  for (const double time : times)
    networks.compare(time, gaussian(exact_mean(time), exact_variance(time, beta)));
  CHECK(networks.largest_deviation() < 3.5);

  const auto table = read_csv(place.path("run/comparison.csv"), {}, "");
  for (std::size_t row = 0; row < times.size(); ++row)
    {
      const double bias = exact_network_risk(settings.particles, times[row]) - entry(table, row, "risk");
      CAPTURE(static_cast<int>(method), times[row], bias);
      CHECK(std::abs(entry(table, row, "mean risk of networks") - entry(table, row, "risk") - bias) <
            3.5 * entry(table, row, "standard error"));
      CHECK(std::abs(entry(table, row, "expected bias") - bias) <
            3.5 * (row == 0 ? 1e-6 : entry(table, row, "standard error without bias")));
      // Without the extrapolation the networks would be off, once the initial mean is forgotten.
      if (times[row] > 1.)
        CHECK(bias > 4. * entry(table, row, "standard error"));
    }

  // At rest E R_N − R = 1/(2Nβ(1+λ)), up to the step.
  const double at_rest = 1. / (2. * 10. * beta * (1. + lambda));
  CHECK(entry(table, 3, "expected bias") ==
        Approx(at_rest).margin(3.5 * entry(table, 3, "standard error without bias") + .05 * at_rest));

  // The predictions at the node x = 1 are the empirical means, with the variance 1/(βN(1+λ)) at rest.
  const auto predictions = networks.predictions();
  REQUIRE(predictions.size() == R);
  const double variance = R * std::pow(standard_error(predictions), 2);
  CHECK(std::abs(mean(predictions) - b / (1. + lambda)) < 3.5 * standard_error(predictions));
  CHECK(variance == Approx(2. * at_rest).epsilon(3.5 * std::sqrt(2. / R) + .02));
}

TEST_CASE("with one Brownian path for all steps the extrapolation costs √2 of precision", "[comparison]")
{
  // At rest R_N = R − cδ + ..., c = bλ/(1+λ), with the fluctuation δ of the empirical mean. The first half of the neurons moves
  // alone as it does in the whole, Var δ_{N/2} = 2 Var δ_N, cov(δ_N, δ_{N/2}) = Var δ_N, and δ with twice the step follows the
  // same path: Var(3δ_N − δ_{N/2} − δ_{2η}) = 2 Var δ_N. With noise of its own it would be 6 Var δ_N.
  const auto         settings = noisy_networks(Method::gradient_descent, 20, 1000, 0.01);
  TemporaryDirectory place;
  const RunDirectory directory(place.path("run"), true, MPI_COMM_SELF);
  CompanionNetworks  networks(linear, settings, directory);
  networks.compare(4., gaussian(exact_mean(4.), exact_variance(4., beta)));
  const auto   table = read_csv(place.path("run/comparison.csv"), {}, "");
  const double ratio = entry(table, 0, "standard error without bias") / entry(table, 0, "standard error");
  // The squares of the fluctuations are not so much alike.
  CHECK(ratio == Approx(std::sqrt(2.)).margin(.15));
}

TEST_CASE("a density of another temperature is noticed in the distance, one of another weight decay in the risk",
          "[comparison]")
{
  const double       time     = 4.;
  const auto         settings = noisy_networks(Method::gradient_descent, 200, 400, 0.02);
  TemporaryDirectory place;
  const RunDirectory directory(place.path("run"), true, MPI_COMM_SELF);
  CompanionNetworks  networks(linear, settings, directory);
  const double       m = exact_mean(time), right = exact_variance(time, beta), cold = exact_variance(time, 2. * beta);
  networks.compare(time, gaussian(m, right));
  networks.compare(time, gaussian(m, cold));
  networks.compare(time, gaussian(b / (1. + .75 * lambda), right));
  const auto table = read_csv(place.path("run/comparison.csv"), {}, "");

  const double floor = entry(table, 0, "W1 u floor");
  // 1.2880 deviations /√n for n independent neurons.
  CHECK(floor == Approx(1.288 * std::sqrt(right / 80000.)).epsilon(.15));
  CHECK(entry(table, 0, "W1 u") < 2. * floor);
  CHECK(std::abs(entry(table, 0, "deviation [standard errors]")) < 3.5);

  // W1 of two Gaussians with one mean: |σ − σ'| √(2/π). The risk of linear neurons sees the mean alone.
  const double distance = (std::sqrt(right) - std::sqrt(cold)) * std::sqrt(2. / M_PI);
  CHECK(entry(table, 1, "W1 u") == Approx(distance).margin(2. * floor));
  CHECK(entry(table, 1, "W1 u") > 20. * floor);
  CHECK(entry(table, 1, "deviation [standard errors]") == entry(table, 0, "deviation [standard errors]"));

  CHECK(std::abs(entry(table, 2, "deviation [standard errors]")) > 10.);
}
