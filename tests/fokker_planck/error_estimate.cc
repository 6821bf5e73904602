// Runs from the learning problem alone: errors of risk and free energy against exact solutions, beside the estimates.

#include <catch2/catch.hpp>

#include <cmath>

#include <tests/base/temporary_directory.h>
#include <tests/support/run.h>

TEST_CASE("Errors of risk and free energy are near their estimates", "[mpi]")
{
  // θ x learns b x: θ stays Gaussian, its mean goes to b/(1 + λ) at the rate 1 + λ, its variance to 1/(βλ) at 2λ.
  const double       b = .7, beta = 20., decay = .2, m0 = -.5, v0 = .16;
  TemporaryDirectory scratch;
  run_solver("fokker planck", scratch.path("run"),
             {{"End time", "2"},
              {"Output interval", "0.5"},
              {"Learning problem/Neuron", "linear"},
              {"Learning problem/Input dimension", "1"},
              {"Target/Type", "expression"},
              {"Target/Expression", "0.7*x"},
              {"Initial law/Law", "normal(-0.5, 0.4)"},
              {"Mean field/Inverse temperature", "20"},
              {"Mean field/Weight decay", "0.2"},
              {"Accuracy/Functionals", "1e-3"},
              {"Output/Write density", "false"}});
  auto table = columns_of(scratch.path("run/statistics.csv"));
  REQUIRE(table["time"].size() == 5);
  double largest[2] = {0., 0.}, estimate[2] = {0., 0.};
  for (std::size_t row = 0; row < table["time"].size(); ++row)
    {
      const double t = table["time"][row], rest = b / (1. + decay), width = 1. / (beta * decay);
      const double mean     = rest + (m0 - rest) * std::exp(-(1. + decay) * t);
      const double variance = width + (v0 - width) * std::exp(-2. * decay * t);
      const double risk     = .5 * (mean - b) * (mean - b);
      const double free     = risk + .5 * decay * (mean * mean + variance) -
                          .5 * std::log(2. * std::acos(-1.) * std::exp(1.) * variance) / beta;
      CAPTURE(t, risk, free, table["risk"][row], table["free energy"][row]);
      CHECK(table["risk"][row] == Approx(risk).epsilon(1e-3));
      CHECK(table["free energy"][row] == Approx(free).epsilon(1e-3));
      largest[0]  = std::max(largest[0], std::abs(table["risk"][row] - risk));
      largest[1]  = std::max(largest[1], std::abs(table["free energy"][row] - free));
      estimate[0] = std::max(estimate[0], table["risk error"][row]);
      estimate[1] = std::max(estimate[1], table["free energy error"][row]);
    }
  for (const int i : {0, 1})
    {
      CAPTURE(i, largest[i], estimate[i]);
      CHECK(largest[i] <= estimate[i]);
      CHECK(estimate[i] <= 100. * largest[i]);
    }
}

TEST_CASE("A given time step is that of implicit Euler, as it was before steps were chosen")
{
  TemporaryDirectory scratch;
  const Settings     walkers{{"End time", "0.2"},
                         {"Learning problem/Neuron", "landscape"},
                         {"Landscape/Function", "x^2/2"},
                         {"Initial law/Law", "normal(1, 0.3)"},
                         {"Mean field/Inverse temperature", "4"},
                         {"Output/Write density", "false"}};
  run_solver("fokker planck", scratch.path("given"), walkers + Settings{{"Fokker-Planck/Time step", "0.05"}}, MPI_COMM_SELF);
  run_solver("fokker planck", scratch.path("named"),
             walkers + Settings{{"Fokker-Planck/Time step", "0.05"}, {"Fokker-Planck/Time stepping", "implicit Euler"}},
             MPI_COMM_SELF);
  run_solver("fokker planck", scratch.path("chosen"), walkers, MPI_COMM_SELF);
  const double given = columns_of(scratch.path("given/statistics.csv"))["mean x"].back();
  CHECK(given == columns_of(scratch.path("named/statistics.csv"))["mean x"].back());
  // Four steps of (1 + Δt)^−1, and the exact solution.
  CHECK(given == Approx(std::pow(1.05, -4.)).epsilon(1e-4));
  CHECK(columns_of(scratch.path("chosen/statistics.csv"))["mean x"].back() == Approx(std::exp(-.2)).epsilon(1e-4));
}
