#include <catch2/catch.hpp>

#include <cmath>

#include "../base/temporary_directory.h"
#include "run.h"

TEST_CASE("characteristics fall down a landscape", "[characteristics]")
{
  // L = x² + (y − 1)²/2 with decay λ: x = x_0 e^{−(2+λ)t}, y = c + (y_0 − c) e^{−(1+λ)t}, c = 1/(1+λ).
  const double       lambda = .25;
  TemporaryDirectory directory;
  run_into(directory.path("run"), "",
           {{"Learning problem/Neuron", "landscape"},
            {"Landscape/Coordinates", "x, y"},
            {"Landscape/Function", "x^2 + (y - 1)^2/2"},
            {"Initial law/Law", "normal(1, 0.2), normal(-1, 0.4)"},
            {"Mean field/Weight decay", "0.25"},
            {"Domain/Lower corner", "-4, -4"},
            {"Domain/Upper corner", "4, 4"},
            {"Domain/Subdivisions", "4"},
            {"Characteristics/Write points", "false"},
            {"Output/Observables", "x*y"},
            {"End time", "1"},
            {"Output interval", "0.5"}},
           MPI_COMM_WORLD);
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0)
    return;
  auto table = columns_of(directory.path("run/statistics.csv"));
  REQUIRE(table["time"].size() == 3);
  for (std::size_t row = 0; row < 3; ++row)
    {
      const double t = table["time"][row], fx = std::exp(-(2. + lambda) * t), fy = std::exp(-(1. + lambda) * t);
      const double c = 1. / (1. + lambda), x = fx, y = c + (-1. - c) * fy, vx = .04 * fx * fx, vy = .16 * fy * fy;
      CHECK(table["mean x"][row] == Approx(x).epsilon(1e-6));
      CHECK(table["mean y"][row] == Approx(y).epsilon(1e-6));
      CHECK(table["covariance x x"][row] == Approx(vx).epsilon(1e-6));
      CHECK(table["covariance y y"][row] == Approx(vy).epsilon(1e-6));
      CHECK(table["risk"][row] == Approx(x * x + vx + .5 * ((y - 1.) * (y - 1.) + vy)).epsilon(1e-6));
      CHECK(table["excess risk"][row] == table["risk"][row]);
      CHECK(table["mean of x*y"][row] == Approx(x * y).epsilon(1e-6));
      CHECK(table["energy balance"][row] == Approx(0.).margin(1e-6));
      CHECK(table["Frank-Wolfe gap"][row] > 0.);
    }
}
