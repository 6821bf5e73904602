// The same numbers on any number of ranks, up to the tolerance of the linear solvers.
#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/time_stepping.h>
#include <solvers/model/observables.h>

#include "problems.h"
#include "test_run.h"

using namespace rhoflow;

namespace
{
std::vector<double> statistics(const Changes &changes, MPI_Comm communicator)
{
  TestRun run(changes, communicator);
  run.start();
  run.adapt();
  run.start();
  TimeStepping        stepping(run.parameters);
  std::vector<double> numbers;
  double              time = 0.;
  for (unsigned int step = 0; step < 4; ++step)
    {
      if (step % 2 == 1 && run.adapt())
        stepping.forget();
      time = stepping.step(*run.state, time, 1e3);
      run.state->set(std::move(run.state->p));
      const Equilibrium rest(run.state->potential, run.state->space, run.state->e);
      const auto        d = diagnose(run.state->fitted, run.state->potential, run.state->p, &rest, Observables());
      CHECK(std::abs(d.mass - 1.) <= 1e-12);
      CHECK(d.minimum >= 0.);
      numbers.insert(numbers.end(), {time, d.risk, d.free_energy, d.entropy, d.upper_bound, d.lower_bound, d.distance,
                                     d.confinement, d.boundary_mass, static_cast<double>(run.mesh->n_global_cells()),
                                     static_cast<double>(run.state->space.n_global())});
      numbers.insert(numbers.end(), d.functionals.mean.begin(), d.functionals.mean.end());
      numbers.insert(numbers.end(), d.functionals.covariance.begin(), d.functionals.covariance.end());
    }
  return numbers;
}
} // namespace

TEST_CASE("on every number of ranks the statistics are the same", "[fokker planck][mpi]")
{
  const auto     problem  = GENERATE(as<std::string>{}, "tanh", "periodic", "single neuron");
  const auto     stepping = GENERATE(as<std::string>{}, "implicit Euler", "SDIRK2");
  const unsigned k        = problem == "single neuron" ? 1 : 2;
  const auto     changes  = with(problem_named(problem), {{"Fokker-Planck/Degree", std::to_string(k)},
                                                          {"Fokker-Planck/Time stepping", stepping},
                                                          {"Fokker-Planck/Time step", "0.1"},
                                                          {"Fokker-Planck/Maximum time step", "0.1"},
                                                          {"Fokker-Planck/Error tolerance", "1"},
                                                          {"Fokker-Planck/Nonlinear tolerance", "1e-12"},
                                                          {"Fokker-Planck/Linear tolerance", "1e-13"},
                                                          {"Refinement/Adaptive", "true"},
                                                          {"Refinement/Maximum level", "1"},
                                                          {"Refinement/Tolerance", "2e-3"}});
  const auto     together = statistics(changes, MPI_COMM_WORLD), alone = statistics(changes, MPI_COMM_SELF);
  REQUIRE(together.size() == alone.size());
  for (std::size_t i = 0; i < alone.size(); ++i)
    {
      CAPTURE(problem, stepping, k, i);
      CHECK(together[i] == Approx(alone[i]).epsilon(1e-10).margin(1e-11));
    }
}
