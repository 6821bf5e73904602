// Coordinates that a symmetry left: the Laplacian of the space of the weights, and the entropy there.
#include <catch2/catch.hpp>

#include <cmath>
#include <sstream>

#include <solvers/boltzmann/diagnostics.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/time_stepping.h>
#include <solvers/model/observables.h>

#include "problems.h"
#include "test_run.h"

using namespace rhoflow;

namespace
{
std::string number(double value)
{
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

/// (a, s, r) in a box of `widths` standard deviations of exp(−βλ|θ|²/2).
Changes single_neuron(unsigned int d, double beta, double lambda, const std::string &cells)
{
  const double width = 1. / std::sqrt(beta * lambda), far = std::sqrt(d - 1.) * width + 5. * width;
  return {{"Learning problem/Neuron", "single neuron"},
          {"Learning problem/Input dimension", std::to_string(d)},
          {"Data/Quadrature nodes", "8"},
          {"Data/Radial nodes", "3"},
          {"Data/Angular nodes", "3"},
          {"Initial law/Law", "normal(0, " + number(.8 * width) + "), normal(0, " + number(.8 * width) + "), chi(" +
                                std::to_string(d - 1) + ", " + number(.8 * width) + ")"},
          {"Mean field/Weight decay", number(lambda)},
          {"Mean field/Inverse temperature", number(beta)},
          {"Domain/Lower corner", number(-5. * width) + ", " + number(-5. * width) + ", 0"},
          {"Domain/Upper corner", number(5. * width) + ", " + number(5. * width) + ", " + number(far)},
          {"Domain/Subdivisions", cells}};
}
} // namespace

TEST_CASE("an isotropic Gaussian in d dimensions spreads as one", "[fokker planck]")
{
  // With weights so small that the network's output is nothing, θ is an Ornstein–Uhlenbeck process in the space of (a, w):
  // every coordinate has the variance 1/(βλ) + (v − 1/(βλ)) e^{−2λt}, r² = |w_⊥|² is the sum of d − 1 of them.
  const auto   d      = GENERATE(2u, 3u, 5u, 40u);
  const auto   k      = GENERATE(1u, 2u);
  const double lambda = 1., beta = 1e10, t = .5, rest = 1. / (beta * lambda), v = .64 * rest;
  double       error[2];
  for (unsigned int m = 0; m < 2; ++m)
    {
      const std::string n = std::to_string((k == 1 ? 10 : 6) << m);
      TestRun           run(with(single_neuron(d, beta, lambda, "2, 3, " + n), {{"Fokker-Planck/Degree", std::to_string(k)},
                                                                                {"Fokker-Planck/Time stepping", "SDIRK2"},
                                                                                {"Fokker-Planck/Error tolerance", "1e-4"}}));
      run.start();
      TimeStepping stepping(run.parameters);
      for (double time = 0.; time < t;)
        time = stepping.step(*run.state, time, t);
      const double wanted = rest + (v - rest) * std::exp(-2. * lambda * t);
      error[m]            = std::abs(run.mean([](const double *x) { return x[2] * x[2]; }) / ((d - 1) * wanted) - 1.);
      CHECK(run.state->mass() == Approx(1.).epsilon(1e-12));
    }
  CAPTURE(d, k, error[0], error[1]);
  CHECK(error[1] < (k == 1 ? 1e-2 : k == 2 ? 4e-3 : 5e-4));
}

TEST_CASE("at rest the weights have the entropy and the risk of an independent quadrature", "[fokker planck]")
{
  const auto   d      = GENERATE(2u, 3u, 5u, 40u);
  const auto   beta   = GENERATE(1., 100., 10000.);
  const double lambda = .5;
  TestRun      run(with(single_neuron(d, beta, lambda, "6, 6, 7"), {{"Fokker-Planck/Degree", "4"}}));
  run.start();
  const Equilibrium       nodes(run.state->potential, run.state->space, run.state->e);
  const DualProblem       gauss(*run.common.mean_field, run.common.domain, 8, MPI_COMM_SELF);
  const BoltzmannSolution solution = maximise_dual(gauss, beta, std::vector<double>(gauss.n_modes(), 0.), 1e-13, 60,
                                                   [](unsigned int, double) {});
  run.state->set(nodes.density);
  const auto here  = rhoflow::diagnose(run.state->fitted, run.state->potential, run.state->p, &nodes, Observables());
  const auto there = rhoflow::diagnose(gauss, solution, Observables());
  CAPTURE(d, beta);
  CHECK(here.free_energy == Approx(there.free_energy).margin(1e-3 / beta));
  CHECK(here.risk == Approx(there.risk).margin(1e-3 / beta));
  CHECK(here.entropy == Approx(there.entropy).margin(5e-3));
  CHECK(std::abs(here.distance) <= 1e-12 * (1. + std::abs(here.free_energy)));
}

TEST_CASE("the radius alone: an isotropic problem falls to its Boltzmann density", "[fokker planck]")
{
  const auto d    = GENERATE(2u, 3u, 40u);
  const auto beta = GENERATE(10., 1000.);
  const auto dt   = GENERATE(.1, 100.);
  TestRun    run({{"Learning problem/Neuron", "isotropic"},
                  {"Learning problem/Input dimension", std::to_string(d)},
                  {"Learning problem/Activation", "tanh"},
                  {"Initial law/Law", "chi(" + std::to_string(d) + ", " + number(1. / std::sqrt(d)) + ")"},
                  {"Mean field/Weight decay", "0.4"},
                  {"Mean field/Inverse temperature", number(beta)},
                  {"Domain/Lower corner", "0"},
                  {"Domain/Upper corner", "6"},
                  {"Domain/Subdivisions", "96"},
                  {"Fokker-Planck/Degree", "3"},
                  {"Fokker-Planck/Time step", number(dt)}});
  run.start();
  const Equilibrium       nodes(run.state->potential, run.state->space, run.state->e);
  const DualProblem       gauss(*run.common.mean_field, run.common.domain, 12, MPI_COMM_SELF);
  const BoltzmannSolution solution = maximise_dual(gauss, beta, std::vector<double>(gauss.n_modes(), 0.), 1e-13, 60,
                                                   [](unsigned int, double) {});
  CAPTURE(d, beta, dt);
  CHECK(nodes.free_energy == Approx(solution.state.dual).margin(2e-4 / beta));
  TimeStepping stepping(run.parameters);
  double       time = 0., before = run.free_energy();
  for (unsigned int step = 0; step < (dt > 1. ? 40 : 400); ++step)
    {
      time               = stepping.step(*run.state, time, time + 10. * dt);
      const double after = run.free_energy();
      CHECK(after <= before + 1e-13 * (1. + std::abs(before)));
      before = after;
    }
  CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
  CHECK(run.state->minimum() >= 0.);
  CHECK(before == Approx(nodes.free_energy).margin(1e-9));
}
