#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

#include "../base/temporary_directory.h"
#include "run.h"

using namespace rhoflow;

namespace
{
/// ∫ g exp(−βL) by the trapezoidal rule on [−5, 5], which converges faster than any power for densities that vanish there.
double integral(double beta, const std::function<double(double)> &L, const std::function<double(double)> &g)
{
  const int    n   = 20000;
  const double h   = 10. / n;
  double       sum = 0.;
  for (int i = 1; i < n; ++i)
    {
      const double x = -5. + i * h;
      sum += h * g(x) * std::exp(-beta * L(x));
    }
  return sum;
}
} // namespace

TEST_CASE("the Boltzmann density of a landscape is the Gibbs density", "[boltzmann][landscape]")
{
  TemporaryDirectory directory;
  run_into(directory.path("run"), shipped_file("boltzmann/double_well"),
           {{"Output/Observables", "x < 0; x^3"}, {"Boltzmann/Nodes per cell", "8"}}, MPI_COMM_SELF);
  auto       table = columns_of(directory.path("run/statistics.csv"));
  const auto L     = [](double x) { return (x * x - 1.) * (x * x - 1.) * (1. + .6 * std::tanh(2. * x)); };
  REQUIRE(table["inverse temperature"] == std::vector<double>{1., 2., 5., 10.});
  for (std::size_t row = 0; row < 4; ++row)
    {
      const double beta = table["inverse temperature"][row];
      CAPTURE(beta);
      const double Z       = integral(beta, L, [](double) { return 1.; });
      const auto   mean_of = [&](const std::function<double(double)> &g) { return integral(beta, L, g) / Z; };
      const double energy = mean_of(L), mean = mean_of([](double x) { return x; });
      CHECK(table["log partition function"][row] == Approx(std::log(Z)).epsilon(1e-10));
      CHECK(table["risk"][row] == Approx(energy).epsilon(1e-10));
      CHECK(table["excess risk"][row] == table["risk"][row]);
      CHECK(table["free energy"][row] == Approx(-std::log(Z) / beta).epsilon(1e-10));
      CHECK(table["entropy"][row] == Approx(-beta * energy - std::log(Z)).epsilon(1e-10));
      CHECK(table["mean x"][row] == Approx(mean).epsilon(1e-10));
      CHECK(table["covariance x x"][row] == Approx(mean_of([](double x) { return x * x; }) - mean * mean).epsilon(1e-10));
      CHECK(table["mean of x^3"][row] == Approx(mean_of([](double x) { return x * x * x; })).epsilon(1e-10));
      // The trapezoidal rule has a point at the jump: half of it belongs to either side.
      CHECK(table["mean of x < 0"][row] ==
            Approx(mean_of([](double x) { return x < -1e-9 ? 1. :
                                                 x < 1e-9  ? .5 :
                                                             0.; })).epsilon(1e-8));
      CHECK(table["duality gap"][row] == 0.);
      CHECK(table["Newton steps"][row] == 0.);
      // ∫ L ρ − min L, and min L = 0 up to the distance of a node from 1 or −1.
      CHECK(table["Frank-Wolfe gap"][row] == Approx(energy).margin(1e-3));
    }
  // Laplace's method: equal depths, the masses are as the roots of the curvatures.
  const double ratio = std::sqrt((1. + .6 * std::tanh(2.)) / (1. - .6 * std::tanh(2.)));
  CHECK(table["mean of x < 0"][3] == Approx(ratio / (1. + ratio)).margin(.005));
}

TEST_CASE("a quadratic landscape with weight decay is a Gaussian in three dimensions", "[boltzmann][landscape]")
{
  // L_λ = ½ Σ (k_i + λ) (x_i − c_i)² + const with c = k b/(k + λ), for L = Σ k_i (x_i − b_i)²/2.
  const double       k[] = {1., 2., .5}, b[] = {.5, 0., -.3}, lambda = .5, beta = 8.;
  TemporaryDirectory directory;
  run_into(directory.path("run"), "",
           {{"Learning problem/Neuron", "landscape"},
            {"Landscape/Coordinates", "x, y, z"},
            {"Landscape/Function", "(x - 0.5)^2/2 + y^2 + (z + 0.3)^2/4"},
            {"Initial law/Law", "normal(0, 1), normal(0, 1), normal(0, 1)"},
            {"Mean field/Weight decay", "0.5"},
            {"Mean field/Inverse temperature", "8"},
            {"Domain/Lower corner", "-3, -3, -3"},
            {"Domain/Upper corner", "3, 3, 3"},
            {"Domain/Subdivisions", "10"},
            {"Boltzmann/Nodes per cell", "8"},
            {"Output/Observables", "x*z"},
            {"Boltzmann/Write density", "false"}},
           MPI_COMM_SELF);
  auto   table = columns_of(directory.path("run/statistics.csv"));
  double risk = 0., confinement = 0., entropy = 0., centre[3];
  for (unsigned int i = 0; i < 3; ++i)
    {
      const double variance = 1. / (beta * (k[i] + lambda));
      centre[i]             = k[i] * b[i] / (k[i] + lambda);
      risk += .5 * k[i] * (variance + std::pow(centre[i] - b[i], 2));
      confinement += .5 * lambda * (variance + centre[i] * centre[i]);
      entropy -= .5 * std::log(2. * M_PI * M_E * variance);
      const std::string name(1, "xyz"[i]);
      CHECK(table["mean " + name][0] == Approx(centre[i]).margin(1e-8));
      CHECK(table["covariance " + name + " " + name][0] == Approx(variance).epsilon(1e-8));
    }
  CHECK(table["risk"][0] == Approx(risk).epsilon(1e-8));
  CHECK(table["confinement"][0] == Approx(confinement).epsilon(1e-8));
  CHECK(table["entropy"][0] == Approx(entropy).epsilon(1e-8));
  CHECK(table["free energy"][0] == Approx(risk + confinement + entropy / beta).epsilon(1e-8));
  CHECK(table["mean of x*z"][0] == Approx(centre[0] * centre[2]).epsilon(1e-8));
}

TEST_CASE("statistics of a landscape do not depend on the number of ranks", "[boltzmann][landscape][mpi]")
{
  TemporaryDirectory directory;
  int                rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  run_into(directory.path("all"), shipped_file("boltzmann/double_well"), {}, MPI_COMM_WORLD);
  if (rank == 0)
    {
      run_into(directory.path("one"), shipped_file("boltzmann/double_well"), {}, MPI_COMM_SELF);
      CHECK(contents(directory.path("all/statistics.csv")).size() > 500);
      CHECK(contents(directory.path("all/statistics.csv")) == contents(directory.path("one/statistics.csv")));
      CHECK(contents(directory.path("all/density.vtu")).size() > 500);
    }
}

TEST_CASE("the density that is written is that of the integrals", "[boltzmann][landscape]")
{
  const Parts  parts(shipped_file("boltzmann/double_well"), {}, MPI_COMM_SELF);
  const auto   state = parts.dual->evaluate({}, 4., true);
  const auto   L     = [](double x) { return (x * x - 1.) * (x * x - 1.) * (1. + .6 * std::tanh(2. * x)); };
  double       log_density[3], potential[3];
  const double theta[] = {-1.5, .25, 1.};
  parts.dual->density(state, 3, theta, log_density, potential);
  const double Z = integral(4., L, [](double) { return 1.; });
  for (unsigned int i = 0; i < 3; ++i)
    {
      CHECK(potential[i] == Approx(L(theta[i])).margin(1e-14));
      CHECK(log_density[i] == Approx(-4. * L(theta[i]) - std::log(Z)).epsilon(1e-8));
    }
}
