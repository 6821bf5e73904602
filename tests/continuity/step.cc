// Steps that go wrong are repeated with a smaller length and lead to the right answer; what no length mends ends with the
// reason.

#include <catch2/catch.hpp>

#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/continuity/continuity_step.h>

#include <tests/base/temporary_directory.h>

#include "density_run.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
/// A linear neuron that learns 0.6 x. Without weight decay the density moves as a whole: mean 0.6 − 1.1 exp(−t).
Settings linear_neuron(const std::string &method)
{
  return {{"Learning problem/Neuron", "linear"}, {"Learning problem/Input dimension", "1"},
          {"Data/Quadrature nodes", "2"},        {"Target/Type", "expression"},
          {"Target/Expression", "0.6*x"},        {"Initial law/Law", "normal(-0.5, 0.4)"},
          {"Domain/Lower corner", "-3"},         {"Domain/Upper corner", "3"},
          {"Domain/Subdivisions", "32"},         {"Discontinuous Galerkin/Time stepping", method}};
}

/// Neurons a tanh(w x) with weight decay, in two dimensions.
const Settings plane{{"Learning problem/Neuron", "weighted ridge"},
                     {"Learning problem/Activation", "tanh"},
                     {"Data/Quadrature nodes", "8"},
                     {"Target/Type", "expression"},
                     {"Target/Expression", "tanh(2*x)"},
                     {"Initial law/Law", "normal(0.3, 0.4), normal(-0.1, 0.4)"},
                     {"Mean field/Weight decay", "0.05"},
                     {"Domain/Lower corner", "-3, -3"},
                     {"Domain/Upper corner", "3, 3"},
                     {"Domain/Subdivisions", "8"}};

/// A density with the steps of the solver, and with the mistakes that a test makes in its parameters.
struct GuardedRun : DensityRun
{
  explicit GuardedRun(const Settings &settings, double cfl = 0.85, double longest = 1., MPI_Comm communicator = MPI_COMM_SELF)
    : DensityRun(settings, communicator)
  {
    parameters.cfl               = cfl;
    parameters.maximum_time_step = longest;
    stepping                     = std::make_unique<ContinuityStep>(parameters, method);
    output();
    energies.initial = energies.last_output;
  }

  void output()
  {
    const Diagnostics d  = diagnose();
    energies.last_output = d.risk + d.confinement;
  }

  void one_step(double end) { time = stepping->step(*solution, time, end, energies); }

  void guarded_advance(double end)
  {
    while (time < end)
      one_step(end);
  }

  std::unique_ptr<ContinuityStep> stepping;
  Energies                        energies;
};

std::string run_error(const std::function<void()> &action)
{
  try
    {
      action();
    }
  catch (const RunError &error)
    {
      return error.what();
    }
  return "no error";
}

double largest_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  REQUIRE(a.size() == b.size());
  double largest = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}
} // namespace

TEST_CASE("Steps: with lengths far beyond the stability limit the answer is that of stable ones")
{
  const std::string method = GENERATE("SSP(3,3)", "SSP(4,3)", "SSP(10,4)");
  CAPTURE(method);
  GuardedRun stable(linear_neuron(method)), hasty(linear_neuron(method), 1.);
  stable.guarded_advance(1.);
  CHECK(stable.stepping->n_repeated() == 0);
  CHECK(stable.diagnose().functionals.mean[0] == Approx(0.6 - 1.1 * std::exp(-1.)).epsilon(1e-4));

  // The rate that the first step believes in is a thousandth of the true one, which its first stage finds.
  GuardedRun        surprised(linear_neuron(method));
  const double      rate  = surprised.solution->max_rate();
  const std::size_t steps = stable.stepping->n_steps();
  surprised.solution->set_max_rate(1e-3 * rate);
  surprised.guarded_advance(1.);
  CHECK(surprised.stepping->n_repeated() == 1);
  CHECK_THAT(surprised.stepping->failure(), Contains("at t = 0 was beyond the stability limit, since the velocity grew"));
  // Nothing is left of the attempt.
  CHECK(surprised.stepping->n_steps() == steps);
  CHECK(surprised.solution->values() == stable.solution->values());
  CHECK(surprised.solution->moments() == stable.solution->moments());

  // A step that is exactly at the limit is within it.
  hasty.guarded_advance(1.);
  CHECK(hasty.stepping->n_repeated() == 0);
  CHECK(largest_difference(hasty.solution->values(), stable.solution->values()) < 1e-3);
}

TEST_CASE("Steps: where the velocity follows the moments faster than a step, the risk does not grow")
{
  // Near the target velocities vanish and allow steps of any length, in which the mean would be multiplied by
  // 1 − Δt + Δt²/2 − Δt³/6.
  const Settings settings = linear_neuron("SSP(3,3)") + Settings{{"Discontinuous Galerkin/Maximum time step", "1e9"}};
  DensityRun     unguarded(settings);
  CHECK_THAT(run_error([&] {
               for (double end = 5.; end <= 60.; end += 5.)
                 unguarded.advance(end);
             }),
             Contains("grown a thousandfold"));

  GuardedRun   guarded(settings, 0.85, 1e9);
  const double initial = guarded.energies.initial;
  for (double end = 5.; end <= 60.; end += 5.)
    {
      double before = guarded.risk();
      while (guarded.time < end)
        {
          guarded.one_step(end);
          const double after = guarded.risk();
          CHECK(after <= before + std::max(1e-5 * initial, 2. * before * guarded.stepping->last_step()) + 1e-12);
          before = after;
        }
      guarded.energies.last_output = guarded.risk();
      CAPTURE(end, guarded.risk());
      CHECK(guarded.risk() < (end > 10. ? 1e-4 : 1e-3) * initial);
    }
  CHECK(guarded.stepping->n_repeated() > 0);
  CHECK(guarded.stepping->n_repeated() < 20);
  CHECK_THAT(guarded.stepping->failure(), Contains("let the risk grow from "));
  CHECK(guarded.diagnose().mass == Approx(1.).epsilon(1e-12));
}

TEST_CASE("Steps: what no length mends ends after eight halvings with the density as it was")
{
  for (const std::string decay : {"0", "0.05"})
    {
      // An energy that was lower at the last output than any density's: every step has let it grow.
      GuardedRun run(plane + Settings{{"Mean field/Weight decay", decay}});
      run.guarded_advance(0.3);
      const auto          values = run.solution->values(), moments = run.solution->moments();
      const std::uint64_t steps = run.stepping->n_steps();
      run.energies.last_output  = -1.;
      const std::string message = run_error([&] { run.one_step(1.); });
      CAPTURE(decay);
      CHECK_THAT(message, Contains("let the risk grow from") && Contains("the step was halved 8 times") &&
                            Contains("'Discontinuous Galerkin/CFL number'") && Contains("Refinement/Adaptive"));
      CHECK(run.stepping->n_repeated() == 9);
      CHECK(run.stepping->n_steps() == steps);
      CHECK(run.solution->values() == values);
      CHECK(run.solution->moments() == moments);

      // The next steps are shorter, and their length comes back.
      run.output();
      const double full = run.time_step();
      run.one_step(1e3);
      CHECK(run.stepping->last_step() == Approx(full / 256.));
      for (unsigned int i = 0; i < 8; ++i)
        run.one_step(1e3);
      CHECK(run.stepping->last_step() == Approx(full / 128.).epsilon(.1));
      while (run.stepping->n_steps() < steps + 80)
        run.one_step(1e3);
      CHECK(run.stepping->last_step() == Approx(run.time_step()).epsilon(.1));
      CHECK(run.stepping->n_repeated() == 9);
    }
}

TEST_CASE("Steps: a density that is not finite is no matter of the step")
{
  for (const Settings &settings : {linear_neuron("SSP(10,4)"), plane})
    {
      GuardedRun run(settings);
      auto       values         = run.solution->values();
      values[values.size() / 2] = std::numeric_limits<double>::quiet_NaN();
      run.solution->reinit(*run.space, values);
      CHECK_THAT(run_error([&] { run.one_step(1.); }),
                 Contains("no longer finite") && Contains("Discontinuous Galerkin/CFL number"));
      CHECK(run.time == 0.);
    }
}

TEST_CASE("Steps: repeated ones are the same on any number of ranks, and go on from a checkpoint", "[mpi]")
{
  const TemporaryDirectory directory;
  // In the middle of the way a surprise by the velocity, and nine attempts that fail.
  const auto disturbed = [](GuardedRun &run) {
    run.guarded_advance(0.2);
    run.solution->set_max_rate(0.01 * run.solution->max_rate());
    run.one_step(1.);
    CHECK(run.stepping->n_repeated() == 1);
    const double right       = run.energies.last_output;
    run.energies.last_output = -1.;
    CHECK(run_error([&] { run.one_step(1.); }) != "no error");
    run.energies.last_output = right;
    while (run.stepping->n_steps() < 80)
      run.one_step(1e3);
  };
  const auto rest = [](GuardedRun &run) {
    while (run.stepping->n_steps() < 100)
      run.one_step(1e3);
  };
  GuardedRun alone(plane), together(plane, 0.85, 1., MPI_COMM_WORLD);
  disturbed(alone);
  disturbed(together);
  CHECK(together.time == alone.time);
  CHECK(together.stepping->n_repeated() == alone.stepping->n_repeated());
  CHECK(alone.stepping->n_repeated() == 10);
  CHECK(together.stepping->failure() == alone.stepping->failure());
  CHECK(together.solution->moments() == alone.solution->moments());

  CheckpointWriter writer(MPI_COMM_WORLD);
  save_state(writer, "steps", *together.stepping);
  writer.write(directory.path("state"), together.time, 1);
  GuardedRun resumed(plane);
  load_state(CheckpointReader(directory.path("state"), MPI_COMM_SELF), "steps", *resumed.stepping);
  CHECK(resumed.stepping->failure() == alone.stepping->failure());
  CHECK(resumed.stepping->n_repeated() == alone.stepping->n_repeated());
  resumed.start(alone.solution->values());
  resumed.solution->set_max_rate(alone.solution->max_rate());
  resumed.time     = together.time;
  resumed.energies = together.energies;
  rest(resumed);
  rest(alone);
  rest(together);
  for (GuardedRun *const run : {&together, &resumed})
    {
      CHECK(run->time == alone.time);
      CHECK(run->stepping->n_repeated() == alone.stepping->n_repeated());
      CHECK(run->stepping->last_step() == alone.stepping->last_step());
      CHECK(run->solution->moments() == alone.solution->moments());
    }
}
