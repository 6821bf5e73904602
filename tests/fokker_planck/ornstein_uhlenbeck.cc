// ∂_t ρ = (θ ρ)' + ρ''/β in a fixed potential θ²/2, where a Gaussian stays one: the fitted operator alone, exact in time.
#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/fokker_planck/time_stepping.h>

#include "test_run.h"

using namespace rhoflow;

namespace
{
/// About `intervals` intervals between nodes of degree k on [−4, 4].
unsigned int cells_for(unsigned int intervals, unsigned int k)
{
  return (intervals + k / 2) / k;
}

Changes process(unsigned int dimension, unsigned int degree, double beta, unsigned int cells)
{
  const char *const name[3] = {"x", "y", "z"};
  Changes           changes{{"Learning problem/Neuron", "landscape"},
                  {"Mean field/Inverse temperature", std::to_string(beta)},
                  {"Fokker-Planck/Degree", std::to_string(degree)},
                  {"Domain/Subdivisions", std::to_string(cells > 128 ? cells / 2 : cells)},
                  {"Domain/Refinement", cells > 128 ? "1" : "0"}};
  std::string       coordinates, function, lower, upper, law, separator;
  for (unsigned int d = 0; d < dimension; ++d, separator = ", ")
    {
      coordinates += separator + name[d];
      function += std::string(d > 0 ? " + " : "") + name[d] + "^2/2";
      lower += separator + (dimension == 1 ? "-4" : "-2.6");
      upper += separator + (dimension == 1 ? "4" : "3.2");
      law += separator + "normal(1.5, sqrt(0.05))";
    }
  return with(changes, {{"Landscape/Coordinates", coordinates},
                        {"Landscape/Function", function},
                        {"Domain/Lower corner", lower},
                        {"Domain/Upper corner", upper},
                        {"Initial law/Law", law}});
}

/// N(m e⁻ᵗ, 1/β + (v − 1/β) e⁻²ᵗ) in every coordinate.
double exact(unsigned int dimension, const double *theta, double beta, double mean, double variance, double t)
{
  return gaussian(dimension, theta, std::vector<double>(dimension, mean * std::exp(-t)),
                  1. / beta + (variance - 1. / beta) * std::exp(-2. * t));
}
} // namespace

TEST_CASE("an Ornstein-Uhlenbeck process converges with the orders 2, 4, 5 and 6", "[fokker planck]")
{
  // Errors at t = 1 of the same scheme without fluxes between (33, 65, 129, 257 unknowns), to be met.
  const double   known[4][4] = {{4.5e-2, 1.2e-2, 3.0e-3, 7.5e-4},
                                {6.7e-3, 5.2e-4, 3.4e-5, 2.1e-6},
                                {2.9e-3, 8.2e-5, 2.3e-6, 6.6e-8},
                                {9.2e-4, 1.8e-5, 2.5e-7, 4.1e-9}};
  const double   order[4]    = {2., 4., 5., 6.};
  const unsigned k           = GENERATE(1u, 2u, 3u, 4u);
  double         error[4];
  for (unsigned int m = 0; m < 4; ++m)
    {
      TestRun run(process(1, k, 4., cells_for(32U << m, k)));
      run.start();
      run.evolve_frozen(1.);
      error[m] = run.error([](const double *theta) { return exact(1, theta, 4., 1.5, .05, 1.); });
      CAPTURE(k, run.state->space.n_global(), error[m]);
      CHECK(error[m] <= known[k - 1][m]);
      CHECK(run.state->mass() == Approx(1.).epsilon(1e-12));
    }
  CHECK(std::log2(error[2] / error[3]) >= order[k - 1] - .3);
}

TEST_CASE("hanging nodes keep the order", "[fokker planck]")
{
  // A third of the cells is refined, and the density crosses the border between.
  const auto [D, k, coarse] = GENERATE(table<unsigned int, unsigned int, unsigned int>(
    {{1, 1, 32}, {1, 2, 16}, {1, 3, 12}, {1, 4, 8}, {2, 1, 16}, {2, 2, 12}, {2, 3, 8}, {2, 4, 8}, {3, 1, 10}, {3, 2, 6}}));
  const double order[4]     = {2., 4., 5., 6.};
  const double duration     = D == 3 ? .2 : .5;
  double       error[2];
  for (unsigned int m = 0; m < 2; ++m)
    {
      const unsigned int dim = D;
      TestRun            run(process(D, k, 4., coarse << m));
      run.refine([dim](const double *x) { return x[0] > .2 && x[0] < 1.5 && (dim == 1 || (x[1] > -1. && x[1] < 1.)); });
      run.start([dim](const double *x) { return exact(dim, x, 4., 1., .15, 0.); });
      run.evolve_frozen(duration);
      error[m] = run.error([dim, duration](const double *x) { return exact(dim, x, 4., 1., .15, duration); });
      CHECK(run.state->mass() == Approx(1.).epsilon(1e-12));
    }
  CAPTURE(D, k, error[0], error[1]);
  CHECK(std::log2(error[0] / error[1]) >= order[k - 1] - .5);
}

TEST_CASE("on meshes that are far too coarse for cold noise the density stays positive and converges", "[fokker planck]")
{
  const unsigned k      = GENERATE(1u, 2u, 3u, 4u);
  double         before = 2.1;
  for (unsigned int m = 0; m < 4; ++m)
    {
      TestRun run(with(process(1, k, 40., cells_for(32U << m, k)),
                       {{"Fokker-Planck/Time stepping", "SDIRK2"}, {"Fokker-Planck/Error tolerance", "1e-5"}}));
      run.start();
      TimeStepping stepping(run.parameters);
      for (double time = 0.; time < 1.;)
        {
          time = stepping.step(*run.state, time, 1.);
          CHECK(run.state->minimum() >= 0.);
        }
      const double error = run.error([](const double *theta) { return exact(1, theta, 40., 1.5, .05, 1.); });
      CAPTURE(k, run.state->space.n_global(), error, before);
      CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
      CHECK(error < (m == 0 ? .5 : .9) * before);
      before = error;
    }
  const double finest[4] = {.08, .05, .03, .04};
  CHECK(before < finest[k - 1]);
}
