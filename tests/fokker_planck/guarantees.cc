// Mass, sign and the decay of the free energy for steps of every size, on adaptive meshes.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include <solvers/fokker_planck/time_stepping.h>

#include "problems.h"
#include "test_run.h"

using namespace rhoflow;

TEST_CASE("with steps of every size the free energy falls, and mass and sign stay", "[fokker planck]")
{
  const auto problem = GENERATE(as<std::string>{}, "linear", "tanh", "biased", "periodic", "single neuron");
  const auto k       = GENERATE(1u, 2u, 4u);
  const auto dt      = GENERATE(1e-3, 1e-1, 1., 10., 1000.);
  if (k == 4 && problem != "linear")
    return;
  TestRun run(with(problem_named(problem), {{"Fokker-Planck/Degree", std::to_string(k)},
                                            {"Fokker-Planck/Time step", std::to_string(dt)},
                                            {"Refinement/Adaptive", "true"},
                                            {"Refinement/Maximum level", problem == "linear" ? "3" : "1"},
                                            {"Refinement/Tolerance", problem == "linear" ? "1e-5" : "2e-3"}}));
  run.start();
  TimeStepping stepping(run.parameters);
  double       time    = 0.;
  unsigned int changes = 0;
  const bool   three   = run.mesh->dimension() == 3;
  for (unsigned int step = 0; step < (three ? 5u : 12u); ++step)
    {
      if (step % 2 == 0 && run.adapt())
        {
          stepping.forget();
          ++changes;
          CHECK(std::abs(run.state->mass() - 1.) <= 1e-13);
          CHECK(run.state->minimum() >= 0.);
        }
      const double before = run.free_energy();
      time                = stepping.step(*run.state, time, time + 10. * dt);
      const double after  = run.free_energy();
      CAPTURE(problem, k, dt, step, before, after, run.state->space.n_global());
      CHECK(after <= before + 1e-13 * (1. + std::abs(before)));
      CHECK(stepping.last_free_energy() == Approx(after).margin(1e-13));
      CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
      CHECK(run.state->minimum() >= 0.);
    }
  CAPTURE(problem, k, dt, run.mesh->n_global_cells());
  CHECK(changes >= 1);
}

TEST_CASE("a density that is narrower than a cell stays positive at hanging nodes in the cold", "[fokker planck]")
{
  // exp(Φ) differs by many orders between the nodes that a hanging one depends on: without fallback the sign is lost.
  const auto dim = GENERATE(2u, 3u);
  const auto k   = GENERATE(1u, 2u);
  const auto dt  = GENERATE(1e-3, 1e-1, 10.);
  const auto law = dim == 2 ? "normal(0, 1), normal(0, 1)" : "normal(0, 1), normal(0, 1), normal(0, 1)";
  TestRun    run({{"Learning problem/Neuron", "landscape"},
                  {"Landscape/Coordinates", dim == 2 ? "x, y" : "x, y, z"},
                  {"Landscape/Function", dim == 2 ? "x^2/2 + y^2/2 + x*y/2" : "x^2/2 + y^2/2 + x*y/2 + z^2/2"},
                  {"Initial law/Law", law},
                  {"Mean field/Inverse temperature", "40"},
                  {"Fokker-Planck/Degree", std::to_string(k)},
                  {"Fokker-Planck/Time step", std::to_string(dt)},
                  {"Domain/Lower corner", dim == 2 ? "-2, -2" : "-2, -2, -2"},
                  {"Domain/Upper corner", dim == 2 ? "2, 2" : "2, 2, 2"},
                  {"Domain/Subdivisions", dim == 2 ? "10" : "5"}});
  run.refine([](const double *x) { return x[0] + x[1] < 1.2; });
  run.start([dim](const double *x) { return gaussian(dim, x, {1.2, .8, .8}, dim == 2 ? .01 : .06); });
  TimeStepping stepping(run.parameters);
  double       time = 0.;
  for (unsigned int step = 0; step < 5; ++step)
    {
      const double before = run.free_energy();
      time                = stepping.step(*run.state, time, time + 10. * dt);
      CAPTURE(dim, k, dt, step, stepping.counts().fallbacks);
      CHECK(run.free_energy() <= before + 1e-13 * (1. + std::abs(before)));
      CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
      CHECK(run.state->minimum() >= 0.);
    }
  // It is the fallback that does this, once: the cells remember it.
  CHECK(stepping.counts().fallbacks >= 1);
  CHECK(stepping.counts().fallbacks <= 3);
  CHECK(stepping.counts().rejected == 0);
}

TEST_CASE("far from rest hanging nodes stay between their neighbours where the potential is steep", "[fokker planck]")
{
  // Φ varies by up to 1000 over a face: interpolating u = p exp(Φ) there would make the even density exponentially large.
  const auto k = GENERATE(1u, 2u, 4u);
  TestRun    run({{"Learning problem/Neuron", "landscape"},
                  {"Landscape/Coordinates", "x, y"},
                  {"Landscape/Function", "x^2/2 + y^2/2 + cos(5*x)*sin(4*y)/4"},
                  {"Initial law/Law", "normal(0, 1), normal(0, 1)"},
                  {"Mean field/Inverse temperature", "1000"},
                  {"Fokker-Planck/Degree", std::to_string(k)},
                  {"Fokker-Planck/Time step", "0.01"},
                  {"Domain/Lower corner", "-2, -2"},
                  {"Domain/Upper corner", "2, 2"},
                  {"Domain/Subdivisions", "8"}});
  run.refine([](const double *x) { return x[0] + x[1] < 1.2; });
  run.start([](const double *) { return 1.; });
  const auto values            = run.state->fitted.values_at_nodes(run.state->p);
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  CAPTURE(k, *lowest, *highest);
  CHECK(*lowest >= 0.);
  // A hanging node is bounded by e, from the limits of its Φ, over the weight of a node downstream.
  CHECK(*highest <= 20. * run.state->p.front());

  TimeStepping stepping(run.parameters);
  const double before = run.free_energy();
  CHECK(stepping.step(*run.state, 0., 1.) == Approx(.01));
  CHECK(stepping.counts().rejected == 0);
  CHECK(run.free_energy() <= before);
  CHECK(run.state->minimum() >= 0.);
  CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
}
