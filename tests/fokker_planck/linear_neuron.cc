// Neurons θ·x, y = b·x, x ~ N(0, I): Ψ_λ = ⟨m − b, θ⟩ + (λ/2)|θ|². A Gaussian stays one, with the mean
//   b/(1+λ) + (m_0 − b/(1+λ)) e^{−(1+λ)t}   and the covariance   1/(βλ) + (v_0 − 1/(βλ)) e^{−2λt}.
#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/fokker_planck/time_stepping.h>

#include "problems.h"
#include "test_run.h"

using namespace rhoflow;

namespace
{
constexpr double lambda = .8, beta = 4., start_variance = .15;
const double     b[3] = {.8, -.5, .3};

double exact(unsigned int dimension, const double *theta, double t)
{
  std::vector<double> mean;
  for (unsigned int d = 0; d < dimension; ++d)
    mean.push_back(b[d] / (1. + lambda) + (-.25 * b[d] - b[d] / (1. + lambda)) * std::exp(-(1. + lambda) * t));
  return gaussian(dimension, theta, mean,
                  1. / (beta * lambda) + (start_variance - 1. / (beta * lambda)) * std::exp(-2. * lambda * t));
}

Changes on_cells(unsigned int dimension, unsigned int degree, unsigned int cells)
{
  std::string lower, upper, separator;
  for (unsigned int d = 0; d < dimension; ++d, separator = ", ")
    {
      lower += separator + "-2.8";
      upper += separator + "2.8";
    }
  return with(linear_neuron(dimension, lambda, beta, -.25, start_variance), {{"Domain/Lower corner", lower},
                                                                             {"Domain/Upper corner", upper},
                                                                             {"Domain/Subdivisions", std::to_string(cells)},
                                                                             {"Fokker-Planck/Degree", std::to_string(degree)}});
}

/// Steps of length `dt`, whatever the error estimate thinks of them; returns the number of those that were repeated.
std::uint64_t evolve(TestRun &run, const std::string &method, double dt, double end)
{
  using Stepping           = FokkerPlanckParameters::Stepping;
  run.parameters.stepping  = method == "SDIRK2"              ? Stepping::sdirk2 :
                             method == "semi-implicit Euler" ? Stepping::semi_implicit_euler :
                             method == "SSP(3,3)"            ? Stepping::ssp33 :
                                                               Stepping::implicit_euler;
  run.parameters.time_step = run.parameters.maximum_time_step = dt;
  run.parameters.error_tolerance                              = 1.;
  TimeStepping stepping(run.parameters);
  for (double time = 0.; time < end;)
    time = stepping.step(*run.state, time, end);
  return stepping.counts().rejected + stepping.counts().fallbacks;
}
} // namespace

TEST_CASE("the linear neuron converges to the exact Gaussian in one, two and three dimensions", "[fokker planck]")
{
  const auto [D, k, coarse] = GENERATE(table<unsigned int, unsigned int, unsigned int>(
    {{1, 1, 24}, {1, 2, 12}, {1, 3, 8}, {1, 4, 6}, {2, 1, 14}, {2, 2, 12}, {2, 3, 8}, {3, 1, 8}, {3, 2, 6}}));
  const double order[4]     = {2., 4., 5., 6.};
  const double end          = D == 3 ? .2 : .4;
  double       error[2];
  for (unsigned int m = 0; m < 2; ++m)
    {
      TestRun run(on_cells(D, k, coarse << m));
      run.start();
      evolve(run, "SDIRK2", D == 3 ? .02 : k < 3 ? .01 : .001, end);
      const unsigned int dim = D;
      error[m]               = run.error([dim, end](const double *x) { return exact(dim, x, end); });
      CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
    }
  CAPTURE(D, k, error[0], error[1]);
  CHECK(std::log2(error[0] / error[1]) >= order[k - 1] - .5);
  CHECK(error[1] < (D == 3 ? .1 : D == 2 ? .03 : .02));
}

TEST_CASE("steps in time have their orders", "[fokker planck]")
{
  // Against a run with very short steps on the same mesh: the error in space is not seen.
  const auto [method, order, dt] = GENERATE(table<std::string, double, double>(
    {{"implicit Euler", 1., .02}, {"semi-implicit Euler", 1., .02}, {"SDIRK2", 2., .05}, {"SSP(3,3)", 3., .005}}));
  const auto D                   = GENERATE(1u, 2u);
  const auto changes             = on_cells(D, 2, D == 1 ? 16 : 12);
  TestRun    reference(changes);
  reference.start();
  evolve(reference, "SSP(3,3)", .0005, .4);
  double error[2];
  for (unsigned int m = 0; m < 2; ++m)
    {
      TestRun run(changes);
      run.start();
      const auto repeated = evolve(run, method, dt / (1 << m), .4);
      if (D == 1)
        CHECK(repeated == 0);
      error[m] = 0.;
      for (std::size_t i = 0; i < run.state->p.size(); ++i)
        error[m] += run.state->space.weights()[i] * std::abs(run.state->p[i] - reference.state->p[i]);
    }
  CAPTURE(method, D, error[0], error[1]);
  CHECK(std::log2(error[0] / error[1]) == Approx(order).margin(.25));
}

TEST_CASE("the error of SDIRK2 follows its tolerance", "[fokker planck]")
{
  const auto changes = on_cells(2, 2, 12);
  TestRun    reference(changes);
  reference.start();
  evolve(reference, "SSP(3,3)", .002, 1.);
  double        before = 0.;
  std::uint64_t steps  = 0;
  for (const double tolerance : {1e-3, 1e-4, 1e-5, 1e-6})
    {
      TestRun run(with(
        changes, {{"Fokker-Planck/Time stepping", "SDIRK2"}, {"Fokker-Planck/Error tolerance", std::to_string(tolerance)}}));
      run.start();
      TimeStepping stepping(run.parameters);
      for (double time = 0.; time < 1.;)
        time = stepping.step(*run.state, time, 1.);
      double error = 0.;
      for (std::size_t i = 0; i < run.state->p.size(); ++i)
        error += run.state->space.weights()[i] * std::abs(run.state->p[i] - reference.state->p[i]);
      CAPTURE(tolerance, error, before, stepping.counts().steps, steps);
      if (before > 0.)
        {
          CHECK(error < .35 * before);
          CHECK(stepping.counts().steps > steps);
        }
      before = error;
      steps  = stepping.counts().steps;
    }
  CHECK(before < 1e-4);
}

TEST_CASE("Newton's and Anderson's iterations find the same step", "[fokker planck]")
{
  const auto          problem = GENERATE(as<std::string>{}, "linear", "tanh", "single neuron");
  const auto          dt      = GENERATE(.1, 10.);
  std::vector<double> found[2];
  for (const bool newton : {false, true})
    {
      TestRun run(with(problem_named(problem), {{"Fokker-Planck/Nonlinear solver", newton ? "Newton" : "Anderson"},
                                                {"Fokker-Planck/Time step", std::to_string(dt)},
                                                {"Fokker-Planck/Nonlinear tolerance", "1e-12"}}));
      run.start();
      TimeStepping stepping(run.parameters);
      CHECK(stepping.step(*run.state, 0., 100. * dt) == dt);
      CHECK(stepping.counts().iterations >= 2);
      found[newton ? 1 : 0] = run.state->p;
    }
  double difference = 0., largest = 0.;
  for (std::size_t i = 0; i < found[0].size(); ++i)
    {
      difference = std::max(difference, std::abs(found[0][i] - found[1][i]));
      largest    = std::max(largest, found[0][i]);
    }
  CAPTURE(problem, dt);
  CHECK(difference <= 1e-10 * largest);
}
