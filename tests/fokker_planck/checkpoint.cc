// A state that was kept is the same on other numbers of ranks, and what follows from it is, up to the tolerance of the solvers.
#include <catch2/catch.hpp>

#include <array>
#include <map>

#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/time_stepping.h>
#include <solvers/model/observables.h>

#include "../base/temporary_directory.h"
#include "problems.h"
#include "test_run.h"

using namespace rhoflow;

namespace
{
struct Evolution
{
  Evolution(const Changes &changes, MPI_Comm communicator)
    : run(changes, communicator)
    , stepping(run.parameters)
  {}

  void start()
  {
    run.start();
    run.adapt();
    run.start();
  }

  /// Adapts the mesh before every second step.
  void step(unsigned int count)
  {
    for (unsigned int i = 0; i < count; ++i)
      {
        if (stepping.counts().steps % 2 == 1 && run.adapt())
          stepping.forget();
        time = stepping.step(*run.state, time, 1e3);
      }
  }

  std::vector<double> numbers()
  {
    run.state->set(std::move(run.state->p));
    run.state->equilibrium = std::make_unique<Equilibrium>(run.state->potential, run.state->space, run.state->e);
    const auto d = diagnose(run.state->fitted, run.state->potential, run.state->p, run.state->equilibrium.get(), Observables());
    std::vector<double> result{time,
                               stepping.last_step(),
                               d.risk,
                               d.free_energy,
                               d.entropy,
                               d.upper_bound,
                               d.distance,
                               d.confinement,
                               d.mass,
                               d.minimum,
                               static_cast<double>(run.mesh->n_global_cells())};
    result.insert(result.end(), d.functionals.mean.begin(), d.functionals.mean.end());
    result.insert(result.end(), d.functionals.covariance.begin(), d.functionals.covariance.end());
    return result;
  }

  void save(const std::string &file) const
  {
    CheckpointWriter checkpoint(run.comm);
    checkpoint.put("mesh", run.mesh->all_cells());
    checkpoint.put("time", time);
    run.state->save(checkpoint, "");
    stepping.save(checkpoint, "");
    checkpoint.write(file, time, 1);
  }

  void load(const std::string &file)
  {
    const CheckpointReader           checkpoint(file, run.comm);
    const std::vector<std::uint64_t> places = run.mesh->recreate(checkpoint.integers("mesh"));
    time                                    = checkpoint.number_of("time");
    run.state = std::make_unique<FokkerPlanckState>(*run.mesh, *run.common.mean_field, run.beta, run.parameters.degree,
                                                    run.parameters.stage);
    run.state->load(checkpoint, "", places);
    stepping.load(checkpoint, "", *run.state);
  }

  TestRun      run;
  TimeStepping stepping;
  double       time = 0.;
};

/// What a checkpoint has of each cell, whatever the order of the cells.
std::map<std::array<std::uint64_t, 4>, std::vector<double>> rows_of_cells(const CheckpointReader &checkpoint)
{
  const std::vector<std::uint64_t>                            cells = checkpoint.integers("mesh");
  const std::vector<double>                                   rows  = checkpoint.numbers("density");
  const std::size_t                                           n     = cells.size() / 4;
  std::map<std::array<std::uint64_t, 4>, std::vector<double>> result;
  for (std::size_t c = 0; c < n; ++c)
    result[{{cells[4 * c], cells[4 * c + 1], cells[4 * c + 2], cells[4 * c + 3]}}] = {
      rows.begin() + static_cast<std::ptrdiff_t>(c * rows.size() / n),
      rows.begin() + static_cast<std::ptrdiff_t>((c + 1) * rows.size() / n)};
  return result;
}

void check_same_state(const CheckpointReader &one, const CheckpointReader &other)
{
  CHECK(rows_of_cells(one) == rows_of_cells(other));
  for (const char *const name :
       {"residual", "moment jacobian", "time stepping/last change of the residual", "rate of the residual", "time"})
    CHECK(one.numbers(name) == other.numbers(name));
  CHECK(one.text("time stepping") == other.text("time stepping"));
  CHECK(one.integer("equilibrium is known") == other.integer("equilibrium is known"));
}
} // namespace

TEST_CASE("a density with entropy goes on from a checkpoint on another number of ranks", "[fokker planck][mpi]")
{
  const TemporaryDirectory directory;
  const std::string        mine     = std::to_string(rank_of(MPI_COMM_WORLD));
  const auto               problem  = GENERATE(as<std::string>{}, "linear", "tanh", "periodic", "single neuron");
  const auto               stepping = GENERATE(as<std::string>{}, "implicit Euler", "SDIRK2", "SSP(3,3)");
  CAPTURE(problem, stepping);
  const auto changes = with(problem_named(problem), {{"Fokker-Planck/Degree", problem == "single neuron" ? "1" : "2"},
                                                     {"Fokker-Planck/Time stepping", stepping},
                                                     {"Fokker-Planck/Time step", "0.05"},
                                                     {"Fokker-Planck/Error tolerance", "1e-2"},
                                                     {"Fokker-Planck/Nonlinear tolerance", "1e-12"},
                                                     {"Fokker-Planck/Linear tolerance", "1e-13"},
                                                     {"Refinement/Adaptive", "true"},
                                                     {"Refinement/Maximum level", "1"},
                                                     {"Refinement/Tolerance", "2e-3"}});
  Evolution  whole(changes, MPI_COMM_SELF);
  whole.start();
  whole.step(2);
  whole.numbers(); // an output, which finds the equilibrium
  whole.step(1);
  whole.save(directory.path("alone_" + mine));
  whole.step(4);
  const std::vector<double> expected = whole.numbers();

  const auto goes_on = [&](Evolution &evolution) {
    evolution.step(4);
    const std::vector<double> found = evolution.numbers();
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      {
        CAPTURE(i);
        CHECK(found[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-11));
      }
  };
  MPI_Barrier(MPI_COMM_WORLD);
  Evolution together(changes, MPI_COMM_WORLD);
  together.load(directory.path("alone_0"));
  together.save(directory.path("together"));
  check_same_state(CheckpointReader(directory.path("alone_0"), MPI_COMM_WORLD),
                   CheckpointReader(directory.path("together"), MPI_COMM_WORLD));
  goes_on(together);

  Evolution alone(changes, MPI_COMM_SELF);
  alone.load(directory.path("together"));
  alone.save(directory.path("again_" + mine));
  check_same_state(CheckpointReader(directory.path("together"), MPI_COMM_SELF),
                   CheckpointReader(directory.path("again_" + mine), MPI_COMM_SELF));
  goes_on(alone);
}
