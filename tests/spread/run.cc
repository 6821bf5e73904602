#include <catch2/catch.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

#include <mpi.h>

#include <solvers/base/error.h>
#include <solvers/spread/spread_prediction.h>

#include "../base/temporary_directory.h"
#include "cases.h"

using namespace rhoflow;

namespace
{
const std::string data_column = "risk variance from data * batch / step";
const std::string law_column  = "risk variance from initial law * width";

const Settings linear_run = {{"Learning problem/Neuron", "linear"},
                             {"Data/Quadrature nodes", "3"},
                             {"Target/Type", "expression"},
                             {"Target/Expression", "1.3*x"},
                             {"Target/Noise deviation", "0.5"},
                             {"Initial law/Law", "normal(0.2, 0.7)"},
                             {"Domain/Lower corner", "-8"},
                             {"Domain/Upper corner", "8"},
                             {"Characteristics/Nodes per coordinate", "5"},
                             {"Characteristics/Tolerance", "1e-11"},
                             {"Accuracy/Estimate errors", "false"},
                             {"Output times", "0, 0.5, 1, 2"},
                             {"End time", "2"}};

const Settings networks_beside = {{"Compare with SGD", "true"},          {"Comparison/Bias estimation", "none"},
                                  {"Comparison/Transport points", "0"},  {"Comparison/Bootstrap samples", "0"},
                                  {"Particles/Number of neurons", "50"}, {"Particles/Replicas", "4"},
                                  {"Particles/Step size", "0.05"},       {"Particles/Batch size", "2"}};

const Settings tanh_run = four_points + Settings{{"Learning problem/Neuron", "ridge"},
                                                 {"Learning problem/Activation", "tanh"},
                                                 {"Initial law/Law", "normal(0.6, 0.5)"},
                                                 {"Domain/Lower corner", "-4"},
                                                 {"Domain/Upper corner", "6"},
                                                 {"Characteristics/Nodes per coordinate", "90"},
                                                 {"Accuracy/Estimate errors", "false"},
                                                 {"Output times", "0, 0.5, 1.5"},
                                                 {"End time", "1.5"}};
} // namespace

TEST_CASE("a run by characteristics writes the variance of the risk when it is asked to", "[spread]")
{
  TemporaryDirectory directory;
  const auto         run = [&](const Settings &more) {
    run_solver("characteristics", directory.path("run"), linear_run + more, MPI_COMM_SELF);
    return columns_of(directory.path("run/statistics.csv"));
  };
  CHECK(run({}).count(data_column) == 0);

  auto table = run({{"Comparison/Predicted spread", "true"}});
  REQUIRE(table[data_column].size() == 4);
  CHECK(table[data_column][0] == 0.);
  CHECK(table[data_column][2] == Approx(.071331075002).epsilon(1e-8));
  CHECK(table[law_column][2] == Approx(.49 * .022161923055).epsilon(1e-8));

  // Beside networks it is there unless it is refused, with the second order for α/B = 0.025 and M = 50.
  table           = run(networks_beside);
  auto comparison = columns_of(directory.path("run/comparison.csv"));
  CHECK(table[data_column][2] == Approx(.071331075002).epsilon(1e-8));
  REQUIRE(comparison["predicted standard deviation"].size() == 4);
  const double fall       = std::exp(-2.);
  const double covariance = .025 * (2. * fall * 1.21 + .125 * (1. - fall)) + .49 * fall / 50.;
  const double variance   = .025 * .071331075002 + .49 * .022161923055 / 50. + .5 * covariance * covariance;
  CHECK(comparison["predicted standard deviation"][2] == Approx(std::sqrt(variance)).epsilon(1e-8));
  CHECK(comparison["standard deviation of networks"][2] > 0.);

  // No samples, no noise of the data.
  run(networks_beside + Settings{{"Particles/Method", "gradient descent"}});
  comparison = columns_of(directory.path("run/comparison.csv"));
  CHECK(comparison["predicted standard deviation"][2] ==
        Approx(std::sqrt(.49 * .022161923055 / 50. + .5 * std::pow(.49 * fall / 50., 2))).epsilon(1e-8));

  table = run(networks_beside + Settings{{"Comparison/Predicted spread", "false"}});
  CHECK(table.count(data_column) == 0);
  comparison = columns_of(directory.path("run/comparison.csv"));
  CHECK(comparison.count("predicted standard deviation") == 0);
  CHECK(comparison["standard deviation of networks"].size() == 4);
}

TEST_CASE("a density on a mesh has the spread of the points that it chooses", "[spread]")
{
  // On a box, with compressed features, and with points until the variances change by less than a twentieth.
  TemporaryDirectory directory;
  run_solver("continuity", directory.path("run"),
             tanh_run + Settings{{"Comparison/Predicted spread", "true"}, {"Domain/Subdivisions", "48"}}, MPI_COMM_SELF);
  auto                   table = columns_of(directory.path("run/statistics.csv"));
  const SpreadCase       c(tanh_run);
  const SpreadPrediction exact(*c.field, c.law(90), {0., .5, 1.5}, {1e-10, false}, MPI_COMM_SELF);
  REQUIRE(table[data_column].size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    {
      CHECK(table[data_column][i] == Approx(exact.all()[i].of_data).epsilon(.05));
      CHECK(table[law_column][i] == Approx(exact.all()[i].of_initial).epsilon(.05));
    }
}

TEST_CASE("points are chosen also where the data have no noise but round-off", "[spread]")
{
  // x = ±1 alone, without label noise: x⁴ has no variance.
  TemporaryDirectory directory;
  run_solver("continuity", directory.path("run"),
             linear_run + Settings{{"Comparison/Predicted spread", "true"},
                                   {"Data/Quadrature nodes", "2"},
                                   {"Target/Noise deviation", "0"},
                                   {"Domain/Subdivisions", "48"}},
             MPI_COMM_SELF);
  auto table = columns_of(directory.path("run/statistics.csv"));
  for (const double variance : table[data_column])
    CHECK(std::abs(variance) < 1e-12);
  CHECK(table[law_column][2] == Approx(.49 * .022161923055).epsilon(1e-3));
}

TEST_CASE("networks are as far apart as the density predicts", "[spread][slow]")
{
  TemporaryDirectory directory;
  const unsigned int n = 4000;
  run_solver("characteristics", directory.path("run"),
             tanh_run + networks_beside +
               Settings{{"Particles/Number of neurons", "1000"},
                        {"Particles/Replicas", std::to_string(n)},
                        {"Particles/Step size", "0.005"},
                        {"Particles/Batch size", "1"},
                        {"Particles/Write particles", "none"},
                        {"Output times", "0, 0.5, 1, 2, 4"},
                        {"End time", "4"}},
             MPI_COMM_SELF);
  auto table = columns_of(directory.path("run/comparison.csv"));
  // The standard deviation of n Gaussian values scatters by 1/√(2n); three of these for every time.
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(table["standard deviation of networks"][i] ==
          Approx(table["predicted standard deviation"][i]).epsilon(3. / std::sqrt(2. * n)));
}

TEST_CASE("the predicted spread has the same bits on any number of ranks", "[spread][mpi]")
{
  // Three groups of points; ten points are fewer groups than ranks.
  for (const std::string nodes : {"90", "10"})
    {
      TemporaryDirectory directory;
      const Settings     settings = tanh_run + Settings{{"Comparison/Predicted spread", "true"},
                                                    {"Characteristics/Nodes per coordinate", nodes}};
      run_solver("characteristics", directory.path("all"), settings, MPI_COMM_WORLD);
      int rank;
      MPI_Comm_rank(MPI_COMM_WORLD, &rank);
      if (rank == 0)
        {
          run_solver("characteristics", directory.path("one"), settings, MPI_COMM_SELF);
          CHECK(contents(directory.path("all/statistics.csv")) == contents(directory.path("one/statistics.csv")));
          CHECK(columns_of(directory.path("one/statistics.csv"))[data_column].back() > 0.);
        }
    }
}

TEST_CASE("what has no predicted spread is refused when it is asked for", "[spread]")
{
  const Settings wanted{{"Comparison/Predicted spread", "true"}};
  const Refused  unsupported{"Comparison/Predicted spread", Refusal::unsupported};
  const auto refused = [&](const std::string &solver, const Settings &settings) { return refusal(solver, settings + wanted); };
  CHECK(refused("characteristics", tanh_run) == std::nullopt);
  CHECK(refused("characteristics", tanh_run + Settings{{"Learning problem/Activation", "relu"}}) == unsupported.naming("relu"));
  CHECK(refused("fokker planck", tanh_run + Settings{{"Mean field/Inverse temperature", "10"}}) == unsupported);
  const Settings beside = tanh_run + networks_beside;
  CHECK(refused("characteristics", beside) == std::nullopt);
  CHECK(refused("characteristics", beside + Settings{{"Particles/Method", "multi-pass SGD"}}) == unsupported);
  CHECK(refused("characteristics", beside + Settings{{"Particles/Method", "multi-pass SGD"},
                                                     {"Particles/Sampling", "with replacement"}}) == std::nullopt);
  CHECK(refused("characteristics", beside + Settings{{"Particles/Schedule", "1/(1+t)"}}) == unsupported);
  // Without the wish it is left out.
  CHECK(refusal("characteristics", beside + Settings{{"Learning problem/Activation", "relu"}}) == std::nullopt);
}

TEST_CASE("a spread at a time that was not asked for is no silent zero", "[spread]")
{
  const SpreadCase       c(linear_run);
  const SpreadPrediction prediction(*c.field, c.law(3), {0., 1.}, {}, MPI_COMM_SELF);
  CHECK(prediction.at(1.).of_data > 0.);
  CHECK_THROWS_AS(prediction.at(.5), std::out_of_range);
  CHECK_FALSE(prediction.at(1.).has_second_order());
}

TEST_CASE("the spread does not depend on the output times before", "[spread]")
{
  const SpreadCase       c(tanh_run);
  const SpreadPrediction alone(*c.field, c.law(12), {0., 1.5}, {1e-10, false}, MPI_COMM_SELF);
  const SpreadPrediction many(*c.field, c.law(12), {0., .1, .2, .7, 1.1, 1.5, 3.}, {1e-10, false}, MPI_COMM_SELF);
  CHECK(many.at(1.5).of_data == Approx(alone.at(1.5).of_data).epsilon(1e-7));
  CHECK(many.at(1.5).of_initial == Approx(alone.at(1.5).of_initial).epsilon(1e-7));
}
