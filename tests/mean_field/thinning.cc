// Many data nodes: the modes from a few of them against sums over all.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <solvers/mean_field/pivoted_directions.h>
#include <solvers/mean_field/thinning.h>

#include "problem.h"

using namespace rhoflow;

namespace
{
/// Points of a data set, normal in each coordinate; the middle one may be far from the others.
std::string data_points(unsigned int n, unsigned int d, double outlier, unsigned int seed)
{
  CounterRandom random(seed, RandomPurpose::test_sample);
  std::string   text;
  for (unsigned int k = 0; k < n; ++k)
    for (unsigned int c = 0; c < d; ++c)
      {
        char number[32];
        std::snprintf(number, sizeof(number), "%.6f", k == n / 2 && c == 0 ? outlier : random.normal());
        text += (c > 0 ? ", " : (k > 0 ? " | " : "")) + std::string(number);
      }
  return text;
}

Settings data_set(const std::string &neuron, unsigned int d, unsigned int n, double outlier, const std::string &activation,
                  unsigned int seed = 3)
{
  std::string law = "normal(0,1), normal(0,1), normal(0,1)";
  return {{"Learning problem/Neuron", neuron},
          {"Learning problem/Input dimension", std::to_string(d)},
          {"Learning problem/Activation", activation},
          {"Data/Law", "discrete"},
          {"Data/Points", data_points(n, d, outlier, seed)},
          {"Target/Type", "expression"},
          {"Target/Expression", d == 1 ? "sin(20*x) + if(x > 0.3, 1, 0)" : "sin(20*x1) + if(x2 > 0.3, 1, 0)"},
          {"Initial law/Law", law}};
}

/// The largest errors of U, relative to the largest U, and of V, relative to the root of it times that of E y².
std::pair<double, double> errors(const Problem &problem, unsigned int n)
{
  const MeanField          &field    = *problem.field;
  const LearningProblem    &learning = *problem.learning;
  const unsigned int        K = learning.n_nodes(), n_modes = field.n_modes(), n_omega = field.n_feature_parameters();
  const std::vector<double> theta = problem.points(n, 99), minus_c = field.residual(std::vector<double>(n_modes, 0.));
  std::vector<double>       omega, chi(n * n_modes), g(n * K);
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int d = 0; d < n_omega; ++d)
      omega.push_back(theta[i * problem.dim() + problem.offset() + d]);
  field.modes(n, omega.data(), chi.data(), nullptr);
  learning.features(n, omega.data(), g.data(), nullptr);
  double of_u = 0., of_v = 0., largest = 0., square = 0.;
  for (unsigned int k = 0; k < K; ++k)
    square += learning.weights()[k] * learning.targets()[k] * learning.targets()[k];
  for (unsigned int i = 0; i < n; ++i)
    {
      double v = 0.;
      for (unsigned int k = 0; k < K; ++k)
        v -= learning.weights()[k] * learning.targets()[k] * g[i * K + k];
      for (unsigned int j = 0; j < n_modes; ++j)
        v -= minus_c[j] * chi[i * n_modes + j];
      of_v = std::max(of_v, std::abs(v));
      for (unsigned int j = 0; j <= i; ++j)
        {
          double u = 0.;
          for (unsigned int k = 0; k < K; ++k)
            u += learning.weights()[k] * g[i * K + k] * g[j * K + k];
          largest = std::max(largest, u);
          for (unsigned int m = 0; m < n_modes; ++m)
            u -= chi[i * n_modes + m] * chi[j * n_modes + m];
          of_u = std::max(of_u, std::abs(u));
        }
    }
  return {of_u / largest, of_v / std::sqrt(largest * square)};
}
} // namespace

TEST_CASE("Thinning: kernel and V keep the tolerance at points that nobody looked at, with an outlier in the data")
{
  for (const double tolerance : {1e-6, 1e-10})
    {
      const Problem biased("biased ridge", data_set("biased ridge", 1, 2500, 30., "tanh"), {-4., -4., -4.}, {4., 4., 4.},
                           tolerance);
      const Problem weighted("weighted ridge", data_set("weighted ridge", 2, 1500, 6., "erf"), {-1., -1., -1.}, {1., 1., 1.},
                             tolerance);
      for (const Problem *problem : {&biased, &weighted})
        {
          CAPTURE(problem->name, tolerance, problem->field->n_modes());
          CHECK(problem->field->thinned());
          CHECK(problem->field->n_modes() < 150);
          CHECK(problem->field->compression_error() <= tolerance);
          const auto [of_u, of_v] = errors(*problem, 60);
          CHECK(of_u <= 2. * tolerance);
          CHECK(of_v <= 2. * tolerance);
        }
    }
}

TEST_CASE("Thinning: one attempt that misses the tolerance by chance is followed by another")
{
  for (unsigned int seed = 3; seed < 10; ++seed)
    for (const double tolerance : {1e-8, 1e-10, 1e-11})
      {
        CAPTURE(seed, tolerance);
        const Problem problem("biased ridge", data_set("biased ridge", 1, 2500, 30., "tanh", seed), {-4., -4., -4.},
                              {4., 4., 4.}, tolerance);
        CHECK(problem.field->thinned());
        CHECK(problem.field->compression_error() <= tolerance);
      }
}

TEST_CASE("Thinning: risk, prediction, gradients, and the same bits for a point in any company")
{
  const Problem    problem("biased ridge", data_set("biased ridge", 1, 1500, 5., "tanh"), {-4., -4., -4.}, {4., 4., 4.}, 1e-10);
  const MeanField &field             = *problem.field;
  const LearningProblem    &learning = *problem.learning;
  const unsigned int        n = 70, K = learning.n_nodes(), n_modes = field.n_modes();
  const std::vector<double> theta = problem.points(n, 5), weights(n, 1. / n);
  REQUIRE(field.thinned());
  std::vector<double> f(K, 0.);
  for (unsigned int i = 0; i < n; ++i)
    {
      const std::vector<double> neuron = problem.neuron(&theta[i * problem.dim()]);
      for (unsigned int k = 0; k < K; ++k)
        f[k] += weights[i] * neuron[k];
    }
  double risk = 0.;
  for (unsigned int k = 0; k < K; ++k)
    risk += 0.5 * learning.weights()[k] * (learning.targets()[k] - f[k]) * (learning.targets()[k] - f[k]);
  const std::vector<double> m = problem.moments(theta, weights), predicted = field.prediction(m);
  CHECK(field.risk(m) == Approx(risk).epsilon(1e-9));
  for (unsigned int k = 0; k < K; ++k)
    CHECK(std::abs(predicted[k] - f[k]) * std::sqrt(learning.weights()[k]) < 3e-5);

  std::vector<double> omega;
  for (unsigned int i = 0; i < n; ++i)
    omega.insert(omega.end(), {theta[3 * i + 1], theta[3 * i + 2]});
  std::vector<double> values(n * n_modes), gradients(n * n_modes * 2), single(n_modes), single_gradient(2 * n_modes);
  field.modes(n, omega.data(), values.data(), gradients.data());
  for (const unsigned int i : {0U, 31U, 32U, 69U})
    {
      field.modes(1, &omega[2 * i], single.data(), single_gradient.data());
      CHECK(std::equal(single.begin(), single.end(), values.begin() + i * n_modes));
      CHECK(std::equal(single_gradient.begin(), single_gradient.end(), gradients.begin() + i * n_modes * 2));
      for (unsigned int d = 0; d < 2; ++d)
        {
          const double        h = 1e-5;
          std::vector<double> plus(n_modes), minus(n_modes), at(&omega[2 * i], &omega[2 * i] + 2);
          at[d] += h;
          field.modes(1, at.data(), plus.data(), nullptr);
          at[d] -= 2. * h;
          field.modes(1, at.data(), minus.data(), nullptr);
          for (unsigned int j = 0; j < n_modes; ++j)
            CHECK(std::abs(single_gradient[d * n_modes + j] - (plus[j] - minus[j]) / (2. * h)) < 1e-7);
        }
    }
  // The same program makes the same modes again.
  const Problem again("again", problem.settings, problem.lower, problem.upper, 1e-10);
  again.field->modes(1, omega.data(), single.data(), nullptr);
  CHECK(std::equal(single.begin(), single.end(), values.begin()));
}

TEST_CASE("Thinning: few nodes, and those of quadratures, are all used")
{
  const Problem few("few", data_set("biased ridge", 1, 900, 2., "tanh"), {-1., -1., -1.}, {1., 1., 1.}, 1e-6);
  CHECK_FALSE(few.field->thinned());
  const Problem quadrature("quadrature",
                           {{"Learning problem/Neuron", "weighted ridge"},
                            {"Learning problem/Input dimension", "2"},
                            {"Learning problem/Activation", "tanh"},
                            {"Data/Quadrature nodes", "40"},
                            {"Target/Type", "expression"},
                            {"Target/Expression", "x1"},
                            {"Initial law/Law", "normal(0,1), normal(0,1), normal(0,1)"}},
                           {-1., -0.3, -0.3}, {1., 0.3, 0.3}, 1e-6);
  CHECK(quadrature.learning->n_nodes() == 1600);
  CHECK_FALSE(quadrature.field->thinned());
}

TEST_CASE("Thinning: features that no combination of few can tell are left to all nodes")
{
  // The number of kinks between the points grows with the points.
  const Problem kinks("kinks", data_set("biased ridge", 1, 1100, 2., "relu"), {-1., -0.5, -0.5}, {1., 0.5, 0.5}, 1e-5);
  const auto [of_u, of_v] = errors(kinks, 40);
  CHECK(kinks.field->compression_error() <= 1e-5);
  CHECK(of_u <= 2e-5);
  CHECK(of_v <= 2e-5);
}

TEST_CASE("Pivoted directions: orthonormal, as many as there are, all samples in their span")
{
  const std::size_t   length = 48, rank = 37, N = 300;
  CounterRandom       random(1, RandomPurpose::projections);
  std::vector<double> factors(rank * length), vectors(N * length, 0.);
  for (double &x : factors)
    x = random.normal();
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < rank; ++j)
      {
        const double c = random.normal() * std::pow(10., -0.25 * static_cast<double>(j));
        for (std::size_t k = 0; k < length; ++k)
          vectors[i * length + k] += c * factors[j * length + k];
      }
  for (const double limit : {1e-3, 1e-11})
    {
      PivotedDirections directions(length);
      const auto        pivots = directions.extend(vectors, limit, length, {});
      CHECK(pivots.size() == directions.size());
      CHECK(directions.size() <= rank);
      CHECK((limit < 1e-6) == (directions.size() == rank));
      std::vector<double> rest  = vectors;
      const auto          norms = directions.remove_from(rest);
      CHECK(*std::max_element(norms.begin(), norms.end()) <= 1.01 * limit);
      // Later pivots add nothing to directions before them.
      for (std::size_t j = 0; j < directions.size(); ++j)
        for (std::size_t i = j + 1; i < directions.size(); ++i)
          CHECK(std::abs(directions.dot(i, &vectors[pivots[j] * length])) < 1e-10);
      CHECK(directions.extend(vectors, 1.01 * limit, length, {}).empty());
    }
  PivotedDirections two(length);
  CHECK(two.extend(vectors, 0., 2, {}).size() == 2);
}

TEST_CASE("Features at some of the nodes are those at all of them")
{
  const auto check = [](const Problem &problem) {
    const LearningProblem          &learning = *problem.learning;
    const unsigned int              K = learning.n_nodes(), n_omega = learning.n_feature_parameters(), n = 5;
    const std::vector<unsigned int> chosen{1, K / 3, K / 2, K - 1};
    const std::vector<double>       theta = problem.points(n, 4);
    std::vector<double>             omega;
    for (unsigned int i = 0; i < n; ++i)
      for (unsigned int d = 0; d < n_omega; ++d)
        omega.push_back(theta[i * problem.dim() + problem.offset() + d]);
    std::vector<double> all(n * K), slopes(n * K * n_omega), some(n * 4), some_slopes(n * 4 * n_omega), values_only(n * 4);
    learning.features(n, omega.data(), all.data(), slopes.data());
    learning.features_of(chosen)(n, omega.data(), some.data(), some_slopes.data());
    learning.features_of(chosen)(n, omega.data(), values_only.data(), nullptr);
    CAPTURE(problem.name);
    for (unsigned int c = 0; c < 4; ++c)
      for (unsigned int i = 0; i < n; ++i)
        {
          CHECK(some[i * 4 + c] == all[i * K + chosen[c]]);
          CHECK(values_only[i * 4 + c] == Approx(some[i * 4 + c]).epsilon(1e-14));
          for (unsigned int d = 0; d < n_omega; ++d)
            CHECK(some_slopes[(i * n_omega + d) * 4 + c] == slopes[(i * n_omega + d) * K + chosen[c]]);
        }
  };
  for (const Problem &problem : problems(1e-4))
    if (problem.name != "few data")
      check(problem);
  check(Problem("isotropic",
                {{"Learning problem/Neuron", "isotropic"},
                 {"Learning problem/Activation", "tanh"},
                 {"Initial law/Law", "gaussian_neurons(1)"}},
                {0.}, {3.}, 1e-4));
}
