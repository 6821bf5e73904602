#include <catch2/catch.hpp>

#include <cmath>

#include "../base/temporary_directory.h"
#include "run.h"

TEST_CASE("the Boltzmann density of a linear neuron is the exact Gaussian in one, two and three dimensions", "[boltzmann]")
{
  // Ψ_λ = ⟨m − b, θ⟩ + (λ/2)|θ|²: a Gaussian of covariance 1/(βλ) around (b − m)/λ, which is m = b/(1+λ).
  const unsigned int        D      = GENERATE(1u, 2u, 3u);
  const double              lambda = 0.3, beta = GENERATE(30., 60.);
  const std::vector<double> b{0.8, -0.5, 0.3};
  CAPTURE(D, beta);
  std::string law, formula, lower, upper, separator;
  double      square = 0.;
  for (unsigned int d = 0; d < D; ++d, separator = ", ")
    {
      law += separator + "normal(" + std::to_string(.5 * b[d]) + ", 0.4)";
      formula += (d > 0 ? " + (" : "(") + std::to_string(b[d]) + ")*x" + (D == 1 ? "" : std::to_string(d + 1));
      lower += separator + "-3";
      upper += separator + "3.3";
      square += b[d] * b[d];
    }
  TemporaryDirectory directory;
  run_into(directory.path("run"), "",
           {{"Learning problem/Neuron", "linear"},
            {"Learning problem/Input dimension", std::to_string(D)},
            {"Data/Quadrature nodes", "3"},
            {"Target/Type", "expression"},
            {"Target/Expression", formula},
            {"Initial law/Law", law},
            {"Mean field/Weight decay", std::to_string(lambda)},
            {"Mean field/Inverse temperature", std::to_string(beta)},
            {"Domain/Lower corner", lower},
            {"Domain/Upper corner", upper},
            {"Domain/Subdivisions", "14"},
            {"Boltzmann/Nodes per cell", "8"},
            {"Boltzmann/Write density", "false"}},
           MPI_COMM_WORLD);
  auto         table    = columns_of(directory.path("run/statistics.csv"));
  const double risk     = .5 * square * std::pow(lambda / (1. + lambda), 2);
  const double variance = 1. / (beta * lambda);
  const double entropy  = -.5 * D * std::log(2. * M_PI * M_E * variance);
  const double confined = .5 * lambda * (square / std::pow(1. + lambda, 2) + D * variance);
  REQUIRE(table["risk"].size() == 1);
  CHECK(table["inverse temperature"][0] == beta);
  CHECK(table["risk"][0] == Approx(risk).epsilon(1e-10));
  CHECK(table["excess risk"][0] == Approx(risk).epsilon(1e-10));
  CHECK(table["entropy"][0] == Approx(entropy).margin(1e-10));
  CHECK(table["confinement"][0] == Approx(confined).epsilon(1e-10));
  CHECK(table["free energy"][0] == Approx(risk + confined + entropy / beta).epsilon(1e-10));
  // log ∫ exp(−β(⟨m − b, θ⟩ + λ|θ|²/2)) dθ, where |m − b| = λ |b|/(1+λ).
  CHECK(
    table["log partition function"][0] ==
    Approx(.5 * D * std::log(2. * M_PI * variance) + beta * .5 * lambda * square / std::pow(1. + lambda, 2)).epsilon(1e-10));
  CHECK(table["effective dimension"][0] == Approx(D / (1. + lambda)).epsilon(1e-10)); // β Cov = 1/λ
  CHECK(table["duality gap"][0] < 1e-24);
  CHECK(table["quadrature error"][0] < 1e-12);
  // A quadratic: the covariance does not depend on e, and Newton's method needs a second step for round-off at most.
  CHECK(table["Newton steps"][0] <= 2.);
  // ∫ Ψ_λ ρ − min Ψ_λ = D/(2β), up to the distance from the vertex to the next node.
  CHECK(table["Frank-Wolfe gap"][0] == Approx(.5 * D / beta).margin(.5 * lambda * D * .05 * .05));
  CHECK(table["Frank-Wolfe gap"][0] <= .5 * D / beta + 1e-12);
  // The initial law N(m_0, v_0) has the residual m_0 − b, whose Boltzmann density is Gaussian around (b − m_0)/λ.
  const double v0         = .16;
  const auto   divergence = [&](double shift) {
    return .5 * (D * (v0 / variance - 1. - std::log(v0 / variance)) + shift * shift * square / variance);
  };
  CHECK(table["initial free energy"][0] ==
        Approx(.125 * square + .5 * lambda * (.25 * square + D * v0) - .5 * D * std::log(2. * M_PI * M_E * v0) / beta)
          .epsilon(1e-9));
  CHECK(table["initial lower bound of the gap"][0] == Approx(divergence(.5 - 1. / (1. + lambda)) / beta).epsilon(1e-7));
  CHECK(table["initial upper bound of the gap"][0] == Approx(divergence(.5 - .5 / lambda) / beta).epsilon(1e-7));
  CHECK(table["initial lower bound of the gap"][0] <= table["initial free energy"][0] - table["free energy"][0]);
  CHECK(table["initial upper bound of the gap"][0] >= table["initial free energy"][0] - table["free energy"][0]);
  for (unsigned int d = 0; d < D; ++d)
    {
      const std::string name = "theta" + (D == 1 ? "" : std::to_string(d + 1));
      CHECK(table["mean " + name][0] == Approx(b[d] / (1. + lambda)).epsilon(1e-10));
      for (unsigned int k = d; k < D; ++k)
        CHECK(table["covariance " + name + " theta" + (D == 1 ? "" : std::to_string(k + 1))][0] ==
              Approx(d == k ? variance : 0.).margin(1e-12));
    }
}
