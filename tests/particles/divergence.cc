#include <catch2/catch.hpp>

#include <cmath>
#include <utility>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/error.h>
#include <solvers/comparison/parameters.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/divergence.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/network.h>

#include <tests/support/refusals.h>

#include "linear_problem.h"

using namespace rhoflow;
using Catch::Contains;
using Method = ParticleParameters::Method;

namespace
{
ParticleParameters networks(Method method, double step_size)
{
  ParticleParameters parameters;
  parameters.method     = method;
  parameters.step_size  = step_size;
  parameters.n_neurons  = 10;
  parameters.n_replicas = 3;
  return parameters;
}

std::unique_ptr<LearningProblem> landscape(const std::string &function, const std::string &law)
{
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  prm.parse_input_from_string(
    "subsection Learning problem\n set Neuron = landscape\nend\nsubsection Landscape\n set Function = " + function +
    "\nend\nsubsection Initial law\n set Law = " + law + "\nend\n");
  return make_learning_problem(prm, {-2.}, {2.}, 1);
}

/// The message of the RunError that `work` throws, or "no error".
template <typename Work>
std::string run_error(const Work &work)
{
  try
    {
      work();
    }
  catch (const RunError &error)
    {
      return error.what();
    }
  return "no error";
}

/// Trains with pauses up to `end`, and returns the time of the last one before an error.
double train_until_error(Replicas &replicas, double end, const std::string &message = "iverged")
{
  double time = 0.;
  CHECK_THAT(run_error([&]() {
               while (time < end)
                 time = replicas.advance(end, end);
             }),
             Contains(message) && Contains("'Step size' in section 'Particles'"));
  return time;
}
} // namespace

TEST_CASE("training that grows by orders of magnitude is an error at the next output", "[particles][mpi]")
{
  // Steps beyond the stability limit 2: the risk grows by orders of magnitude, but is far from overflow at t = 300.
  const LinearProblem problem({1.}, {0.}, 1.);
  for (const auto &[method, step] : {std::pair(Method::one_pass_sgd, 5.), std::pair(Method::gradient_descent, 2.5)})
    {
      Replicas replicas(problem, networks(method, step), 0., 1, MPI_COMM_WORLD);
      replicas.risks();
      replicas.advance_to(300.);
      CHECK_THAT(run_error([&]() { replicas.risks(); }), Contains("Training diverged: the risk of network 0 has grown to ") &&
                                                           Contains(" at t = 300, more than 1000 times ") &&
                                                           Contains("smaller 'Step size' in section 'Particles' than "));
    }
}

TEST_CASE("training that diverges is an error long before a distant output", "[particles][mpi]")
{
  // x = ±1: a factor of −1.0005 a step. The risk is 1000 times that of the start after 7000 steps, and 1e30 is 138,000 steps
  // away.
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  prm.parse_input_from_string("subsection Learning problem\n set Neuron = linear\nend\nsubsection Data\n set Law = discrete\n"
                              " set Points = -1 | 1\nend\nsubsection Target\n set Type = expression\n set Expression = x\nend\n"
                              "subsection Initial law\n set Law = normal(0, 1)\nend\n");
  const auto   problem = make_learning_problem(prm, {}, {}, 1);
  const double step    = 2.0005;
  for (const Method method : {Method::one_pass_sgd, Method::multi_pass_sgd, Method::gradient_descent})
    {
      Replicas     replicas(*problem, networks(method, step), 0., 1, MPI_COMM_WORLD);
      const double last = train_until_error(replicas, 100000 * step, "Training diverged: the risk of network ");
      CHECK(last > 5000 * step);
      CHECK(last < 30000 * step);
    }
}

TEST_CASE("the scale of divergence is the risk of nothing and of the initial neurons", "[particles]")
{
  const LinearProblem problem({0.6, -0.8}, {3., 0.}, 0.);
  ParticleParameters  parameters = networks(Method::one_pass_sgd, 0.1);
  // ½ |b|² + ½ |θ|²
  const double    scale = .5 + 4.5;
  DivergenceCheck check(problem, parameters, 1);
  CHECK_NOTHROW(check.require(0.999 * 1000. * scale, 0, 1.));
  CHECK_THAT(run_error([&]() { check.require(1.001 * 1000. * scale, 2, 1.); }),
             Contains("the risk of network 2") && Contains("1000 times 5, "));
  CHECK_THAT(run_error([&]() { check.require(std::nan(""), 2, 1.); }), Contains("not finite"));
  // The lazy scaling makes f larger by √M, and noise adds n/β.
  parameters.scaling             = ParticleParameters::Scaling::lazy;
  parameters.inverse_temperature = 0.5;
  DivergenceCheck lazy(problem, parameters, 1);
  CHECK_NOTHROW(lazy.require(0.999 * 1000. * (.5 + 10. * 4.5 + 4.), 0, 1.));
  CHECK_THROWS_AS(lazy.require(1.001 * 1000. * (.5 + 10. * 4.5 + 4.), 0, 1.), RunError);
}

TEST_CASE("training from the solution with noise, and without any scale, does not diverge", "[particles]")
{
  // b = 0 and θ = 0: the risk is 0 at the start, and that of the noise later.
  const LinearProblem still({0.}, {0.}, 0.);
  for (const double beta : {std::numeric_limits<double>::infinity(), 1e6, 1e-6})
    {
      ParticleParameters parameters  = networks(Method::gradient_descent, 0.1);
      parameters.inverse_temperature = beta;
      Replicas replicas(still, parameters, 0.1, 1, MPI_COMM_SELF);
      for (double time = 0.; time < 50.;)
        time = replicas.advance(50., 50.);
      CHECK_NOTHROW(replicas.risks());
    }
}

TEST_CASE("walkers that leave a landscape are an error", "[particles]")
{
  // Beyond 1e13 differences of L vanish, and walkers stay where they are.
  const auto well = landscape("(x^2 - 1)^2", "uniform(-2, 2)");
  Replicas   walkers(*well, networks(Method::gradient_descent, 0.7), 0., 1, MPI_COMM_SELF);
  CHECK(train_until_error(walkers, 7.) < 7.);
  // A growing mean of L.
  const auto bowl = landscape("x^2/2", "point(1)");
  Replicas   unstable(*bowl, networks(Method::gradient_descent, 2.2), 0., 1, MPI_COMM_SELF);
  CHECK(train_until_error(unstable, 2.2e5) < 2.2e4);
  // Falling without bound is what these landscapes ask for, as long as the gradient is known.
  for (const auto &[method, function] :
       {std::pair(Method::gradient_descent, "-x^2/2"), std::pair(Method::gradient_flow, "-1e9*x")})
    {
      const auto         hill       = landscape(function, "point(1)");
      ParticleParameters parameters = networks(method, 0.01);
      parameters.flow_tolerance     = 1e-2;
      Replicas fall(*hill, parameters, 0., 1, MPI_COMM_SELF);
      fall.advance_to(15.);
      CHECK(fall.risks()[0] < -1e10);
      CHECK_THROWS_AS(fall.advance_to(60.), RunError);
    }
}

TEST_CASE("steps that make weight decay grow are refused", "[particles]")
{
  const auto refused = [](const ParticleParameters &parameters, double lambda) {
    return refusal([&]() { parameters.check_weight_decay(lambda, {0., 1., 2.}); });
  };
  for (const Method method : {Method::one_pass_sgd, Method::multi_pass_sgd, Method::gradient_descent})
    {
      CHECK(refused(networks(method, 0.01), 250.) ==
            Refused{"Particles/Step size", Refusal::out_of_range}.naming("1 - 2.5").naming("0.008"));
      CHECK_FALSE(refused(networks(method, 0.01), 200.));
      CHECK_FALSE(refused(networks(method, 0.01), 0.));
    }
  CHECK_FALSE(refused(networks(Method::gradient_flow, 0.01), 250.));

  // A peak that one step of the schedule meets.
  ParticleParameters scheduled = networks(Method::one_pass_sgd, 0.01);
  scheduled.schedule           = "if(t > 1.29 && t < 1.31, 20, 1)";
  CHECK(refused(scheduled, 20.) == Refused{"Particles/Schedule", Refusal::out_of_range}.naming("t = 1."));
  CHECK_FALSE(refused(scheduled, 9.));
  scheduled.step_size = 1e-8; // 2e8 steps
  CHECK(refused(scheduled, 2e7) == Refused{"Particles/Schedule", Refusal::out_of_range});
  // Steps that output times cut count as they are.
  scheduled.schedule  = "1/(1 + t)";
  scheduled.step_size = 5.;
  CHECK_FALSE(refused(scheduled, 1.9));
  CHECK(refused(scheduled, 2.1) == Refused{"Particles/Schedule", Refusal::out_of_range});
  // The networks with twice the step beside a density.
  CHECK_FALSE(refused(networks(Method::one_pass_sgd, 0.01), 150.));
  CHECK(refused(twice_the_step(networks(Method::one_pass_sgd, 0.01)), 150.) ==
        Refused{"Particles/Step size", Refusal::out_of_range}.naming("'Comparison/Bias estimation = none'"));
}
