// Runs from the learning problem alone: their error against exact solutions, beside the estimate that they print.

#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/evolution/error_estimate.h>

#include <tests/base/temporary_directory.h>
#include <tests/support/run.h>

using namespace rhoflow;

namespace
{
/// θ·x learns b·x with x ~ N(0, I): the risk of a Gaussian with mean m is ½ |m − b|², m' = b − m.
Settings linear_neurons(const unsigned int dimension)
{
  const std::string d = std::to_string(dimension);
  return {{"End time", "2"},
          {"Output interval", "0.5"},
          {"Learning problem/Neuron", "linear"},
          {"Learning problem/Input dimension", d},
          {"Target/Type", "expression"},
          {"Target/Expression", dimension == 1 ? "0.7*x" : "0.7*x1 - 0.2*x2"},
          {"Initial law/Law", dimension == 1 ? "normal(-0.5, 0.4)" : "normal(-0.5, 0.4), normal(0.3, 0.5)"},
          {"Output/Write density", "false"}};
}

double exact_risk(const unsigned int dimension, const double time)
{
  const double square = dimension == 1 ? 1.2 * 1.2 : 1.2 * 1.2 + .5 * .5;
  return .5 * square * std::exp(-2. * time);
}
} // namespace

TEST_CASE("The error of the risk is below its estimate and the tolerance", "[mpi]")
{
  for (const unsigned int dimension : {1U, 2U})
    for (const char *const tolerance : {"1e-3", "1e-6"})
      {
        CAPTURE(dimension, tolerance);
        TemporaryDirectory scratch;
        run_solver("continuity", scratch.path("run"),
                   linear_neurons(dimension) + Settings{{"Accuracy/Functionals", tolerance}});
        auto table = columns_of(scratch.path("run/statistics.csv"));
        REQUIRE(table["time"].size() == 5);
        for (std::size_t row = 0; row < table["time"].size(); ++row)
          {
            const double exact = exact_risk(dimension, table["time"][row]);
            CAPTURE(row, table["risk"][row], exact, table["risk error"][row]);
            CHECK(std::abs(table["risk"][row] - exact) <= table["risk error"][row] + 1e-14);
            CHECK(std::abs(table["risk"][row] - exact) <= std::stod(tolerance) * exact);
          }
      }
}

TEST_CASE("The gain of finer meshes tells the error")
{
  // Errors that grow by a factor from mesh to mesh, around the exact value 1.
  for (const double factor : {2., 8., 100.})
    {
      CAPTURE(factor);
      FunctionalError error("risk");
      const double    e = 1e-6;
      error.look(1. + e, {1. + factor * e, 1. + factor * factor * e}, 1., 0.);
      CHECK(error.error() >= e);
      CHECK(error.error() <= 3. * e);
    }
  SECTION("one coarser solution alone: twice the difference, and the error of the data")
  {
    FunctionalError error("risk");
    error.look(1., {1.01}, 1., 0.5);
    CHECK(error.of_resolution() == Approx(0.02));
    CHECK(error.error() == Approx(0.52));
  }
  SECTION("solutions that cross have an error")
  {
    FunctionalError error("risk");
    error.look(1., {1.001, 1.003}, 1., 0.);
    error.look(1., {1., 1.003}, 1., 0.);
    CHECK(error.error() > 1e-5);
    CHECK(error.largest_relative() == Approx(1e-3));
  }
  SECTION("what does not converge is not believed")
  {
    FunctionalError error("risk");
    error.look(1., {1.01, 1.011}, 1., 0.);
    CHECK(error.error() == Approx(0.02));
  }
  SECTION("nothing to compare with")
  {
    FunctionalError error("risk");
    error.look(1., {}, 1., 0.);
    CHECK(std::isnan(error.error()));
  }
}

TEST_CASE("A mesh that is too coarse says so in its estimate")
{
  TemporaryDirectory scratch;
  run_solver("continuity", scratch.path("run"),
             linear_neurons(1) + Settings{{"Domain/Lower corner", "-3.2"},
                                          {"Domain/Upper corner", "3.4"},
                                          {"Domain/Subdivisions", "12"},
                                          {"Discontinuous Galerkin/Degree", "1"}},
             MPI_COMM_SELF);
  auto         table = columns_of(scratch.path("run/statistics.csv"));
  const double error = std::abs(table["risk"].back() - exact_risk(1, 2.));
  CHECK(error > 1e-6);
  CHECK(table["risk error"].back() >= error);
}

TEST_CASE("The risk may grow with a weight decay, and its error is estimated all the same")
{
  // m goes from b to b/(1 + λ) at the rate 1 + λ: R grows from nothing, R_λ falls.
  const double       b = .7, decay = .5;
  TemporaryDirectory scratch;
  run_solver("continuity", scratch.path("run"),
             linear_neurons(1) + Settings{{"Initial law/Law", "normal(0.7, 0.1)"}, {"Mean field/Weight decay", "0.5"}},
             MPI_COMM_SELF);
  auto table = columns_of(scratch.path("run/statistics.csv"));
  for (std::size_t row = 1; row < table["time"].size(); ++row)
    {
      const double limit = b / (1. + decay), mean = limit + (b - limit) * std::exp(-(1. + decay) * table["time"][row]);
      const double exact = .5 * (mean - b) * (mean - b);
      CAPTURE(row, table["risk"][row], exact, table["risk error"][row]);
      CHECK(table["risk error"][row] < 1e-4 * exact);
      CHECK(std::abs(table["risk"][row] - exact) <= table["risk error"][row] + 1e-14);
    }
}

TEST_CASE("Errors that are not asked for are not estimated")
{
  TemporaryDirectory scratch;
  run_solver("continuity", scratch.path("run"), linear_neurons(1) + Settings{{"Accuracy/Estimate errors", "false"}},
             MPI_COMM_SELF);
  CHECK(std::isnan(columns_of(scratch.path("run/statistics.csv"))["risk error"].back()));
}
