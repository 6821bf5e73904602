#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>

#include <solvers/base/error.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "run.h"

using namespace rhoflow;

namespace
{
/// How prepare() refuses the choices.
std::optional<Refused> refused(const std::string &text, const Settings &changes)
{
  return refusal("characteristics", changes, text);
}

const Settings small_reference_a{{"Characteristics/Nodes per coordinate", "6"},
                                 {"Characteristics/Tolerance", "1e-6"},
                                 {"End time", "2"}};
} // namespace

TEST_CASE("statistics do not depend on the number of ranks", "[characteristics][mpi]")
{
  TemporaryDirectory directory;
  const std::string  text = shipped_file("characteristics/reference_a");
  run_into(directory.path("all"), text, small_reference_a, MPI_COMM_WORLD);
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0)
    {
      run_into(directory.path("one"), text, small_reference_a, MPI_COMM_SELF);
      CHECK(contents(directory.path("all/statistics.csv")) == contents(directory.path("one/statistics.csv")));
      CHECK(contents(directory.path("all/statistics.csv")).size() > 1000);
    }

  // Fewer points than ranks: two groups of 32 at most.
  const Settings few{{"Characteristics/Nodes per coordinate", "33"}, {"End time", "1"}, {"Output times", "0, 1"}};
  run_into(directory.path("few"), shipped_file("characteristics/reference_b"), few, MPI_COMM_WORLD);
  if (rank == 0)
    {
      run_into(directory.path("few one"), shipped_file("characteristics/reference_b"), few, MPI_COMM_SELF);
      CHECK(contents(directory.path("few/statistics.csv")) == contents(directory.path("few one/statistics.csv")));
      CHECK(std::filesystem::exists(directory.path("few/points.pvd")));
      CHECK(std::filesystem::file_size(directory.path("few/points/points_0001.vtu")) > 1000);
    }
}

TEST_CASE("compressed features give the same solution inside the box", "[characteristics]")
{
  TemporaryDirectory directory;
  const std::string  text = shipped_file("characteristics/reference_a");
  run_into(directory.path("exact"), text, small_reference_a, MPI_COMM_WORLD);
  run_into(directory.path("compressed"), text, with(small_reference_a, {{"Characteristics/Features", "compressed"}}),
           MPI_COMM_WORLD);
  auto exact      = columns_of(directory.path("exact/statistics.csv")),
       compressed = columns_of(directory.path("compressed/statistics.csv"));
  REQUIRE(exact["risk"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    for (const char *column : {"risk", "dissipation", "mean s", "mean r", "alignment"})
      CHECK(compressed[column][i] == Approx(exact[column][i]).margin(1e-8));
  CHECK(contents(directory.path("exact/statistics.csv")) != contents(directory.path("compressed/statistics.csv")));
}

TEST_CASE("points that leave the box of compressed features stop the run and say what to do", "[characteristics]")
{
  const std::string text       = shipped_file("characteristics/reference_a");
  const Settings    compressed = with(small_reference_a, {{"Characteristics/Features", "compressed"}});
  CHECK(refused(text, with(compressed, {{"Domain/Upper corner", "6.5, 2.6, 1"}})) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent}.naming("r = 1.").naming("Features = exact"));

  TemporaryDirectory directory;
  // The farthest of the six nodes of s ~ N(0, 1/40) is 0.5257.
  CHECK_THROWS_AS(
    run_into(directory.path("run"), text,
             with(compressed, {{"Domain/Lower corner", "-6.5, -0.53, 0"}, {"Domain/Upper corner", "6.5, 0.53, 2"}}),
             MPI_COMM_WORLD),
    RunError);
  // Where opposite sides are identified nothing is outside.
  CHECK_NOTHROW(run_into(directory.path("periodic"), text,
                         with(compressed, {{"Domain/Lower corner", "-6.5, -0.53, 0"},
                                           {"Domain/Upper corner", "6.5, 0.53, 2"},
                                           {"Domain/Periodic", "false, true, false"},
                                           {"End time", "1"}}),
                         MPI_COMM_WORLD));
}

TEST_CASE("choices that do not fit are refused before the first step", "[characteristics]")
{
  const std::string text = shipped_file("characteristics/reference_a");
  CHECK_FALSE(refused(text, {}));
  CHECK(refused(text, {{"Domain/Lower corner", "0"}, {"Domain/Upper corner", "1"}, {"Domain/Subdivisions", "4"}}) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent});
  CHECK(refused(text, {{"Characteristics/Nodes per coordinate", "500"}}) ==
        Refused{"Characteristics/Nodes per coordinate", Refusal::too_large});
  const Settings many{{"Data/Quadrature nodes", "150"}, {"Data/Radial nodes", "150"}, {"Data/Angular nodes", "2"}};
  CHECK(refused(text, with(many, {{"Characteristics/Features", "exact"}})) ==
        Refused{"Characteristics/Features", Refusal::too_large});
  // Finite networks need a finite dimension.
  CHECK(refused(shipped_file("characteristics/reference_b"), {{"Compare with SGD", "true"}}) ==
        Refused{"Learning problem/Input dimension", Refusal::unsupported});
}

TEST_CASE("finite networks run beside the characteristics", "[characteristics]")
{
  TemporaryDirectory directory;
  run_into(directory.path("run"), shipped_file("characteristics/reference_a"),
           {{"Characteristics/Nodes per coordinate", "8"},
            {"Compare with SGD", "true"},
            {"End time", "0.5"},
            {"Output interval", "0.5"},
            {"Particles/Number of neurons", "100"},
            {"Particles/Replicas", "4"},
            {"Particles/Step size", "0.005"}},
           MPI_COMM_WORLD);
  auto statistics = columns_of(directory.path("run/statistics.csv")),
       comparison = columns_of(directory.path("run/comparison.csv"));
  REQUIRE(comparison["time"].size() == 2);
  std::string risk_column;
  for (const auto &column : comparison)
    if (column.second == statistics["risk"])
      risk_column = column.first;
  CHECK(!risk_column.empty());
}

TEST_CASE("the points are chosen for the accuracy, and the error is estimated", "[characteristics]")
{
  const Settings     ridge{{"End time", "3"},
                       {"Output interval", "1"},
                       {"Learning problem/Neuron", "ridge"},
                       {"Learning problem/Activation", "tanh"},
                       {"Learning problem/Input dimension", "1"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "tanh(2*x)"},
                       {"Initial law/Law", "normal(0.5, 0.5)"},
                       {"Data/Law", "discrete"},
                       {"Data/Points", "-1 | -0.5 | 0.3 | 1.2"},
                       {"Characteristics/Write points", "false"}};
  TemporaryDirectory directory;
  run_into(directory.path("fine"), "",
           ridge + Settings{{"Characteristics/Nodes per coordinate", "120"}, {"Characteristics/Tolerance", "1e-12"}},
           MPI_COMM_SELF);
  auto fine = columns_of(directory.path("fine/statistics.csv"));
  for (const char *const tolerance : {"1e-2", "1e-6"})
    {
      run_into(directory.path("run"), "", ridge + Settings{{"Accuracy/Functionals", tolerance}}, MPI_COMM_SELF);
      auto table = columns_of(directory.path("run/statistics.csv"));
      REQUIRE(table["risk"].size() == 4);
      double error = 0., estimate = 0.;
      for (std::size_t row = 0; row < 4; ++row)
        {
          error    = std::max(error, std::abs(table["risk"][row] / fine["risk"][row] - 1.));
          estimate = std::max(estimate, table["risk error"][row] / fine["risk"][row]);
        }
      CAPTURE(tolerance, error, estimate);
      CHECK(error < std::stod(tolerance));
      CHECK(estimate < std::stod(tolerance));
      CHECK(error <= estimate + 1e-11);
    }
}

TEST_CASE("curve.csv has the fit whose risk is reported, in the band of the networks beside it", "[characteristics]")
{
  TemporaryDirectory directory;
  run_into(directory.path("run"), "",
           {{"End time", "2"},
            {"Output interval", "2"},
            {"Compare with SGD", "true"},
            {"Learning problem/Neuron", "weighted ridge"},
            {"Learning problem/Activation", "tanh"},
            {"Data/Law", "discrete"},
            {"Data/Points", "-1 | 0.3 | 1.5"},
            {"Target/Type", "expression"},
            {"Target/Expression", "x^2"},
            {"Initial law/Law", "normal(0,1), normal(0,1)"},
            {"Domain/Lower corner", "-7, -7"},
            {"Domain/Upper corner", "7, 7"},
            {"Domain/Subdivisions", "4"},
            {"Characteristics/Nodes per coordinate", "16"},
            {"Particles/Method", "gradient flow"},
            {"Particles/Number of neurons", "100"},
            {"Particles/Replicas", "10"}},
           MPI_COMM_WORLD);
  auto         curve = columns_of(directory.path("run/curve.csv"));
  const double risk  = columns_of(directory.path("run/statistics.csv"))["risk"][1];
  REQUIRE(curve["fit"].size() == 6);
  double sum = 0.;
  for (std::size_t k = 3; k < 6; ++k)
    {
      CHECK(curve["time"][k] == 2.);
      CHECK(curve["y"][k] == Approx(curve["x"][k] * curve["x"][k]));
      sum += .5 * std::pow(curve["fit"][k] - curve["y"][k], 2) / 3.;
      CHECK(curve["network 5 %"][k] < curve["network mean"][k]);
      CHECK(curve["network mean"][k] < curve["network 95 %"][k]);
      CHECK(std::abs(curve["network mean"][k] - curve["fit"][k]) < curve["network 95 %"][k] - curve["network 5 %"][k]);
    }
  CHECK(sum == Approx(risk).epsilon(1e-10));
}
