// The mean field in moments against sums over data nodes and neurons that know nothing of moments.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "problem.h"

using namespace rhoflow;

namespace
{
/// A discrete law with weights of sum one, some of them equal to zero.
std::vector<double> random_weights(unsigned int n, std::uint64_t seed)
{
  CounterRandom       random(seed, RandomPurpose::test_sample);
  std::vector<double> weights;
  double              sum = 0.;
  for (unsigned int i = 0; i < n; ++i)
    {
      weights.push_back(i % 7 == 3 ? 0. : random.uniform());
      sum += weights.back();
    }
  for (double &w : weights)
    w /= sum;
  return weights;
}
} // namespace

TEST_CASE("Compression: the bound of the kernel's error holds at points that it never saw, and V is exact")
{
  for (const double tolerance : {1e-4, 1e-7, 1e-10})
    for (const Problem &problem : problems(tolerance))
      {
        const MeanField       &field    = *problem.field;
        const LearningProblem &learning = *problem.learning;
        const unsigned int n = 400, K = learning.n_nodes(), n_modes = field.n_modes(), n_omega = field.n_feature_parameters();
        CAPTURE(problem.name, tolerance, n_modes, K);
        CHECK(n_modes >= 1);
        CHECK(n_modes <= K);
        if (problem.name == "biased ridge")
          CHECK(n_modes < K);
        CHECK(field.compression_error() <= tolerance);
        const std::vector<double> theta = problem.points(n, 99);
        std::vector<double>       omega, chi(n * n_modes), g(n * K);
        for (unsigned int i = 0; i < n; ++i)
          for (unsigned int d = 0; d < n_omega; ++d)
            omega.push_back(theta[i * problem.dim() + problem.offset() + d]);
        field.modes(n, omega.data(), chi.data(), nullptr);
        learning.features(n, omega.data(), g.data(), nullptr);

        double                    worst = 0., largest = 0., worst_of_v = 0.;
        const std::vector<double> target = field.residual(std::vector<double>(n_modes, 0.)); // −c
        for (unsigned int i = 0; i < n; ++i)
          {
            for (unsigned int j = 0; j <= i; ++j)
              {
                double kernel = 0., from_modes = 0.;
                for (unsigned int k = 0; k < K; ++k)
                  kernel += learning.weights()[k] * g[i * K + k] * g[j * K + k];
                for (unsigned int m = 0; m < n_modes; ++m)
                  from_modes += chi[i * n_modes + m] * chi[j * n_modes + m];
                worst   = std::max(worst, std::abs(kernel - from_modes));
                largest = std::max(largest, kernel);
              }
            double v = 0., from_modes = 0.;
            for (unsigned int k = 0; k < K; ++k)
              v -= learning.weights()[k] * learning.targets()[k] * g[i * K + k];
            for (unsigned int m = 0; m < n_modes; ++m)
              from_modes += target[m] * chi[i * n_modes + m];
            worst_of_v = std::max(worst_of_v, std::abs(v - from_modes));
          }
        CHECK(worst <= 10. * tolerance * largest);
        CHECK(worst_of_v <= 1e-12 * std::max(1., largest));
        if (problem.name == "biased ridge")
          CHECK(worst >= 1e-4 * tolerance * largest); // not many more modes than asked for
      }
}

TEST_CASE("Compression: without it, and on one data node")
{
  for (const Problem &problem : problems(0.))
    CHECK(problem.field->n_modes() == problem.learning->n_nodes());
  const Problem one("one node",
                    {{"Learning problem/Neuron", "linear"},
                     {"Data/Quadrature nodes", "1"},
                     {"Target/Type", "expression"},
                     {"Target/Expression", "1"},
                     {"Initial law/Law", "normal(0,1)"}},
                    {-1.}, {1.}, 1e-10);
  // The only node is x = 0, where the linear neuron is zero: nothing can be learned.
  CHECK(one.learning->n_nodes() == 1);
  const auto m = one.moments({0.5}, {1.});
  CHECK(one.field->risk(m) == Approx(0.5));
  CHECK(one.field->excess_risk(m) == Approx(0.5));
}

TEST_CASE("Risk, prediction and potential from moments equal the direct sums")
{
  for (const double tolerance : {0., 1e-10})
    for (const Problem &problem : problems(tolerance))
      {
        const MeanField       &field    = *problem.field;
        const LearningProblem &learning = *problem.learning;
        const unsigned int     n = 60, K = learning.n_nodes();
        CAPTURE(problem.name, tolerance);
        const std::vector<double> theta = problem.points(n, 5), weights = random_weights(n, 6);

        // O(N K): f_k = Σ_i w_i σ*_k(θ_i).
        std::vector<std::vector<double>> neurons;
        std::vector<double>              f(K, 0.);
        for (unsigned int i = 0; i < n; ++i)
          {
            neurons.push_back(problem.neuron(&theta[i * problem.dim()]));
            for (unsigned int k = 0; k < K; ++k)
              f[k] += weights[i] * neurons.back()[k];
          }
        // O(N²): R = ½ E y² + Σ_i w_i V_i + ½ Σ_ij w_i w_j U_ij.
        double risk = 0.5 * learning.noise_variance();
        for (unsigned int k = 0; k < K; ++k)
          risk += 0.5 * learning.weights()[k] * learning.targets()[k] * learning.targets()[k];
        for (unsigned int i = 0; i < n; ++i)
          for (unsigned int k = 0; k < K; ++k)
            risk -= weights[i] * learning.weights()[k] * learning.targets()[k] * neurons[i][k];
        for (unsigned int i = 0; i < n; ++i)
          for (unsigned int j = 0; j < n; ++j)
            for (unsigned int k = 0; k < K; ++k)
              risk += 0.5 * weights[i] * weights[j] * learning.weights()[k] * neurons[i][k] * neurons[j][k];

        const std::vector<double> m = problem.moments(theta, weights), e = field.residual(m);
        CHECK(field.risk(m) == Approx(risk).epsilon(1e-9));
        CHECK(field.excess_risk(m) == Approx(risk - 0.5 * learning.noise_variance()).epsilon(1e-9));
        const std::vector<double> predicted = field.prediction(m);
        const double size = *std::max_element(f.begin(), f.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
        for (unsigned int k = 0; k < K; ++k)
          // The error of the features is the square root of the kernel's, in the norm weighted with p_k.
          CHECK(std::abs(predicted[k] - f[k]) * std::sqrt(learning.weights()[k]) <=
                std::max(3. * std::sqrt(tolerance), 1e-12) * (1. + std::abs(size)));

        // Ψ(θ) = Σ_k p_k (f_k − y_k) σ*_k(θ) = a Σ_j e_j χ_j(ω), anywhere.
        const std::vector<double> elsewhere = problem.points(20, 8);
        std::vector<double>       chi(field.n_modes());
        for (unsigned int i = 0; i < 20; ++i)
          {
            const double             *at     = &elsewhere[i * problem.dim()];
            const std::vector<double> neuron = problem.neuron(at);
            double                    direct = 0., from_moments = 0.;
            for (unsigned int k = 0; k < K; ++k)
              direct += learning.weights()[k] * (f[k] - learning.targets()[k]) * neuron[k];
            field.modes(1, at + problem.offset(), chi.data(), nullptr);
            for (unsigned int j = 0; j < field.n_modes(); ++j)
              from_moments += e[j] * chi[j];
            CHECK(from_moments * (problem.offset() == 1 ? at[0] : 1.) == Approx(direct).epsilon(1e-8).margin(1e-8));
          }
      }
}

TEST_CASE("Modes: gradients by finite differences, the same bits for a point in any company")
{
  for (const Problem &problem : problems(1e-10))
    {
      const MeanField          &field = *problem.field;
      const unsigned int        n = 70, n_omega = field.n_feature_parameters(), n_modes = field.n_modes();
      const std::vector<double> theta = problem.points(n, 21);
      std::vector<double>       omega;
      for (unsigned int i = 0; i < n; ++i)
        for (unsigned int d = 0; d < n_omega; ++d)
          omega.push_back(theta[i * problem.dim() + problem.offset() + d]);
      std::vector<double> values(n * n_modes), gradients(n * n_modes * n_omega);
      field.modes(n, omega.data(), values.data(), gradients.data());
      CAPTURE(problem.name);
      for (const unsigned int i : {0U, 1U, 31U, 32U, 69U})
        {
          std::vector<double> single(n_modes), single_gradient(n_modes * n_omega), plus(n_modes), minus(n_modes);
          field.modes(1, &omega[i * n_omega], single.data(), single_gradient.data());
          CHECK(std::equal(single.begin(), single.end(), values.begin() + i * n_modes));
          CHECK(std::equal(single_gradient.begin(), single_gradient.end(), gradients.begin() + i * n_modes * n_omega));
          field.modes(1, &omega[i * n_omega], plus.data(), nullptr);
          CHECK(plus == single);
          for (unsigned int d = 0; d < n_omega; ++d)
            {
              const double        h = 1e-5;
              std::vector<double> shifted(&omega[i * n_omega], &omega[i * n_omega] + n_omega);
              shifted[d] += h;
              field.modes(1, shifted.data(), plus.data(), nullptr);
              shifted[d] -= 2. * h;
              field.modes(1, shifted.data(), minus.data(), nullptr);
              double worst = 0.;
              for (unsigned int j = 0; j < n_modes; ++j)
                worst = std::max(worst, std::abs(single_gradient[d * n_modes + j] - (plus[j] - minus[j]) / (2. * h)));
              CHECK(worst < 1e-8);
            }
        }
    }
}

TEST_CASE("Risk: convex along straight lines between laws, its slope is the difference of potentials")
{
  for (const Problem &problem : problems(1e-10))
    {
      const MeanField          &field = *problem.field;
      const unsigned int        n     = 40;
      const std::vector<double> theta = problem.points(n, 31), first = random_weights(n, 1), second = random_weights(n, 2);
      const auto                risk = [&](double share) {
        std::vector<double> weights(n);
        for (unsigned int i = 0; i < n; ++i)
          weights[i] = (1. - share) * first[i] + share * second[i];
        return field.risk(problem.moments(theta, weights));
      };
      CAPTURE(problem.name);
      for (const double share : {0.25, 0.5, 0.75})
        CHECK(risk(share) <= (1. - share) * risk(0.) + share * risk(1.) + 1e-15);
      // d/ds R(ρ + s (ρ' − ρ)) = ∫ Ψ(ρ) (ρ' − ρ) = e · (m' − m) at s = 0; R is quadratic along the line.
      const auto m = problem.moments(theta, first), m2 = problem.moments(theta, second), e = field.residual(m);
      double     slope = 0.;
      for (std::size_t j = 0; j < m.size(); ++j)
        slope += e[j] * (m2[j] - m[j]);
      const double h = 1e-3;
      CHECK((risk(h) - risk(-h)) / (2. * h) == Approx(slope).epsilon(1e-8).margin(1e-10));
    }
}
