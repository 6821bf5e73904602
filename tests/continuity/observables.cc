#include <catch2/catch.hpp>

#include <cmath>

#include <tests/support/refusals.h>
#include <tests/support/run.h>

#include "../base/temporary_directory.h"

namespace
{
/// One weight that learns y = x/2 from x ~ N(0, 1): θ' = −(θ̄ − 1/2), so that the density moves as a whole.
const Settings linear{{"Learning problem/Neuron", "linear"},
                      {"Learning problem/Input dimension", "1"},
                      {"Data/Quadrature nodes", "2"},
                      {"Target/Type", "expression"},
                      {"Target/Expression", "0.5*x"},
                      {"Initial law/Law", "normal(-0.5, 0.4)"},
                      {"Domain/Lower corner", "-4"},
                      {"Domain/Upper corner", "4"},
                      {"Domain/Subdivisions", "64"},
                      {"Output/Write density", "false"},
                      {"Output interval", "1"},
                      {"End time", "2"}};
} // namespace

TEST_CASE("the density of the continuity equation measures observables", "[mpi]")
{
  const TemporaryDirectory directory;
  run_solver("continuity", directory.path("run"), linear + Settings{{"Output/Observables", "theta; theta^2; theta > 0; 3"}});
  MPI_Barrier(MPI_COMM_WORLD);
  auto table = columns_of(directory.path("run/statistics.csv"));
  REQUIRE(table["time"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    {
      const double mean = .5 - std::exp(-table["time"][i]);
      CAPTURE(table["time"][i]);
      CHECK(table["mean of theta"][i] == table["mean theta"][i]);
      CHECK(table["mean of theta"][i] == Approx(mean).margin(1e-5));
      CHECK(table["mean of theta^2"][i] == Approx(mean * mean + .16).margin(1e-5));
      // A side of a cell lies at 0.
      CHECK(table["mean of theta > 0"][i] == Approx(.5 * std::erfc(-mean / (.4 * std::sqrt(2.)))).margin(1e-5));
      CHECK(table["mean of 3"][i] == Approx(3. * table["mass"][i]).epsilon(1e-14));
    }
  // The other columns do not depend on them.
  run_solver("continuity", directory.path("plain"), linear);
  MPI_Barrier(MPI_COMM_WORLD);
  auto plain = columns_of(directory.path("plain/statistics.csv"));
  for (const auto &[name, column] : plain)
    CHECK(table[name] == column);
  CHECK(plain.size() + 4 == table.size());
}

TEST_CASE("observables that are not finite in the box are refused before the first step")
{
  CHECK(refusal("continuity", linear + Settings{{"Output/Observables", "log(theta)"}}) ==
        Refused{"Output/Observables", rhoflow::Refusal::out_of_range});
  CHECK_FALSE(refusal("continuity", linear));
}
