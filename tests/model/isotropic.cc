#include <catch2/catch.hpp>

#include <cmath>

#include <tests/support/references.h>
#include <tests/support/refusals.h>

#include <solvers/base/numerics/random.h>
#include <solvers/model/gaussian/quadrature.h>
#include <solvers/model/gaussian/spherical_mean.h>

#include "make_problem.h"

using namespace rhoflow;
namespace
{
const Settings reference_c{{"Learning problem/Neuron", "isotropic"},
                           {"Learning problem/Input dimension", "40"},
                           {"Learning problem/Activation", "piecewise linear"},
                           {"Learning problem/Activation nodes", "0.5:-2.5, 1.5:7.5"},
                           {"Data/Class contrast", "0.8"},
                           {"Initial law/Law", "gaussian_neurons(0.8)"}};
} // namespace

TEST_CASE("Isotropic Gaussians: the mean over the sphere is exact and its table accurate")
{
  for (const unsigned int d : {2u, 3u, 7u, 40u, 320u})
    for (const bool with_kink_at_zero : {false, true})
      {
        const Activation    sigma(Activation::Kind::piecewise_linear,
                               with_kink_at_zero ? std::vector<std::pair<double, double>>{{0., -2.5}, {0.5, -4.}, {1.5, 7.5}} :
                                                      std::vector<std::pair<double, double>>{{0.5, -2.5}, {1.5, 7.5}});
        const SphericalMean mean(sigma, d);
        for (const double z : {0.01, 0.4, 0.77, 2., 6.1, 13., 45., 400.})
          {
            CAPTURE(d, z, with_kink_at_zero);
            // Riemann sum in the angle: density of v = cos(angle) ∝ sin(angle)^{d−2} in the angle.
            double             sum = 0., mass = 0.;
            const unsigned int n = 200000;
            for (unsigned int i = 0; i < n; ++i)
              {
                const double angle = 3.14159265358979323846 * (i + 0.5) / n;
                const double p     = std::pow(std::sin(angle), d - 2.);
                sum += p * sigma.value(z * std::cos(angle));
                mass += p;
              }
            double value, derivative, exact, exact_derivative, second, plus, minus, unused;
            mean.evaluate(z, value, derivative);
            mean.evaluate_exactly(z, exact, exact_derivative, second);
            CHECK(exact == Approx(sum / mass).margin(2e-7));
            CHECK(value == Approx(exact).margin(1e-11));
            CHECK(derivative == Approx(exact_derivative).margin(1e-9));
            const double h = 1e-5 * z;
            mean.evaluate_exactly(z + h, plus, unused, unused);
            mean.evaluate_exactly(z - h, minus, unused, unused);
            CHECK(exact_derivative == Approx((plus - minus) / (2. * h)).margin(1e-7 / z));
          }
        double value, derivative;
        mean.evaluate(0., value, derivative);
        CHECK(value == -2.5);
      }
}

TEST_CASE("Isotropic Gaussians: the table is accurate everywhere")
{
  const Activation    sigma(Activation::Kind::piecewise_linear, {{0., -2.5}, {0.5, -4.}, {1.5, 7.5}});
  const SphericalMean mean(sigma, 320);
  double              worst = 0., worst_derivative = 0.;
  for (double z = 1e-3; z < 200.; z *= 1.003)
    {
      double value, derivative, exact, exact_derivative, unused;
      mean.evaluate(z, value, derivative);
      mean.evaluate_exactly(z, exact, exact_derivative, unused);
      worst            = std::max(worst, std::abs(value - exact));
      worst_derivative = std::max(worst_derivative, std::abs(derivative - exact_derivative));
    }
  CHECK(worst < 1e-10);
  CHECK(worst_derivative < 1e-8);
}

TEST_CASE("Isotropic Gaussians: Reference C at t = 0")
{
  const auto          problem = make_problem(reference_c);
  std::vector<double> r, weights;
  problem->initial_law().quadrature(20, r, weights);
  double mean = 0.;
  for (std::size_t i = 0; i < r.size(); ++i)
    mean += weights[i] * r[i];
  const ReferenceValue reference_mean = reference_value("reference_c", "mean r", 0.);
  CHECK(mean == Approx(reference_mean.value).margin(0.5 * reference_mean.error));

  // Independently: w ~ N(0, κ²/d I) makes w·x Gaussian given |x|, so that f(x) = E σ(q G) with q = κ |x|/√d has a closed form;
  // then a Riemann sum over |x|.
  const auto f = [](double q) {
    double       value = -2.5;
    const double t[] = {0.5, 1.5}, jump[] = {10., -10.};
    for (unsigned int i = 0; i < 2; ++i)
      value += jump[i] * (q * std::exp(-0.5 * t[i] * t[i] / (q * q)) / std::sqrt(2. * 3.14159265358979323846) -
                          0.5 * t[i] * std::erfc(t[i] / q / std::sqrt(2.)));
    return value;
  };
  double sum = 0., mass = 0.;
  for (double chi = 0.0005; chi < 20.; chi += 0.001)
    {
      const double p = std::exp(39. * std::log(chi) - 0.5 * chi * chi - 39.);
      for (const double sign : {1., -1.})
        sum += 0.25 * p * std::pow(sign - f(0.8 * (1. + sign * 0.8) * chi / std::sqrt(40.)), 2);
      mass += p;
    }
  CHECK(risk(*problem, r, weights) == Approx(sum / mass).epsilon(1e-9));
  // The published figure comes from a density on a mesh.
  const ReferenceValue reference_risk = reference_value("reference_c", "risk", 0.);
  CHECK(risk(*problem, r, weights) == Approx(reference_risk.value).margin(2. * reference_risk.error));

  // Twice the nodes change nothing.
  Settings finer = reference_c;
  finer.emplace_back("Data/Quadrature nodes", "56");
  CHECK(initial_risk(*make_problem(finer), 40) == Approx(risk(*problem, r, weights)).epsilon(1e-9));
}

TEST_CASE("Isotropic Gaussians: the failure example at r = 0")
{
  const auto problem = make_problem({{"Learning problem/Neuron", "isotropic"},
                                     {"Learning problem/Input dimension", "320"},
                                     {"Learning problem/Activation", "piecewise linear"},
                                     {"Learning problem/Activation nodes", "0:-2.5, 0.5:-4, 1.5:7.5"},
                                     {"Data/Class contrast", "0.5"},
                                     {"Initial law/Law", "point(0)"}});
  // ½ E (y + 2.5)² = ½ (1 + 6.25)
  CHECK(initial_risk(*problem, 1) == Approx(3.625).epsilon(1e-15));
  const double theta = 0.;
  CHECK(problem->self_kernel(&theta) == 6.25);
  const std::vector<double> particle(320, 0.);
  CHECK(problem->particle_risk(particle.data(), 1) == 3.625);
}

TEST_CASE("Isotropic Gaussians: gradients, for piecewise linear and smooth activations")
{
  for (const std::string activation : {"piecewise linear", "relu", "tanh", "erf", "softplus"})
    for (const std::string d : {"5", "40"})
      {
        CAPTURE(activation, d);
        Settings settings  = reference_c;
        settings[1].second = d;
        settings[2].second = activation;
        const auto problem = make_problem(settings);
        for (const double r : {0.3, 0.9, 2.5})
          CHECK(gradient_error(*problem, {r}, 1e-5) < 1e-6);
        CHECK(gradient_error(*problem, {-0.9}, 1e-5) < 1e-6);
      }
}

TEST_CASE("Isotropic Gaussians: particles, samples and risk belong together")
{
  const auto         problem = make_problem(reference_c);
  const unsigned int d = 40, M = 200;
  REQUIRE(problem->particle_neuron().type == ParticleNeuron::Type::ridge);
  std::vector<double> particles(M * d);
  double              r2 = 0., self = 0.;
  std::vector<double> r(M), equal(M, 1. / M);
  for (unsigned int j = 0; j < M; ++j)
    {
      CounterRandom random(8, RandomPurpose::initial_particles, 0, 0, j);
      problem->sample_particle(random, &particles[j * d]);
      problem->reduce(&particles[j * d], &r[j]);
      r2 += r[j] * r[j] / M;
      self += problem->self_kernel(&r[j]) / M;
    }
  CHECK(r2 == Approx(0.64).epsilon(3.5 * std::sqrt(2. / 40. / M)));

  // Over the directions of the particles: E R_M = R + (1/2M) (∫ U(θ,θ) ρ − ∬ U ρ ρ), ∬ U ρ ρ = E f².
  const std::vector<double> f      = prediction(*problem, r, equal);
  double                    square = 0.;
  for (unsigned int k = 0; k < problem->n_nodes(); ++k)
    square += problem->weights()[k] * f[k] * f[k];
  const double expected = risk(*problem, r, equal) + 0.5 / M * (self - square);
  CHECK(problem->particle_risk(particles.data(), M) == Approx(expected).epsilon(0.05));

  double       mean = 0., mean_square = 0., balance = 0.;
  const double n = 4000.;
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(2, RandomPurpose::sgd_samples, 0, i);
      double        x[40], y, output = 0., length = 0.;
      problem->sample(random, x, y);
      for (unsigned int c = 0; c < d; ++c)
        length += x[c] * x[c];
      CHECK((y > 0.) == (length > 16.)); // deviations 1.8 and 0.2
      balance += y / n;
      for (unsigned int j = 0; j < M; ++j)
        {
          double t = 0.;
          for (unsigned int c = 0; c < d; ++c)
            t += particles[j * d + c] * x[c];
          output += problem->activation().value(t) / M;
        }
      mean += 0.5 * (y - output) * (y - output) / n;
      mean_square += 0.25 * std::pow(y - output, 4) / n;
    }
  CHECK(std::abs(balance) < 3.5 / std::sqrt(n));
  CHECK(std::abs(mean - problem->particle_risk(particles.data(), M)) <
        3.5 * std::sqrt((mean_square - mean * mean) * (1. / n + 1. / 20000.)));
}

TEST_CASE("Isotropic Gaussians: contradictory choices are refused")
{
  const auto refuse = [](const std::string &name, const std::string &value, const Refusal why) {
    CHECK(refusal([&]() { make_problem(with(reference_c, {{name, value}})); }) == Refused{name, why});
  };
  refuse("Data/Law", "sphere", Refusal::unsupported);
  refuse("Target/Type", "expression", Refusal::unsupported);
  refuse("Learning problem/Input dimension", "inf", Refusal::out_of_range);
  refuse("Learning problem/Activation nodes", "0.5", Refusal::malformed);
  refuse("Learning problem/Activation nodes", "1:0, 0.5:2", Refusal::out_of_range);
  refuse("Initial law/Law", "normal(0, 1), chi(3, 1)", Refusal::inconsistent);
}
