// The solver as the program runs it: mistakes in its parameters, and the table that it writes.

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include <solvers/base/progress.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/registry/registry.h>

#include <tests/base/temporary_directory.h>

#include <tests/support/refusals.h>

#include "density_run.h"

using namespace rhoflow;

namespace
{
/// Neurons a tanh(w x) that learn 3 tanh(x): `a` grows from zero to about three.
Settings growing_network(const std::string &half_width)
{
  return {{"End time", "4"},
          {"Learning problem/Neuron", "weighted ridge"},
          {"Learning problem/Activation", "tanh"},
          {"Data/Quadrature nodes", "8"},
          {"Target/Type", "expression"},
          {"Target/Expression", "3*tanh(x)"},
          {"Initial law/Law", "normal(0, 0.25), normal(0.5, 0.25)"},
          {"Domain/Lower corner", "-" + half_width + ", -" + half_width},
          {"Domain/Upper corner", half_width + ", " + half_width},
          {"Domain/Subdivisions", "16"},
          {"Output/Write density", "false"}};
}

/// Prepares and runs; returns statistics.csv.
std::string run(const Settings &settings, MPI_Comm communicator, bool single_neuron = false)
{
  TemporaryDirectory scratch;
  int                rank = 0;
  MPI_Comm_rank(communicator, &rank);
  int world_rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
  const std::string name   = communicator == MPI_COMM_SELF ? "run" + std::to_string(world_rank) : "run";
  const auto        prm    = make_parameters(settings);
  const auto        solver = registry().solver(single_neuron ? "single neuron" : "continuity").make();
  Progress          silent(false);
  solver->prepare(*prm, communicator, silent);
  const RunDirectory directory(scratch.path(name), false, communicator);
  solver->run({communicator, directory, silent});
  MPI_Barrier(MPI_COMM_WORLD);
  const std::string table = scratch.read(name + "/statistics.csv");
  MPI_Barrier(MPI_COMM_WORLD);
  return table;
}

std::optional<Refused> mistake(const Settings &settings, bool single_neuron = false)
{
  return refusal([&]() { run(settings, MPI_COMM_SELF, single_neuron); });
}

/// The column of a table with the header `name`.
std::vector<double> column(const std::string &table, const std::string &name)
{
  std::istringstream  lines(table);
  std::string         line, entry;
  std::size_t         wanted = 1000;
  std::vector<double> result;
  std::getline(lines, line);
  std::istringstream header(line);
  for (std::size_t i = 0; std::getline(header, entry, ','); ++i)
    if (entry.find(name) != std::string::npos && wanted == 1000)
      wanted = i;
  REQUIRE(wanted < 1000);
  while (std::getline(lines, line))
    {
      std::istringstream row(line);
      for (std::size_t i = 0; i <= wanted; ++i)
        std::getline(row, entry, ',');
      result.push_back(std::stod(entry));
    }
  return result;
}
} // namespace

TEST_CASE("Solver: a box that the density outgrows is an error that names the box and the mass")
{
  const auto refused = mistake(growing_network("1.5"));
  CHECK(refused == Refused{"Domain/Upper corner", Refusal::out_of_range}.naming("0.01"));
  // The same network in a larger box.
  CHECK_FALSE(mistake(growing_network("4")));
  // An initial law outside of the box is one, too.
  CHECK(mistake(growing_network("1.5") + Settings{{"Initial law/Law", "normal(4, 0.3), normal(0, 0.3)"}}) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent});
}

TEST_CASE("Solver: point masses and boxes with the wrong number of coordinates are refused before the run")
{
  Progress   silent(false);
  const auto refuse = [&](const Settings &more, bool single_neuron = false) {
    const auto prm    = make_parameters((single_neuron ? Settings{} : growing_network("3")) + more);
    const auto solver = registry().solver(single_neuron ? "single neuron" : "continuity").make();
    return refusal([&]() { solver->prepare(*prm, MPI_COMM_SELF, silent); });
  };
  CHECK_FALSE(refuse({}));
  CHECK_FALSE(refuse({}, true));
  CHECK(refuse({{"Initial law/Law", "normal(0, 1), point(0.5)"}}) ==
        Refused{"Initial law/Law", Refusal::unsupported}.naming("characteristics"));
  CHECK(refuse({{"Learning problem/Input dimension", "inf"}}, true) == Refused{"Initial law/Law", Refusal::unsupported});
  CHECK(refuse({{"Domain/Lower corner", "-1, -1, -1"}, {"Domain/Upper corner", "1, 1, 1"}}) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent}.naming("3 coordinates").naming("a, w"));
  CHECK(refuse({{"Domain/Lower corner", "-1"}, {"Domain/Upper corner", "1"}}) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent}.naming("1"));
  CHECK(refuse({{"Domain/Lower corner", "-6.5, -2.6, -1"}, {"Domain/Upper corner", "6.5, 2.6, 2"}}, true) ==
        Refused{"Domain/Lower corner", Refusal::out_of_range});
  CHECK(refuse({{"Domain/Boundary mass limit", "1e-9"}}) == Refused{"Domain/Boundary mass limit", Refusal::inconsistent});
  CHECK(refuse({{"Refinement/Minimum level", "3"}}) == Refused{"Refinement/Minimum level", Refusal::inconsistent});
  {
    const auto prm    = make_parameters(growing_network("3"));
    const auto solver = registry().solver("single neuron").make();
    CHECK(refusal([&]() { solver->prepare(*prm, MPI_COMM_SELF, silent); }) ==
          Refused{"Learning problem/Neuron", Refusal::unsupported});
  }
}

TEST_CASE("Solver: the table's energy balance, mass and risk")
{
  const std::string table = run(growing_network("4") + Settings{{"Mean field/Weight decay", "0.02"}}, MPI_COMM_SELF);
  const auto        time = column(table, "time"), risk = column(table, "risk"), balance = column(table, "balance"),
             mass = column(table, "mass"), negative = column(table, "negative mass");
  CHECK(time == std::vector<double>{0., 1., 2., 3., 4.});
  CHECK(risk.back() < 0.1 * risk.front());
  for (std::size_t i = 0; i < time.size(); ++i)
    {
      CHECK(std::abs(balance[i]) < 1e-3 * risk.front());
      CHECK(std::abs(mass[i] - 1.) < 1e-12);
      CHECK(negative[i] >= 0.);
    }
}

TEST_CASE("Solver: statistics are the same file on any number of ranks", "[mpi]")
{
  const Settings adaptive{
    {"Refinement/Adaptive", "true"}, {"Refinement/Tolerance", "1e-4"}, {"End time", "1"}, {"Output interval", "0.25"}};
  const std::string alone = run(growing_network("4") + adaptive, MPI_COMM_SELF);
  CHECK(alone.size() > 500);
  CHECK(run(growing_network("4") + adaptive, MPI_COMM_WORLD) == alone);

  const Settings    neuron{{"End time", "0.5"},
                        {"Output interval", "0.25"},
                        {"Data/Quadrature nodes", "10"},
                        {"Data/Radial nodes", "3"},
                        {"Data/Angular nodes", "5"},
                        {"Domain/Subdivisions", "6, 8, 5"},
                        {"Refinement/Adaptive", "true"},
                        {"Refinement/Maximum level", "1"},
                        {"Refinement/Tolerance", "1e-3"},
                        {"Output/Write density", "false"}};
  const std::string neuron_alone = run(neuron, MPI_COMM_SELF, true);
  CHECK(column(neuron_alone, "risk").size() == 3);
  CHECK(run(neuron, MPI_COMM_WORLD, true) == neuron_alone);
}
