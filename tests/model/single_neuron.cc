#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/random.h>
#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/quadrature.h>

#include <tests/support/refusals.h>

#include "make_problem.h"
#include "pair_reference.h"

using namespace rhoflow;

namespace
{
const double pi = 3.14159265358979323846;

/// E_u asin((s s' + r r' u)/(q q')) (2/π), q² = 1 + s² + r²; d = ∞: u = 0.
double exact_kernel(double d, double s, double r, double s2, double r2)
{
  const double q = std::sqrt((1. + s * s + r * r) * (1. + s2 * s2 + r2 * r2));
  if (!std::isfinite(d))
    return 2. / pi * std::asin(s * s2 / q);
  const QuadratureRule rule = gauss_gegenbauer(60, d - 1.);
  double               sum  = 0.;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i)
    sum += rule.weights[i] * std::asin((s * s2 + r * r2 * rule.nodes[i]) / q);
  return 2. / pi * sum;
}

double exact_potential(double s, double r)
{
  return -2. / pi * std::asin(s / std::sqrt(2. * (1. + s * s + r * r)));
}

/// Σ_k p_k g_k(ω) g_k(ω').
double kernel(const LearningProblem &problem, const std::vector<double> &omega, const std::vector<double> &other)
{
  const unsigned int  K = problem.n_nodes();
  std::vector<double> g(K), h(K);
  problem.features(1, omega.data(), g.data(), nullptr);
  problem.features(1, other.data(), h.data(), nullptr);
  double sum = 0.;
  for (unsigned int k = 0; k < K; ++k)
    sum += problem.weights()[k] * g[k] * h[k];
  return sum;
}

double potential(const LearningProblem &problem, const std::vector<double> &omega)
{
  std::vector<double> g(problem.n_nodes());
  problem.features(1, omega.data(), g.data(), nullptr);
  double sum = 0.;
  for (unsigned int k = 0; k < problem.n_nodes(); ++k)
    sum -= problem.weights()[k] * problem.targets()[k] * g[k];
  return sum;
}
} // namespace

TEST_CASE("Single neuron: V and U against their closed forms for erf")
{
  for (const std::string dimension : {"3", "5", "40", "1000", "10000", "inf"})
    {
      const auto   problem = make_problem({{"Learning problem/Input dimension", dimension},
                                           {"Data/Quadrature nodes", "60"},
                                           {"Data/Radial nodes", "16"},
                                           {"Data/Angular nodes", "24"}});
      const double d       = dimension == "inf" ? INFINITY : std::stod(dimension);
      for (const double s : {-1.1, 0., 0.4, 1.5})
        for (const double r : {0., 0.3, 1.2})
          {
            CAPTURE(dimension, s, r);
            CHECK(potential(*problem, {s, r}) == Approx(exact_potential(s, r)).margin(2e-7));
            CHECK(kernel(*problem, {s, r}, {0.7, 0.9}) == Approx(exact_kernel(d, s, r, 0.7, 0.9)).margin(2e-6));
          }
    }
}

TEST_CASE("Single neuron: the default quadrature resolves V and U where the density lives")
{
  const auto problem = make_problem({});
  CHECK(problem->n_nodes() == 14 * 6);
  for (const double s : {-0.8, 0., 0.3, 1.2})
    for (const double r : {0., 0.5, 1.})
      {
        CAPTURE(s, r);
        CHECK(potential(*problem, {s, r}) == Approx(exact_potential(s, r)).margin(1e-6));
        CHECK(kernel(*problem, {s, r}, {0.2, 1.}) == Approx(exact_kernel(40., s, r, 0.2, 1.)).margin(1e-6));
      }
}

TEST_CASE("Single neuron: gradients of the reduced features")
{
  for (const std::string activation : {"erf", "tanh", "sigmoid", "softplus", "cosine"})
    for (const std::string dimension : {"3", "40", "inf"})
      {
        CAPTURE(activation, dimension);
        const auto problem = make_problem({{"Learning problem/Input dimension", dimension},
                                           {"Learning problem/Activation", activation},
                                           {"Data/Angular nodes", "9"}});
        CHECK(gradient_error(*problem, {0.4, 0.8}, 1e-5) < 1e-8);
        CHECK(gradient_error(*problem, {-1.3, 0.1}, 1e-5) < 1e-8);

        // The derivative by r vanishes on the axis, exactly.
        const unsigned int  K       = problem->n_nodes();
        const double        omega[] = {0.7, 0., 0.2, 0.9};
        std::vector<double> values(2 * K), gradients(4 * K), value(K), gradient(2 * K);
        problem->features(2, omega, values.data(), gradients.data());
        for (unsigned int k = 0; k < K; ++k)
          CHECK(gradients[K + k] == 0.);
        problem->features(1, omega + 2, value.data(), gradient.data());
        CHECK(std::equal(value.begin(), value.end(), values.begin() + K));
        CHECK(std::equal(gradient.begin(), gradient.end(), gradients.begin() + 2 * K));
      }
}

TEST_CASE("Single neuron: half of the nodes are enough where x1 and -x1 contribute the same")
{
  // The formula hides from the program that target and activation are both odd.
  const auto half  = make_problem({{"Data/Quadrature nodes", "9"}});
  const auto whole = make_problem(
    {{"Data/Quadrature nodes", "9"}, {"Target/Type", "expression"}, {"Target/Expression", "1 - erfc(x1/sqrt(2))"}});
  CHECK(half->n_nodes() == 5 * 6);
  CHECK(whole->n_nodes() == 9 * 6);
  CHECK(potential(*half, {0.3, 0.8}) == Approx(potential(*whole, {0.3, 0.8})).epsilon(1e-13));
  CHECK(kernel(*half, {0.3, 0.8}, {-0.5, 0.4}) == Approx(kernel(*whole, {0.3, 0.8}, {-0.5, 0.4})).epsilon(1e-13));
  const std::vector<double> theta{2., 0.3, 0.8, -1., 0.5, 0.1}, weights{0.25, 0.75};
  CHECK(risk(*half, theta, weights) == Approx(risk(*whole, theta, weights)).epsilon(1e-13));
}

TEST_CASE("Single neuron: half of the nodes for an even activation, and weights that sum to one")
{
  const std::vector<std::pair<std::string, std::string>> cosine{{"Learning problem/Activation", "cosine"},
                                                                {"Data/Quadrature nodes", "9"}};
  auto                                                   settings = cosine;
  settings.emplace_back("Target/Type", "expression");
  settings.emplace_back("Target/Expression", "cos(x1)");
  const auto half = make_problem(cosine), whole = make_problem(settings);
  CHECK(half->n_nodes() < whole->n_nodes());
  const std::vector<double> theta{2., 0.3, 0.8, -1., 0.5, 0.1}, weights{0.25, 0.75};
  CHECK(risk(*half, theta, weights) == Approx(risk(*whole, theta, weights)).epsilon(1e-13));
  for (const std::string activation : {"erf", "cosine", "softplus"})
    for (const std::string n : {"8", "9"})
      {
        const auto problem = make_problem({{"Learning problem/Activation", activation}, {"Data/Quadrature nodes", n}});
        double     sum     = 0.;
        for (const double weight : problem->weights())
          sum += weight;
        CHECK(sum == Approx(1.).epsilon(1e-14));
      }
}

TEST_CASE("Single neuron: the risk of the initial law, 1/6, with and without noise")
{
  CHECK(initial_risk(*make_problem({}), 6) == Approx(1. / 6.).epsilon(1e-8));
  CHECK(initial_risk(*make_problem({{"Target/Noise deviation", "0.3"}}), 6) == Approx(1. / 6. + 0.045).epsilon(1e-8));
  CHECK(initial_risk(*make_problem({{"Learning problem/Input dimension", "inf"},
                                    {"Initial law/Law", "uniform(-1, 1), gaussian_neurons(1)"}}),
                     6) == Approx(1. / 6.).epsilon(1e-8));
}

TEST_CASE("Single neuron: particles are drawn invariant under rotations, and reduce to the law on the mesh")
{
  const auto         problem = make_problem({{"Initial law/Law", "normal(0.5, 1), gaussian_neurons(0.8)"}});
  const unsigned int n = 20000, d = 40;
  REQUIRE(problem->particle_neuron().n_parameters() == d + 1);
  double a = 0., s2 = 0., r2 = 0., w7 = 0., w7_w8 = 0., w7_square = 0.;
  for (unsigned int j = 0; j < n; ++j)
    {
      CounterRandom       random(1, RandomPurpose::initial_particles, 0, 0, j);
      std::vector<double> particle(d + 1);
      double              theta[3];
      problem->sample_particle(random, particle.data());
      problem->reduce(particle.data(), theta);
      CHECK(theta[1] == particle[1]);
      a += theta[0] / n;
      s2 += theta[1] * theta[1] / n;
      r2 += theta[2] * theta[2] / n;
      w7 += particle[7] / n;
      w7_w8 += particle[7] * particle[8] / n;
      w7_square += particle[7] * particle[7] / n;
    }
  const double variance = 0.64 / 40.;
  CHECK(a == Approx(0.5).margin(3.5 / std::sqrt(n)));
  CHECK(s2 == Approx(variance).epsilon(3.5 * std::sqrt(2. / n)));
  CHECK(w7_square == Approx(variance).epsilon(3.5 * std::sqrt(2. / n)));
  CHECK(r2 == Approx(39. * variance).epsilon(3.5 * std::sqrt(2. / 39. / n)));
  CHECK(std::abs(w7) < 3.5 * std::sqrt(variance / n));
  CHECK(std::abs(w7_w8) < 3.5 * variance / std::sqrt(n));
}

TEST_CASE("Single neuron: the closed form of the particles' risk")
{
  const auto         problem = make_problem({{"Learning problem/Input dimension", "5"}, {"Target/Noise deviation", "0.2"}});
  const unsigned int d = 5, M = 37;
  CHECK(problem->particle_risk_method() == "closed form");
  std::vector<double> particles(M * (d + 1));
  for (unsigned int j = 0; j < M; ++j)
    {
      CounterRandom random(4, RandomPurpose::initial_particles, 0, 0, j);
      problem->sample_particle(random, &particles[j * (d + 1)]);
      particles[j * (d + 1)] += 1.;
    }
  // The sums by definition.
  double sum = 1. / 3. + 0.04;
  for (unsigned int i = 0; i < M; ++i)
    {
      const double *w      = &particles[i * (d + 1) + 1];
      double        square = 1.;
      for (unsigned int c = 0; c < d; ++c)
        square += w[c] * w[c];
      sum -= 2. / M * w[-1] * 2. / pi * std::asin(w[0] / std::sqrt(2. * square));
      for (unsigned int j = 0; j < M; ++j)
        {
          const double *v       = &particles[j * (d + 1) + 1];
          double        product = 0., other = 1.;
          for (unsigned int c = 0; c < d; ++c)
            {
              product += w[c] * v[c];
              other += v[c] * v[c];
            }
          sum += w[-1] * v[-1] / (M * M) * 2. / pi * std::asin(product / std::sqrt(square * other));
        }
    }
  CHECK(problem->particle_risk(particles.data(), M) == Approx(0.5 * sum).epsilon(1e-13));

  // Independently: the mean of (y − f)²/2 over drawn data.
  double             mean = 0., mean_square = 0.;
  const unsigned int n = 20000;
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(2, RandomPurpose::sgd_samples, 0, i);
      double        x[5], y, f = 0.;
      problem->sample(random, x, y);
      for (unsigned int j = 0; j < M; ++j)
        {
          const double *w = &particles[j * (d + 1) + 1];
          double        t = 0.;
          for (unsigned int c = 0; c < d; ++c)
            t += w[c] * x[c];
          f += w[-1] * problem->activation().value(t) / M;
        }
      const double loss = 0.5 * (y - f) * (y - f);
      mean += loss / n;
      mean_square += loss * loss / n;
    }
  CHECK(std::abs(mean - problem->particle_risk(particles.data(), M)) < 3.5 * std::sqrt((mean_square - mean * mean) / n));

  // A target that is given as a formula.
  const auto formula = make_problem({{"Learning problem/Input dimension", "5"},
                                     {"Target/Noise deviation", "0.2"},
                                     {"Target/Type", "expression"},
                                     {"Target/Expression", "1 - erfc(x1/sqrt(2))"}});
  CHECK(formula->particle_risk(particles.data(), M) == Approx(0.5 * sum).epsilon(1e-10));

  // Very long weights: sign(x2 + x3), of square 1, orthogonal to the target.
  const double sharp[] = {1., 0., 1e9, 1e9, 0., 0.};
  CHECK(problem->particle_risk(sharp, 1) == Approx(0.5 * (1. / 3. + 1.) + 0.02).epsilon(1e-7));

  // One perfect neuron leaves the noise.
  const double perfect[] = {1., 1., 0., 0., 0., 0.};
  CHECK(problem->particle_risk(perfect, 1) == Approx(0.02).epsilon(1e-13));
}

TEST_CASE("Single neuron: the bias of finite width at t = 0")
{
  // E R_M = R + (1/2M) (∫ U(θ,θ) ρ − ∬ U ρ ρ) for independent neurons; here the double integral vanishes.
  const auto          problem = make_problem({});
  const unsigned int  M = 20, replicas = 400, d = 40;
  std::vector<double> theta, weights, particles(M * (d + 1));
  problem->initial_law().quadrature(6, theta, weights);
  double self = 0.;
  for (std::size_t i = 0; i < weights.size(); ++i)
    self += weights[i] * problem->self_kernel(&theta[3 * i]);
  double mean = 0., square = 0.;
  for (unsigned int replica = 0; replica < replicas; ++replica)
    {
      for (unsigned int j = 0; j < M; ++j)
        {
          CounterRandom random(6, RandomPurpose::initial_particles, replica, 0, j);
          problem->sample_particle(random, &particles[j * (d + 1)]);
        }
      const double risk_of_replica = problem->particle_risk(particles.data(), M);
      mean += risk_of_replica / replicas;
      square += risk_of_replica * risk_of_replica / replicas;
    }
  const double expected = 1. / 6. + self / (2. * M);
  CHECK(expected > 1. / 6. + 0.007);
  CHECK(std::abs(mean - expected) < 3.5 * std::sqrt((square - mean * mean) / replicas));
}

TEST_CASE("Mean squares of activations of a Gaussian")
{
  for (const std::string &name : names_with_gaussian_means())
    for (const double q : {0., 0.1, 1., 7., 40.})
      {
        const Activation sigma(Activation::kind_from_name(name), {{0.5, -2.5}, {1.5, 7.5}});
        // A plain Riemann sum, which converges fast only for smooth functions.
        double             sum = 0.;
        const unsigned int n   = 400000;
        for (unsigned int i = 0; i < n; ++i)
          {
            const double g = -10. + 20. * (i + 0.5) / n, value = sigma.value(q * g);
            sum += 20. / n * std::exp(-0.5 * g * g) / std::sqrt(2. * pi) * value * value;
          }
        CAPTURE(name, q);
        CHECK(gaussian_mean_square(sigma, q) == Approx(sum).epsilon(2e-8));
      }
  const auto   problem = make_problem({});
  const double theta[] = {-2., 0.6, 0.8};
  CHECK(problem->self_kernel(theta) == Approx(4. * 2. / pi * std::asin(0.5)).epsilon(1e-14));
}

TEST_CASE("Single neuron: contradictory choices are refused")
{
  const auto refuse = [](const Settings &settings, const std::string &parameter, const Refusal why) {
    const auto refused = refusal([&]() { make_problem(settings); });
    CHECK(refused == Refused{parameter, why});
    CHECK(message_of(refused).size() > 20);
  };
  refuse({{"Data/Law", "csv"}}, "Data/Law", Refusal::unsupported);
  refuse({{"Data/Standard deviation", "2"}}, "Data/Standard deviation", Refusal::unsupported);
  refuse({{"Target/Type", "teachers"}}, "Target/Type", Refusal::unsupported);
  refuse({{"Data/Quadrature nodes", "1000"}, {"Data/Radial nodes", "1000"}}, "Data/Radial nodes", Refusal::too_large);
  refuse({{"Learning problem/Input dimension", "1"}}, "Learning problem/Input dimension", Refusal::out_of_range);
  refuse({{"Learning problem/Input dimension", "many"}}, "Learning problem/Input dimension", Refusal::unknown_name);
  refuse({{"Learning problem/Input dimension", "4.5"}}, "Learning problem/Input dimension", Refusal::out_of_range);
  refuse({{"Target/Type", "expression"}, {"Target/Expression", "x2"}}, "Target/Expression", Refusal::unknown_name);
  refuse({{"Target/Type", "expression"}, {"Target/Expression", "1/(x1-x1)"}}, "Target/Expression", Refusal::out_of_range);
  refuse({{"Initial law/Law", "gaussian_neurons(1)"}}, "Initial law/Law", Refusal::inconsistent);
  refuse({{"Initial law/Law", "normal(0, 1), gaussian_neurons(1"}}, "Initial law/Law", Refusal::malformed);

  const auto limit = make_problem({{"Learning problem/Input dimension", "inf"}});
  CHECK(refusal([&]() { limit->particle_neuron(); }) == Refused{"Learning problem/Input dimension", Refusal::unsupported});
  std::vector<double> x(10);
  CounterRandom       random(1, RandomPurpose::initial_particles);
  CHECK(refusal([&]() { limit->sample_particle(random, x.data()); }) ==
        Refused{"Learning problem/Input dimension", Refusal::unsupported});
}
