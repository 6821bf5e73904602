#include <catch2/catch.hpp>
#include <solvers/particles/ensemble/make_network.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/gradient_flow.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

namespace
{
std::unique_ptr<LearningProblem> landscape(const std::string &function, const std::string &coordinates, const std::string &law)
{
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  prm.parse_input_from_string(
    "subsection Learning problem\n set Neuron = landscape\nend\nsubsection Landscape\n set Function = " + function +
    "\n set Coordinates = " + coordinates + "\nend\nsubsection Initial law\n set Law = " + law + "\nend\n");
  return make_learning_problem(prm, {}, {}, 1);
}

ParticleParameters descent(double step_size, double beta)
{
  ParticleParameters parameters;
  parameters.method              = ParticleParameters::Method::gradient_descent;
  parameters.step_size           = step_size;
  parameters.inverse_temperature = beta;
  return parameters;
}
} // namespace

TEST_CASE("walkers in a quadratic landscape have the variances of the discrete Ornstein-Uhlenbeck process", "[particles]")
{
  // L = k x²/2 with decay λ: x ← (1 − η(k + λ)) x + √(2η/β) g, stationary variance 1/(β(k + λ)(1 − (k + λ)η/2)).
  const double k = 1.5, lambda = GENERATE(0., 0.5), eta = 0.4, beta = 3., rate = k + lambda;
  const auto   problem    = landscape("1.5*x^2/2", "x", "normal(1, 0.2)");
  auto         parameters = descent(eta, beta);
  parameters.n_neurons    = 200;
  parameters.n_replicas   = 400;
  Replicas walkers(*problem, parameters, lambda, 7, MPI_COMM_SELF);
  double   mean_now = 1., variance = .04;
  for (const unsigned int steps : {1u, 2u, 40u})
    {
      CAPTURE(lambda, steps);
      walkers.advance_to(steps * eta);
      mean_now = std::pow(1. - eta * rate, steps);
      variance = .04;
      for (unsigned int s = 0; s < steps; ++s)
        variance = std::pow(1. - eta * rate, 2) * variance + 2. * eta / beta;
      const auto          x = walkers.local_coordinates();
      std::vector<double> squares;
      for (const double value : x)
        squares.push_back((value - mean_now) * (value - mean_now));
      CHECK(std::abs(mean(x) - mean_now) < 3.5 * standard_error(x));
      CHECK(std::abs(mean(squares) - variance) < 3.5 * standard_error(squares));
      const auto risks = walkers.risks();
      CHECK(std::abs(mean(risks) - .5 * k * (variance + mean_now * mean_now)) < 3.5 * standard_error(risks));
    }
  const double stationary = 1. / (beta * rate * (1. - .5 * rate * eta));
  CHECK(variance == Approx(stationary).epsilon(1e-6));
  // The sample tells the step's inflation from none.
  CHECK(stationary * .5 * rate * eta > 10. * stationary * std::sqrt(2. / 80000.));
}

TEST_CASE("walkers do not interact", "[particles]")
{
  const auto problem    = landscape("(x^2 - 1)^2 + x*y^2", "x, y", "normal(-1, 0.2), uniform(-1, 1)");
  auto       parameters = descent(0.01, 5.);
  parameters.n_neurons  = 6;
  parameters.n_replicas = 1;
  Replicas many(*problem, parameters, 0., 3, MPI_COMM_SELF);
  parameters.n_neurons = 2;
  Replicas few(*problem, parameters, 0., 3, MPI_COMM_SELF);
  many.advance_to(1.);
  few.advance_to(1.);
  const auto a = many.local_coordinates(), b = few.local_coordinates();
  for (unsigned int i = 0; i < 4; ++i)
    CHECK(a[i] == b[i]);
}

TEST_CASE("a walker without noise follows the gradient", "[particles]")
{
  const auto problem    = landscape("x^2 + 2*y^2", "x, y", "point(1), point(-0.5)");
  auto       parameters = descent(0.05, std::numeric_limits<double>::infinity());
  parameters.n_neurons  = 1;
  parameters.n_replicas = 1;
  Replicas steps(*problem, parameters, 0.3, 1, MPI_COMM_SELF);
  steps.advance_to(0.5);
  const auto x = steps.local_coordinates();
  CHECK(x[0] == Approx(std::pow(1. - .05 * 2.3, 10)).epsilon(1e-11));
  CHECK(x[1] == Approx(-.5 * std::pow(1. - .05 * 4.3, 10)).epsilon(1e-11));

  parameters.method = ParticleParameters::Method::gradient_flow;
  Replicas flow(*problem, parameters, 0.3, 1, MPI_COMM_SELF);
  flow.advance_to(0.5);
  const auto y = flow.local_coordinates();
  CHECK(y[0] == Approx(std::exp(-2.3 * .5)).epsilon(1e-6));
  CHECK(y[1] == Approx(-.5 * std::exp(-4.3 * .5)).epsilon(1e-6));
}

TEST_CASE("walkers are bitwise the same on any number of ranks", "[particles][mpi]")
{
  const auto problem    = landscape("(x^2 - 1)^2", "x", "normal(-1, 0.2)");
  auto       parameters = descent(0.01, 2.);
  parameters.n_neurons  = 40;
  parameters.n_replicas = 5;
  Replicas alone(*problem, parameters, 0., 3, MPI_COMM_SELF), shared(*problem, parameters, 0., 3, MPI_COMM_WORLD);
  alone.advance_to(2.);
  shared.advance_to(2.);
  CHECK(alone.risks() == shared.risks());
}

TEST_CASE("SGD has nothing to sample in a landscape", "[particles]")
{
  const auto problem = landscape("x^2", "x", "normal(0, 1)");
  for (const auto method : {ParticleParameters::Method::one_pass_sgd, ParticleParameters::Method::multi_pass_sgd})
    {
      auto parameters   = descent(0.1, 1.);
      parameters.method = method;
      CHECK(refusal([&]() { check_network(*problem, parameters); }) ==
            Refused{"Particles/Method", Refusal::unsupported}.naming("'gradient descent'"));
    }
  auto flow   = descent(0.1, 1.);
  flow.method = ParticleParameters::Method::gradient_flow;
  CHECK(refusal([&]() { check_network(*problem, flow); }) ==
        Refused{"Particles/Method", Refusal::unsupported}.naming("'gradient descent'"));
  CHECK(make_landscape_velocity(*problem) != nullptr);
}
