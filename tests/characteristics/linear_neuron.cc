#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/model/learning_problem.h>

#include "../base/temporary_directory.h"
#include "run.h"

namespace
{
/// Neuron θ·x, y = b·x, x ~ N(0, I_D), θ ~ N(μ, v): Ψ_λ = ⟨m − b, θ⟩ + (λ/2)|θ|² keeps the law Gaussian, with mean
/// b/(1+λ) + (μ − b/(1+λ)) e^{−(1+λ)t} and variance v e^{−2λt} in every coordinate.
struct LinearCase
{
  unsigned int        D;
  double              lambda;
  std::vector<double> b, mu, deviation;

  double mean(unsigned int d, double t) const
  {
    const double limit = b[d] / (1. + lambda);
    return limit + (mu[d] - limit) * std::exp(-(1. + lambda) * t);
  }
  double variance(unsigned int d, double t) const { return deviation[d] * deviation[d] * std::exp(-2. * lambda * t); }
  double risk(double t) const
  {
    double sum = 0.;
    for (unsigned int d = 0; d < D; ++d)
      sum += .5 * std::pow(mean(d, t) - b[d], 2);
    return sum;
  }
  /// ∫ |∇Ψ_λ|² ρ, where ∇Ψ_λ = m − b + λθ.
  double dissipation(double t) const
  {
    double sum = 0.;
    for (unsigned int d = 0; d < D; ++d)
      sum += std::pow((1. + lambda) * mean(d, t) - b[d], 2) + lambda * lambda * variance(d, t);
    return sum;
  }

  Settings changes() const
  {
    std::string law, formula, corner;
    for (unsigned int d = 0; d < D; ++d)
      {
        law += (d > 0 ? ", " : "") + ("normal(" + std::to_string(mu[d]) + ", " + std::to_string(deviation[d]) + ")");
        formula += (d > 0 ? " + " : "") + ("(" + std::to_string(b[d]) + ")*x" + (D == 1 ? "" : std::to_string(d + 1)));
        corner += (d > 0 ? ", 5" : "5");
      }
    std::string lower = corner;
    for (std::size_t at = 0; (at = lower.find('5', at)) != std::string::npos; at += 2)
      lower.insert(at, "-");
    return {{"Learning problem/Neuron", "linear"},
            {"Learning problem/Input dimension", std::to_string(D)},
            {"Data/Quadrature nodes", "3"},
            {"Target/Type", "expression"},
            {"Target/Expression", formula},
            {"Initial law/Law", law},
            {"Mean field/Weight decay", std::to_string(lambda)},
            {"Domain/Lower corner", lower},
            {"Domain/Upper corner", corner},
            {"Domain/Subdivisions", "4"},
            {"Domain/Periodic", "false"},
            {"Characteristics/Nodes per coordinate", "5"},
            {"Characteristics/Tolerance", "1e-11"},
            {"Output times", "0, 0.3, 1.7, 4"},
            {"End time", "4"}};
  }
};
} // namespace

TEST_CASE("a linear neuron follows the exact solution in one, two and three dimensions", "[characteristics]")
{
  const double       lambda   = GENERATE(0., 0.3);
  const unsigned int D        = GENERATE(1u, 2u, 3u);
  const std::string  features = GENERATE("exact", "compressed");
  CAPTURE(lambda, D, features);
  const LinearCase   exact{D, lambda, {0.8, -0.5, 0.3}, {-0.2, 0.4, 0.1}, {0.5, 0.7, 0.3}};
  TemporaryDirectory directory;
  Settings           changes = exact.changes();
  changes.emplace_back("Characteristics/Features", features);
  run_into(directory.path("run"), "", changes, MPI_COMM_WORLD);
  auto table = columns_of(directory.path("run/statistics.csv"));
  REQUIRE(table["time"] == std::vector<double>{0., 0.3, 1.7, 4.});

  const auto prm        = make_parameters(changes);
  const auto coordinate = rhoflow::make_learning_problem(*prm, {}, {}, 1)->parameter_names();
  for (std::size_t i = 0; i < 4; ++i)
    {
      const double t = table["time"][i];
      CAPTURE(t);
      CHECK(table["risk"][i] == Approx(exact.risk(t)).margin(1e-9));
      CHECK(table["excess risk"][i] == Approx(exact.risk(t)).margin(1e-9));
      CHECK(table["dissipation"][i] == Approx(exact.dissipation(t)).margin(1e-9));
      CHECK(std::abs(table["energy balance"][i]) < 1e-9);
      CHECK(table["mass"][i] == Approx(1.).margin(1e-12));
      for (unsigned int d = 0; d < D; ++d)
        {
          CHECK(table["mean " + coordinate[d]][i] == Approx(exact.mean(d, t)).margin(1e-9));
          for (unsigned int e = d; e < D; ++e)
            CHECK(table["covariance " + coordinate[d] + " " + coordinate[e]][i] ==
                  Approx(d == e ? exact.variance(d, t) : 0.).margin(1e-9));
        }
      // The potential is a parabola with its vertex at (b − m)/λ, or a plane; both have their minimum on the box known.
      double lowest = 0., average = 0.;
      for (unsigned int d = 0; d < D; ++d)
        {
          const double slope  = exact.mean(d, t) - exact.b[d];
          const double vertex = (lambda > 0. ? std::min(5., std::max(-5., -slope / lambda)) : (slope > 0. ? -5. : 5.));
          lowest += slope * vertex + .5 * lambda * vertex * vertex;
          average += slope * exact.mean(d, t) + .5 * lambda * (std::pow(exact.mean(d, t), 2) + exact.variance(d, t));
        }
      // The minimum over a grid is above the minimum, by half the spacing at most.
      CHECK(table["Frank-Wolfe gap"][i] <= average - lowest + 1e-9);
      CHECK(table["Frank-Wolfe gap"][i] >= average - lowest - .5 * lambda * D * .21 * .21 - 1e-9);
    }
}
