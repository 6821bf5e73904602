#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "run.h"

using namespace rhoflow;

namespace
{
/// How prepare() or run() refuses the choices. `file`: a shipped one, or none.
std::optional<Refused> refused(const std::string &file, const Settings &changes)
{
  TemporaryDirectory directory;
  return refusal(
    [&]() { run_into(directory.path("run"), file.empty() ? "" : shipped_file("boltzmann/" + file), changes, MPI_COMM_SELF); });
}
} // namespace

TEST_CASE("statistics of a Boltzmann density do not depend on the number of ranks", "[boltzmann][mpi]")
{
  TemporaryDirectory directory;
  int                rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::vector<std::pair<std::string, Settings>> cases{
    {"tanh_2d", {{"Boltzmann/Path of inverse temperatures", "10, 15"}}},
    {"mcycle",
     {{"Domain/Subdivisions", "7"},
      {"Boltzmann/Path of inverse temperatures", "30"},
      {"Boltzmann/Nodes per cell", "4"},
      {"Mean field/Compression tolerance", "1e-4"},
      {"Mean field/Inverse temperature", "50"}}},
    // Fewer nodes than a group: most ranks have none.
    {"linear_2d", {{"Domain/Subdivisions", "2"}, {"Domain/Boundary mass limit", "1"}}}};
  for (const auto &[file, changes] : cases)
    {
      CAPTURE(file);
      run_into(directory.path(file + " all"), shipped_file("boltzmann/" + file), changes, MPI_COMM_WORLD);
      if (rank == 0)
        {
          run_into(directory.path(file + " one"), shipped_file("boltzmann/" + file), changes, MPI_COMM_SELF);
          const auto all = contents(directory.path(file + " all/statistics.csv"));
          CHECK(all == contents(directory.path(file + " one/statistics.csv")));
          CHECK(all.size() > 300);
          CHECK(std::filesystem::file_size(directory.path(file + " all/density.vtu")) > 500);
        }
    }
  if (rank == 0)
    {
      CHECK(columns_of(directory.path("tanh_2d all/statistics.csv"))["inverse temperature"] ==
            std::vector<double>{10., 15., 20.});
      const auto curve = columns_of(directory.path("mcycle all/curve.csv")),
                 one   = columns_of(directory.path("mcycle one/curve.csv"));
      CHECK(curve.at("fit").size() == 133 * 2);
      CHECK(curve.at("inverse temperature").front() == 30.);
      CHECK(curve.at("inverse temperature").back() == 50.);
      CHECK(curve == one);
    }
}

TEST_CASE("the risk that is reported is that of the fitted curve", "[boltzmann]")
{
  TemporaryDirectory directory;
  run_into(directory.path("run"), shipped_file("boltzmann/mcycle"),
           {{"Domain/Subdivisions", "8"},
            {"Boltzmann/Path of inverse temperatures", ""},
            {"Boltzmann/Write density", "false"},
            {"Mean field/Inverse temperature", "50"}},
           MPI_COMM_SELF);
  auto   curve = columns_of(directory.path("run/curve.csv"));
  double error = 0., mean = 0., variance = 0.;
  for (const double y : curve["accel"])
    mean += y / 133.;
  for (std::size_t k = 0; k < 133; ++k)
    {
      error += std::pow(curve["fit"][k] - curve["accel"][k], 2);
      variance += std::pow(curve["accel"][k] - mean, 2);
    }
  CHECK(columns_of(directory.path("run/statistics.csv"))["risk"][0] == Approx(.5 * error / variance).epsilon(1e-8));
  CHECK(!std::filesystem::exists(directory.path("run/density.vtu")));
}

TEST_CASE("what has no Boltzmann density, or not on this box, is refused with advice", "[boltzmann]")
{
  CHECK_FALSE(refused("tanh_2d", {}));
  CHECK(refused("tanh_2d", {{"Mean field/Inverse temperature", "inf"}}) ==
        Refused{"Mean field/Inverse temperature", Refusal::unsupported}.naming("finite"));

  // A plane without confinement: the mass is at the sides.
  CHECK(refused("tanh_2d", {{"Mean field/Weight decay", "0"}}) ==
        Refused{"Domain/Upper corner", Refusal::out_of_range}.naming("Weight decay"));
  CHECK(refused("tanh_2d", {{"Domain/Upper corner", "1, 7"}}) == Refused{"Domain/Upper corner", Refusal::out_of_range});
  // Only axes with sides have mass at the sides.
  CHECK(refused("tanh_2d", {{"Domain/Upper corner", "7, 1"}, {"Domain/Lower corner", "-7, -1"}}) ==
        Refused{"Domain/Upper corner", Refusal::out_of_range});
  CHECK_FALSE(refused(
    "tanh_2d", {{"Domain/Upper corner", "7, 1"}, {"Domain/Lower corner", "-7, -1"}, {"Domain/Periodic", "false, true"}}));

  CHECK(refused("tanh_2d", {{"Domain/Lower corner", "-7"}, {"Domain/Upper corner", "7"}, {"Domain/Subdivisions", "4"}}) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent});
  CHECK(refused("tanh_2d", {{"Domain/Refinement", "15"}}) == Refused{"Domain/Subdivisions", Refusal::too_large});
  CHECK(refused("tanh_2d", {{"Compare with SGD", "true"}}) == Refused{"Compare with SGD", Refusal::unsupported});
  CHECK(refused("tanh_2d", {{"Boltzmann/Path of inverse temperatures", "5, 20"}}) ==
        Refused{"Boltzmann/Path of inverse temperatures", Refusal::inconsistent});
  CHECK(refused("tanh_2d", {{"Boltzmann/Path of inverse temperatures", "5, 4"}}) ==
        Refused{"Boltzmann/Path of inverse temperatures", Refusal::out_of_range});
  CHECK(refused("tanh_2d", {{"Domain/Boundary mass limit", "1e-8"}}) ==
        Refused{"Domain/Boundary mass limit", Refusal::inconsistent});

  const Settings infinite{{"Learning problem/Neuron", "single neuron"},
                          {"Learning problem/Input dimension", "inf"},
                          {"Initial law/Law", "normal(0, 1), normal(0, 1), uniform(0, 1)"},
                          {"Domain/Lower corner", "-7, -7, 0"},
                          {"Domain/Upper corner", "7, 7, 7"},
                          {"Domain/Subdivisions", "4"},
                          {"Mean field/Inverse temperature", "10"}};
  CHECK(refused("", infinite) == Refused{"Learning problem/Input dimension", Refusal::unsupported}.naming("entropy"));
  CHECK(refused("", with(infinite, {{"Learning problem/Input dimension", "3"}, {"Domain/Lower corner", "-7, -7, -1"}})) ==
        Refused{"Domain/Lower corner", Refusal::out_of_range});
}

TEST_CASE("Newton's method says when it gives up", "[boltzmann]")
{
  TemporaryDirectory directory;
  CHECK_THROWS_WITH(
    run_into(directory.path("run"), shipped_file("boltzmann/tanh_2d"), {{"Boltzmann/Maximum iterations", "2"}}, MPI_COMM_SELF),
    Catch::Contains("after 2 steps") && Catch::Contains("Path of inverse temperatures"));
}
