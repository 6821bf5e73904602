// Steps that go wrong are repeated with a smaller length and lead to the right answer; what no length mends ends with the
// reason.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/fokker_planck/time_stepping.h>

#include "../base/temporary_directory.h"
#include "problems.h"
#include "test_run.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
/// The state of a TimeStepping after its first step, with another longest stable step.
struct OtherStableStep
{
  double longest;

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("longest stable step", self.longest);
    for (const char *const number : {"last step", "free energy"})
      visit(number, 0.);
    for (const char *const number : {"next step of SDIRK2", "step factor"})
      visit(number, 1.);
    for (const char *const count : {"steps", "steps since it was looked at"})
      visit(count, std::uint64_t(1));
    for (const char *const count :
         {"steps rejected", "nonlinear iterations", "linear iterations", "linear systems", "monotone fallbacks"})
      visit(count, std::uint64_t(0));
    visit("free energy is known", false);
    visit("why a step failed", std::string());
    visit("last change of the residual", std::vector<double>());
  }
};

/// y = 0.8 x, λ = 0.5, β = 20: the mean goes to 0.8/1.5, the variance to 1/(λβ).
Changes linear(const std::string &stepping, const std::string &time_step)
{
  return with(problem_named("linear"), {{"Fokker-Planck/Time stepping", stepping}, {"Fokker-Planck/Time step", time_step}});
}

double mean(const TestRun &run)
{
  return run.mean([](const double *x) { return x[0]; });
}

std::string error_of_step(TimeStepping &stepping, TestRun &run, double time, double end)
{
  try
    {
      stepping.step(*run.state, time, end);
    }
  catch (const RunError &error)
    {
      return error.what();
    }
  return "no error";
}

/// Steps up to `end`, in each of which the free energy falls.
void advance(TimeStepping &stepping, TestRun &run, double &time, double end)
{
  while (time < end)
    {
      const double before = run.free_energy();
      time                = stepping.step(*run.state, time, end);
      const double after  = run.free_energy();
      CAPTURE(time, before, after);
      CHECK(after <= before + 1.1e-6 * (1. + std::abs(before)));
    }
  CHECK(std::abs(run.state->mass() - 1.) <= 1e-12);
}
} // namespace

TEST_CASE("a potential that is too old for the step is mended by shorter steps", "[fokker planck]")
{
  // With the potential at the old time a long step leads from the mean m to 2 (0.8 − m), away from the mean at rest.
  TestRun run(linear("semi-implicit Euler", "100"));
  run.start();
  TimeStepping stepping(run.parameters);
  double       time = 0.;
  advance(stepping, run, time, 400.);
  CHECK(stepping.counts().rejected > 3);
  CHECK_THAT(stepping.failure(), Contains("an implicit step of length ") && Contains("failed: the free energy grew from "));
  CHECK(mean(run) == Approx(.8 / 1.5).epsilon(1e-3));
  // Later steps are not tried with the full length first: about one rejection in eight steps is left.
  CHECK(stepping.counts().rejected < stepping.counts().steps / 3);

  // Two hundred and fifty-six times shorter is still too long.
  TestRun hopeless(linear("semi-implicit Euler", "1e5"));
  hopeless.start();
  const std::vector<double> before = hopeless.state->p;
  TimeStepping              coarse(hopeless.parameters);
  CHECK_THAT(error_of_step(coarse, hopeless, 0., 1e7), Contains("the free energy grew from ") &&
                                                         Contains("Choose 'implicit Euler'") &&
                                                         Contains("Reduce 'Fokker-Planck/Time step'"));
  CHECK(coarse.counts().rejected == 9);
  CHECK(coarse.counts().steps == 0);
  CHECK(hopeless.state->p == before);
}

TEST_CASE("explicit steps beyond the stability limit are mended by shorter steps", "[fokker planck]")
{
  const TemporaryDirectory directory;
  const double             wrong = GENERATE(6., 20., 100.);
  TestRun                  stable_run(linear("SSP(3,3)", "1"), MPI_COMM_SELF), run(linear("SSP(3,3)", "1"), MPI_COMM_SELF);
  stable_run.start();
  run.start();
  TimeStepping stable(stable_run.parameters), misled(run.parameters);
  double       time = 0.;
  advance(stable, stable_run, time, .5);
  CHECK(stable.counts().rejected == 0);

  // A state in which the longest stable step is wrong by a factor.
  CheckpointWriter state(MPI_COMM_SELF);
  save_state(state, "time stepping", OtherStableStep{wrong * stable.last_step()});
  state.put("rate of the residual", std::vector<double>());
  state.write(directory.path("state"), 0., 1);
  misled.load(CheckpointReader(directory.path("state"), MPI_COMM_SELF), "", *run.state);
  time = 0.;
  advance(misled, run, time, .5);
  CAPTURE(wrong, misled.failure());
  CHECK(misled.counts().rejected > 0);
  CHECK(misled.counts().rejected < 12);
  CHECK_THAT(misled.failure(), Contains("an explicit step of length ") && Contains("failed: "));
  CHECK(mean(run) == Approx(mean(stable_run)).epsilon(1e-4));
  CHECK(run.free_energy() == Approx(stable_run.free_energy()).epsilon(1e-3));
  CHECK(run.state->minimum() > -1e-3);
}

TEST_CASE("equations that do not converge are tried with shorter steps, so many times", "[fokker planck]")
{
  const auto difficult = [](const std::string &iterations, const std::string &time_step) {
    return with(problem_named("tanh"), {{"Fokker-Planck/Maximum nonlinear iterations", iterations},
                                        {"Fokker-Planck/Nonlinear tolerance", "1e-9"},
                                        {"Fokker-Planck/Time step", time_step}});
  };
  TestRun run(difficult("3", "4"));
  run.start();
  TimeStepping stepping(run.parameters);
  double       time = 0.;
  advance(stepping, run, time, 4.);
  CHECK(stepping.counts().rejected > 0);
  CHECK_THAT(stepping.failure(), Contains("did not converge: ") && Contains("iteration in moment space"));
  TestRun      reference(difficult("100", "0.05"));
  TimeStepping fine(reference.parameters);
  reference.start();
  time = 0.;
  advance(fine, reference, time, 4.);
  CHECK(fine.counts().rejected == 0);
  CHECK(run.free_energy() == Approx(reference.free_energy()).epsilon(.05));

  TestRun hopeless(with(difficult("1", "1"), {{"Fokker-Planck/Nonlinear tolerance", "1e-15"}}));
  hopeless.start();
  const std::vector<double> before = hopeless.state->p, residual = hopeless.state->e;
  TimeStepping              never(hopeless.parameters);
  CHECK_THAT(error_of_step(never, hopeless, 0., 10.),
             Contains("did not converge: ") && Contains("Maximum nonlinear iterations") && Contains("-linear_pc_type"));
  CHECK(never.counts().rejected == 9);
  CHECK(hopeless.state->p == before);
  CHECK(hopeless.state->e == residual);
}

TEST_CASE("a density with entropy that is not finite is no matter of the step", "[fokker planck]")
{
  const auto name = GENERATE(as<std::string>{}, "implicit Euler", "SDIRK2", "semi-implicit Euler", "SSP(3,3)");
  TestRun    run(linear(name, "0.01"), MPI_COMM_SELF);
  run.start();
  TimeStepping        stepping(run.parameters);
  double              time     = stepping.step(*run.state, 0., 1.);
  const std::uint64_t rejected = stepping.counts().rejected;
  stepping.forget();
  run.state->p[3] = std::numeric_limits<double>::quiet_NaN();
  CAPTURE(name);
  CHECK_THAT(error_of_step(stepping, run, time, 1.),
             Contains("not finite") && Contains("Fokker-Planck/Time step") && Contains("implicit"));
  CHECK(stepping.counts().rejected == rejected);
}
