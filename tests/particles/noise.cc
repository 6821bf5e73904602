#include <catch2/catch.hpp>
#include <solvers/particles/ensemble/make_network.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/gradient_descent.h>
#include <solvers/particles/noise_kernel.h>

#include <tests/support/refusals.h>

#include "data_set_problem.h"
#include "linear_problem.h"

using namespace rhoflow;

namespace
{
std::vector<double> noise(std::uint64_t seed, std::uint64_t replica, std::uint64_t step, std::uint64_t n_neurons,
                          unsigned int n)
{
  std::vector<double> numbers(n_neurons * n, 0.);
  noise_kernel::add_to_neurons({seed, replica}, step, 1., n_neurons, n, numbers.data());
  return numbers;
}

double correlation(const std::vector<double> &a, const std::vector<double> &b)
{
  REQUIRE(a.size() == b.size());
  double sum = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum / static_cast<double>(a.size());
}

const double beta = 4., lambda = 0.5;

/// Networks of 20 neurons θx that learn 0.8 x, from far off the stationary state.
const LinearProblem linear({0.8}, {-0.3}, 0.4);

ParticleParameters noisy_networks(ParticleParameters::Method method, double step_size, unsigned int n_replicas)
{
  ParticleParameters parameters;
  parameters.n_neurons           = 20;
  parameters.n_replicas          = n_replicas;
  parameters.method              = method;
  parameters.step_size           = step_size;
  parameters.inverse_temperature = beta;
  return parameters;
}
} // namespace

TEST_CASE("noise is the stream of normal numbers of each neuron", "[particles]")
{
  const unsigned int  n_neurons = 70; // more than two tiles
  const std::uint64_t seed = 0xfedcba9876543210u, replica = 0x123456789u, step = 0xabcdef01234u;
  for (const unsigned int n : {1u, 2u, 3u, 4u, 5u, 12u})
    {
      CAPTURE(n);
      const auto          numbers = noise(seed, replica, step, n_neurons, n);
      std::vector<double> outer(noise_kernel::lanes, 1.), weights(noise_kernel::lanes * n, -2.);
      noise_kernel::add_to_tile({seed, replica}, step, 32, 0.5, n - 1, outer.data(), weights.data());
      std::vector<double> all(noise_kernel::lanes * n, 0.);
      noise_kernel::add_to_tile({seed, replica}, step, 32, 1., n, nullptr, all.data());
      for (unsigned int j = 0; j < n_neurons; ++j)
        {
          CounterRandom random(seed, RandomPurpose::langevin_noise, replica, step, j);
          for (unsigned int i = 0; i < n; ++i)
            {
              const double expected = random.normal();
              CHECK(numbers[j * n + i] == Approx(expected).margin(1e-14).epsilon(1e-14));
              if (j < 32 || j >= 64)
                continue;
              const double in_tile = (i == 0 ? outer[j - 32] - 1. : weights[(i - 1) * 32 + j - 32] + 2.);
              CHECK(in_tile == Approx(.5 * expected).margin(1e-14).epsilon(1e-14));
              CHECK(all[i * 32 + j - 32] == numbers[j * n + i]);
            }
        }
      // Nothing beyond the last neuron or the last parameter.
      CHECK(std::all_of(weights.begin() + noise_kernel::lanes * (n - 1), weights.end(), [](double w) { return w == -2.; }));
      // A wider network has the same neurons.
      auto wider = noise(seed, replica, step, 3 * n_neurons, n);
      wider.resize(numbers.size());
      CHECK(wider == numbers);
    }
}

TEST_CASE("noise is standard normal", "[particles]")
{
  auto         numbers = noise(1, 0, 0, 40000, 5);
  const double n       = static_cast<double>(numbers.size());
  double       moments[5]{};
  for (const double g : numbers)
    for (unsigned int p = 1; p < 5; ++p)
      moments[p] += std::pow(g, p) / n;
  // Variances of g, g², g³, g⁴: 1, 2, 15, 96.
  CHECK(std::abs(moments[1]) < 4. * std::sqrt(1. / n));
  CHECK(std::abs(moments[2] - 1.) < 4. * std::sqrt(2. / n));
  CHECK(std::abs(moments[3]) < 4. * std::sqrt(15. / n));
  CHECK(std::abs(moments[4] - 3.) < 4. * std::sqrt(96. / n));
  // Kolmogorov–Smirnov: √n D exceeds 1.95 with probability 1e-3.
  std::sort(numbers.begin(), numbers.end());
  double distance = 0.;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    {
      const double exact = .5 * std::erfc(-numbers[i] / std::sqrt(2.));
      distance           = std::max(
                  {distance, std::abs(exact - static_cast<double>(i) / n), std::abs(exact - static_cast<double>(i + 1) / n)});
    }
  CHECK(std::sqrt(n) * distance < 1.95);
}

TEST_CASE("noise of other neurons, parameters, steps, replicas and seeds is independent", "[particles]")
{
  const std::uint64_t M    = 20000;
  const unsigned int  n    = 3;
  const auto          here = noise(1, 2, 3, M, n);
  const double        one  = 1. / std::sqrt(static_cast<double>(M * n));
  CHECK(std::abs(correlation(here, noise(1, 2, 4, M, n))) < 4. * one);
  CHECK(std::abs(correlation(here, noise(1, 3, 3, M, n))) < 4. * one);
  CHECK(std::abs(correlation(here, noise(2, 2, 3, M, n))) < 4. * one);
  CHECK(std::abs(correlation(here, noise(1, 3, 2, M, n))) < 4. * one);
  // Shifts by less than n compare parameters, the others neurons, in registers and across them.
  for (const unsigned int shift : {1u, 2u, 3u, 6u, 12u, 24u, 48u, 96u, 192u})
    {
      CAPTURE(shift);
      const std::vector<double> early(here.begin(), here.end() - shift), late(here.begin() + shift, here.end());
      CHECK(std::abs(correlation(early, late)) < 4. * one);
    }
}

TEST_CASE("gradient descent with and without noise follows its definition", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::biased_ridge, 1, 12, Activation::Kind::tanh);
  ParticleParameters   parameters;
  parameters.n_neurons           = 45;
  parameters.method              = ParticleParameters::Method::gradient_descent;
  parameters.step_size           = 0.125;
  parameters.inverse_temperature = GENERATE(30., std::numeric_limits<double>::infinity());
  parameters.noise_parts         = GENERATE(1u, 3u);
  GradientDescent     descent(problem, parameters, 0.2, 3, 1);
  std::vector<double> theta = descent.parameters(), velocity;
  REQUIRE(theta == initial_neurons(problem, 45, 3, 1));
  descent.advance_to(0.5);
  descent.advance_to(2.5);
  for (unsigned int step = 0; step < 20; ++step)
    {
      make_velocity(problem)->evaluate(theta, velocity);
      for (unsigned int j = 0; j < 45; ++j)
        {
          for (unsigned int i = 0; i < 3; ++i)
            theta[3 * j + i] += 0.125 * (velocity[3 * j + i] - 0.2 * theta[3 * j + i]);
          for (unsigned int part = 0; std::isfinite(parameters.inverse_temperature) && part < parameters.noise_parts; ++part)
            {
              CounterRandom random(3, RandomPurpose::langevin_noise, 1, step * parameters.noise_parts + part, j);
              for (unsigned int i = 0; i < 3; ++i)
                theta[3 * j + i] += std::sqrt(2. * 0.125 / 30. / parameters.noise_parts) * random.normal();
            }
        }
    }
  const auto result = descent.parameters();
  for (std::size_t i = 0; i < theta.size(); ++i)
    CHECK(result[i] == Approx(theta[i]).margin(1e-12));
}

TEST_CASE("gradient descent that diverges is reported, gradient flow refuses noise", "[particles]")
{
  ParticleParameters parameters = noisy_networks(ParticleParameters::Method::gradient_descent, 5., 1);
  CHECK_THROWS_AS(make_network(linear, parameters, lambda, 1, 0)->advance_to(10000.), RunError);
  parameters.method = ParticleParameters::Method::gradient_flow;
  CHECK(refusal([&]() { make_network(linear, parameters, lambda, 1, 0); }) ==
        Refused{"Particles/Method", Refusal::unsupported}.naming("'gradient descent'"));
}

TEST_CASE("noisy gradient descent of linear neurons: stationary excess risk and variances", "[particles]")
{
  // With y = b x, the empirical mean obeys m ← (1 − η(1+λ)) m + η b + √(2η/(βN)) g, whose stationary law has the mean b/(1+λ)
  // and the variance 1/(βN(1+λ)(1 − η(1+λ)/2)); deviations from it obey u ← (1 − ηλ) u + noise: 1/(βλ(1 − ηλ/2)) for N − 1 of
  // N. Hence E R_N − R = 1/(2Nβ(1+λ)) up to the factor of the step, R = ½ (b λ/(1+λ))².
  const double             eta        = GENERATE(0.1, 0.4);
  const unsigned int       n_replicas = 2000, N = 20;
  const ParticleParameters parameters = noisy_networks(ParticleParameters::Method::gradient_descent, eta, n_replicas);
  Replicas                 replicas(linear, parameters, lambda, 11, MPI_COMM_SELF);

  // Time averages of each replica; the replicas are independent, which makes the standard errors honest.
  const unsigned int  n_times = 20;
  std::vector<double> risks(n_replicas, 0.), means(n_replicas, 0.), squares(n_replicas, 0.), variances(n_replicas, 0.);
  for (unsigned int k = 0; k < n_times; ++k)
    {
      replicas.advance_to(20. + 2. * k); // the start has decayed to e^{-2λt} = 2e-9
      const auto now   = replicas.risks();
      const auto theta = replicas.local_coordinates();
      for (unsigned int r = 0; r < n_replicas; ++r)
        {
          double m = 0., square = 0.;
          for (unsigned int j = 0; j < N; ++j)
            {
              m += theta[r * N + j] / N;
              square += theta[r * N + j] * theta[r * N + j] / N;
            }
          risks[r] += now[r] / n_times;
          means[r] += m / n_times;
          squares[r] += std::pow(m - 0.8 / (1. + lambda), 2) / n_times;
          variances[r] += (square - m * m) * N / (N - 1.) / n_times;
        }
    }
  const double limit       = 1. / (beta * N * (1. + lambda));
  const double of_the_mean = limit / (1. - eta * (1. + lambda) / 2.);
  const double risk        = .5 * std::pow(0.8 * lambda / (1. + lambda), 2);
  CHECK(std::abs(mean(means) - 0.8 / (1. + lambda)) < 3. * standard_error(means));
  CHECK(std::abs(mean(squares) - of_the_mean) < 3. * standard_error(squares));
  CHECK(std::abs(mean(risks) - risk - .5 * of_the_mean) < 3. * standard_error(risks));
  CHECK(std::abs(mean(variances) - 1. / (beta * lambda * (1. - eta * lambda / 2.))) < 3. * standard_error(variances));
  // The sample is large enough to tell the step's part of the variances from none.
  CHECK(standard_error(squares) < 0.01 * of_the_mean);
  CHECK(std::abs(mean(squares) - limit) > 5. * standard_error(squares));
  CHECK(std::abs(mean(variances) - 1. / (beta * lambda)) > 5. * standard_error(variances));
}

TEST_CASE("the empirical mean of noisy gradient descent is an autoregression of rate 1 + λ", "[particles]")
{
  // E (m_k − m*)(m_0 − m*) / Var = (1 − η(1+λ))^k at stationarity.
  const double             eta        = 0.1;
  const unsigned int       n_replicas = 4000;
  const ParticleParameters parameters = noisy_networks(ParticleParameters::Method::gradient_descent, eta, n_replicas);
  Replicas                 replicas(linear, parameters, lambda, 12, MPI_COMM_SELF);
  const auto               centred_means = [&] {
    const auto          theta = replicas.local_coordinates();
    std::vector<double> result(n_replicas, -0.8 / (1. + lambda));
    for (std::size_t i = 0; i < theta.size(); ++i)
      result[i / 20] += theta[i] / 20.;
    return result;
  };
  replicas.advance_to(10.); // the empirical mean has forgotten its start to e^{-15}
  const auto   start    = centred_means();
  const double variance = 1. / (beta * 20. * (1. + lambda) * (1. - eta * (1. + lambda) / 2.));
  for (const unsigned int k : {1u, 4u, 10u})
    {
      CAPTURE(k);
      replicas.advance_to(10. + eta * k);
      std::vector<double> products = centred_means();
      for (unsigned int r = 0; r < n_replicas; ++r)
        products[r] *= start[r];
      CHECK(std::abs(mean(products) - variance * std::pow(1. - eta * (1. + lambda), k)) < 3. * standard_error(products));
    }
}

TEST_CASE("noisy SGD of linear neurons: the error of the mean against its recursion", "[particles]")
{
  // e = m − b obeys e ← (1 − ηλ − ηx²) e − ηλb + √(2η/(βN)) g with x ~ N(0, 1), E x² = 1, E x⁴ = 3.
  const double             eta        = 0.05;
  const unsigned int       n_replicas = 3000, n_steps = 60;
  const ParticleParameters parameters = noisy_networks(ParticleParameters::Method::one_pass_sgd, eta, n_replicas);
  Replicas                 replicas(linear, parameters, lambda, 13, MPI_COMM_SELF);
  double                   first = -0.3 - 0.8, second = first * first + 0.4 * 0.4 / 20.;
  const double             noise_variance = 2. * eta / (beta * 20.), shift = -eta * lambda * 0.8, keep = 1. - eta * lambda;
  for (unsigned int k = 0; k < n_steps; ++k)
    {
      second = (keep * keep - 2. * keep * eta + 3. * eta * eta) * second + 2. * shift * (keep - eta) * first + shift * shift +
               noise_variance;
      first = (keep - eta) * first + shift;
    }
  replicas.advance_to(n_steps * eta);
  const auto risks = replicas.risks();
  CHECK(std::abs(mean(risks) - .5 * second) < 3. * standard_error(risks));
  CHECK(noise_variance > standard_error(risks)); // the noise of four steps would be missed
}
