// Where the scheme comes to rest: the discrete Boltzmann density, the one of an independent quadrature, the bounds of the
// distance.
#include <catch2/catch.hpp>

#include <cmath>

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
double largest_of(const std::vector<double> &p)
{
  double largest = 0.;
  for (const double value : p)
    largest = std::max(largest, value);
  return largest;
}

/// Some hanging nodes in a problem of any dimension.
void refine_a_part(TestRun &run)
{
  const unsigned int dim = run.mesh->dimension();
  run.refine([dim](const double *x) { return x[0] > -.7 && x[0] < 1.2 && (dim < 2 || x[1] > -.3); });
}
} // namespace

TEST_CASE("from the discrete Boltzmann density nothing moves", "[fokker planck]")
{
  const auto problem = GENERATE(as<std::string>{}, "linear", "tanh", "biased", "periodic", "single neuron");
  const auto k       = GENERATE(1u, 2u, 4u);
  if (k > 1 && (problem == "biased" || problem == "single neuron"))
    return;
  for (const std::string stepping : {"implicit Euler", "SDIRK2", "semi-implicit Euler", "SSP(3,3)"})
    {
      TestRun run(
        with(problem_named(problem), {{"Fokker-Planck/Degree", std::to_string(k)}, {"Fokker-Planck/Time stepping", stepping}}));
      refine_a_part(run);
      run.start();
      const Equilibrium rest(run.state->potential, run.state->space, run.state->e);
      const double      size = largest_of(rest.density);
      for (const double dt : {1e-3, 1e-1, 1., 10., 1000.})
        {
          run.state->set(rest.density);
          run.parameters.time_step = dt;
          TimeStepping steps(run.parameters);
          double       time = 0., moved = 0.;
          for (unsigned int step = 0; step < 10; ++step)
            time = steps.step(*run.state, time, time + 100. * dt);
          for (std::size_t i = 0; i < rest.density.size(); ++i)
            moved = std::max(moved, std::abs(run.state->p[i] - rest.density[i]) / size);
          CAPTURE(problem, k, stepping, dt, steps.counts().rejected, 1e12 * moved);
          CHECK(moved <= 1e-12);
          CHECK(steps.counts().fallbacks == 0);
        }
    }
}

TEST_CASE("long steps lead to the discrete Boltzmann density", "[fokker planck]")
{
  const auto problem = GENERATE(as<std::string>{}, "linear", "tanh", "periodic", "single neuron");
  const auto k       = GENERATE(1u, 2u);
  if (k == 2 && problem == "single neuron")
    return;
  const auto dt = GENERATE(10., 1000.);
  TestRun    run(with(problem_named(problem),
                      {{"Fokker-Planck/Degree", std::to_string(k)}, {"Fokker-Planck/Nonlinear tolerance", "1e-12"}}));
  refine_a_part(run);
  run.start();
  const Equilibrium rest(run.state->potential, run.state->space, run.state->e);
  run.parameters.time_step = dt;
  TimeStepping steps(run.parameters);
  double       time = 0.;
  for (unsigned int step = 0; step < (dt > 100. ? 40 : 150); ++step)
    time = steps.step(*run.state, time, time + 10. * dt);
  double difference = 0.;
  for (std::size_t i = 0; i < rest.density.size(); ++i)
    difference += run.state->space.weights()[i] * std::abs(run.state->p[i] - rest.density[i]);
  CAPTURE(problem, k, dt);
  CHECK(difference <= 1e-10);
  CHECK(run.free_energy() == Approx(rest.free_energy).margin(1e-12));
}

TEST_CASE("the Boltzmann density of the nodes is that of Gauss quadrature", "[fokker planck]")
{
  const auto problem = GENERATE(as<std::string>{}, "linear", "tanh");
  TestRun    run(
       with(problem_named(problem), {{"Fokker-Planck/Degree", "4"}, {"Domain/Refinement", problem == "tanh" ? "2" : "1"}}));
  run.start();
  const Equilibrium       nodes(run.state->potential, run.state->space, run.state->e);
  const DualProblem       gauss(*run.common.mean_field, run.common.domain, 16, MPI_COMM_SELF);
  const BoltzmannSolution solution   = maximise_dual(gauss, run.beta, std::vector<double>(gauss.n_modes(), 0.), 1e-13, 60,
                                                     [](unsigned int, double) {});
  const AmbientMeasure   &measure    = run.state->potential.measure();
  double                  difference = 0.;
  const unsigned int      dim        = run.mesh->dimension();
  for (std::size_t i = 0; i < nodes.density.size(); ++i)
    {
      const double *const theta = run.state->space.position(run.state->space.owned_node(i));
      double              log_density, potential;
      gauss.density(solution.state, 1, theta, &log_density, &potential);
      const double exact = std::exp(log_density + (measure.has_radius ? measure.log_density(theta[dim - 1]) : 0.));
      difference += run.state->space.weights()[i] * std::abs(nodes.density[i] - exact);
    }
  CAPTURE(problem, run.state->space.n_global());
  CHECK(difference <= 1e-8);
  CHECK(nodes.free_energy == Approx(solution.state.dual).margin(1e-9));
}

TEST_CASE("the bounds enclose the free-energy gap at all times", "[fokker planck]")
{
  const auto problem = GENERATE(as<std::string>{}, "linear", "tanh", "single neuron");
  const auto k       = GENERATE(1u, 3u);
  if (k == 3 && problem == "single neuron")
    return;
  TestRun run(with(problem_named(problem), {{"Fokker-Planck/Degree", std::to_string(k)}}));
  refine_a_part(run);
  run.start();
  const Equilibrium rest(run.state->potential, run.state->space, run.state->e);
  double            time = 0., before = 1e300;
  for (unsigned int step = 0; step < 25; ++step)
    {
      run.state->set(std::move(run.state->p));
      const auto d = diagnose(run.state->fitted, run.state->potential, run.state->p, &rest, Observables());
      CAPTURE(problem, k, time, d.lower_bound, d.distance, d.upper_bound);
      const double rounding = 1e-13 * (1. + std::abs(d.free_energy));
      CHECK(d.distance == Approx(run.free_energy() - rest.free_energy).margin(rounding));
      CHECK(d.lower_bound <= d.distance + rounding);
      CHECK(d.distance <= d.upper_bound + rounding);
      CHECK(d.lower_bound >= -rounding);
      CHECK(d.dissipation >= -1e-10);
      CHECK(d.distance <= before + rounding);
      // Both are bounds by convexity: neither is an equation as long as the mean field moves.
      if (problem != "linear" && d.distance > .02)
        {
          CHECK(d.lower_bound < .999 * d.distance);
          CHECK(d.upper_bound > 1.001 * d.distance);
        }
      before                   = d.distance;
      run.parameters.time_step = .05 * std::pow(1.3, step);
      TimeStepping steps(run.parameters);
      time = steps.step(*run.state, time, time + 1e3);
    }
  CHECK(before < 1e-4);
}
