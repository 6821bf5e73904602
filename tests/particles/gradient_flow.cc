#include <catch2/catch.hpp>

#include <cmath>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/error.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/gradient_flow.h>
#include <solvers/particles/sgd/sgd.h>

#include "data_set_problem.h"
#include "linear_problem.h"

using namespace rhoflow;

TEST_CASE("gradient flow of linear neurons is exact to its tolerance", "[particles]")
{
  const LinearProblem problem({0.8, -0.5, 0.3}, {-0.2, 0.4, 0.}, 0.6);
  ParticleParameters  parameters;
  parameters.n_neurons = 70;
  parameters.method    = ParticleParameters::Method::gradient_flow;
  const double lambda  = 0.3;
  GradientFlow flow(problem, parameters, lambda, 5, 0);
  const auto   start = flow.parameters();
  // Two output times, of which the second one cuts a step.
  flow.advance_to(0.7);
  flow.advance_to(1.5);
  const auto end = flow.parameters();
  for (unsigned int i = 0; i < 3; ++i)
    {
      double m = 0.;
      for (unsigned int j = 0; j < 70; ++j)
        m += start[3 * j + i] / 70.;
      const double limit = problem.b[i] / (1. + lambda);
      const double mean  = limit + (m - limit) * std::exp(-(1. + lambda) * 1.5);
      for (unsigned int j = 0; j < 70; ++j)
        CHECK(end[3 * j + i] == Approx(mean + (start[3 * j + i] - m) * std::exp(-lambda * 1.5)).margin(1e-7));
    }
}

TEST_CASE("gradient flow takes no step through places where its velocity is not finite", "[particles]")
{
  // θ' = −θ, unknown beyond 10, where the stages of the first step lead.
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  prm.parse_input_from_string(
    "subsection Learning problem\n set Neuron = landscape\nend\nsubsection Landscape\n set Function = "
    "if(abs(x) < 10, x^2/2, log(-1))\nend\nsubsection Initial law\n set Law = point(1)\nend\n");
  const auto         problem = make_learning_problem(prm, {}, {}, 1);
  ParticleParameters parameters;
  parameters.n_neurons = 2;
  parameters.method    = ParticleParameters::Method::gradient_flow;
  parameters.step_size = 1000.;
  GradientFlow flow(*problem, parameters, 0., 1, 0);
  flow.advance_to(1.5);
  CHECK(flow.parameters()[1] == Approx(std::exp(-1.5)).epsilon(1e-6));
}

TEST_CASE("the velocity of gradient flow is the gradient of the network's risk", "[particles]")
{
  const auto type = GENERATE(ParticleNeuron::Type::ridge, ParticleNeuron::Type::weighted_ridge,
                             ParticleNeuron::Type::biased_ridge, ParticleNeuron::Type::bump);
  CAPTURE(static_cast<int>(type));
  const DataSetProblem problem(type, 2, 9, Activation::Kind::tanh);
  const std::uint64_t  M     = 67; // more than one chunk
  auto                 theta = initial_neurons(problem, M, 1, 0);
  std::vector<double>  velocity;
  make_node_velocity(problem)->evaluate(theta, velocity);
  const double h = 1e-5;
  for (std::size_t i = 0; i < theta.size(); i += 5)
    {
      const double centre = theta[i];
      theta[i]            = centre + h;
      const double above  = problem.particle_risk(theta.data(), M);
      theta[i]            = centre - h;
      const double below  = problem.particle_risk(theta.data(), M);
      theta[i]            = centre;
      CHECK(velocity[i] == Approx(-static_cast<double>(M) * (above - below) / (2. * h)).margin(1e-8));
    }
}

TEST_CASE("full-batch SGD with a small step follows the gradient flow", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::biased_ridge, 1, 12, Activation::Kind::tanh);
  ParticleParameters   parameters;
  parameters.n_neurons = 30;
  parameters.method    = ParticleParameters::Method::gradient_flow;
  GradientFlow flow(problem, parameters, 0.1, 5, 0);
  flow.advance_to(1.);
  const auto exact = flow.parameters();

  parameters.method     = ParticleParameters::Method::multi_pass_sgd;
  parameters.batch_size = 12;
  double errors[2];
  for (unsigned int i = 0; i < 2; ++i)
    {
      parameters.step_size = (i == 0 ? 0.02 : 0.01);
      Sgd sgd(problem, parameters, 0.1, 5, 0);
      sgd.advance_to(1.);
      const auto theta = sgd.parameters();
      errors[i]        = 0.;
      for (std::size_t k = 0; k < theta.size(); ++k)
        errors[i] = std::max(errors[i], std::abs(theta[k] - exact[k]));
    }
  CHECK(errors[1] < 0.01);
  CHECK(errors[0] / errors[1] == Approx(2.).epsilon(0.1));
}
