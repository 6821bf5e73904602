#include <catch2/catch.hpp>

#include <solvers/model/data_nodes.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

using namespace rhoflow;

namespace
{
/// Neurons a tanh(w x), the steepest with w = 3 `width`.
ModelChoices tanh_neurons(const double width)
{
  ModelChoices choices;
  choices.neuron            = NeuronKind::weighted_ridge;
  choices.activation        = Activation::Kind::tanh;
  choices.target            = TargetKind::expression;
  choices.target_expression = "tanh(2*x) - 0.6*tanh(x - 1)";
  choices.initial_law       = "normal(1, 1), normal(0.5, " + std::to_string(width) + ")";
  return choices;
}

std::vector<Measure> initial_law(const ModelChoices &choices)
{
  Measure law;
  make_problem(choices)->initial_law().quadrature(7, law.points, law.weights);
  return {law};
}

/// The error of the chosen nodes, by a quadrature with several times as many of all kinds.
double true_error(const ModelChoices &choices, const DataNodes &nodes)
{
  DataNodes finer = nodes;
  finer.quadrature *= 4;
  finer.radial *= 3;
  finer.angular *= 3;
  return quadrature_difference(*make_problem(nodes.in(choices)), *make_problem(finer.in(choices)), initial_law(choices));
}
} // namespace

TEST_CASE("Data nodes are chosen until their error is below the tolerance")
{
  for (const double width : {0.5, 3.})
    for (const double tolerance : {1e-3, 1e-5})
      {
        const ModelChoices choices = tanh_neurons(width);
        const DataNodes    nodes   = choose_data_nodes(choices, initial_law(choices), tolerance);
        const double       error   = true_error(choices, nodes);
        CAPTURE(width, tolerance, nodes.quadrature, nodes.trapezoidal, nodes.error, error);
        CHECK_FALSE(nodes.limited);
        CHECK(nodes.error <= tolerance);
        CHECK(error <= 1.1 * nodes.error);
        CHECK(nodes.error <= 20. * error);
      }
}

TEST_CASE("Steep neurons get the trapezoidal rule, which needs fewer nodes than Gauss-Hermite's")
{
  const ModelChoices choices = tanh_neurons(3.);
  ModelChoices       gauss   = choices;
  gauss.given_rule           = QuadratureChoice::gauss;
  const auto law             = initial_law(choices);
  const auto any = choose_data_nodes(choices, law, 1e-5), hermite = choose_data_nodes(gauss, law, 1e-5);
  CHECK(any.trapezoidal);
  CHECK_FALSE(hermite.trapezoidal);
  CHECK(any.quadrature < hermite.quadrature);
}

TEST_CASE("Numbers of nodes that the user gave stay, with an estimate of their error")
{
  ModelChoices choices           = tanh_neurons(3.);
  choices.given_quadrature_nodes = choices.quadrature_nodes = 14;
  const DataNodes nodes                                     = choose_data_nodes(choices, initial_law(choices), 1e-10);
  CHECK(nodes.quadrature == 14);
  CHECK_FALSE(nodes.trapezoidal);
  CHECK(nodes.error > 1e-4);
}

TEST_CASE("Laws that are finite have no error")
{
  ModelChoices choices = tanh_neurons(3.);
  choices.data_law     = DataLawKind::discrete;
  choices.points       = "0.5: -1 | 0.5: 1";
  const auto nodes     = choose_data_nodes(choices, initial_law(choices), 1e-12);
  CHECK(nodes.quadrature == choices.quadrature_nodes);
  CHECK(nodes.error == 0.);
}

TEST_CASE("Nodes for neurons with kinks are limited, and say so")
{
  ModelChoices choices      = tanh_neurons(3.);
  choices.activation        = Activation::Kind::relu;
  choices.target_expression = "sin(3*x)";
  choices.initial_law       = "normal(1, 1), normal(0.5, 1)";
  choices.neuron            = NeuronKind::biased_ridge;
  choices.initial_law += ", normal(0, 1)";
  const auto nodes = choose_data_nodes(choices, initial_law(choices), 1e-9);
  CHECK(nodes.limited);
  CHECK(nodes.error > 1e-9);
  CHECK(make_problem(nodes.in(choices))->n_nodes() <= 500);
}

TEST_CASE("The nodes of a single neuron in many dimensions are chosen along all its directions")
{
  ModelChoices choices;
  choices.input_dimension = 40.;
  choices.initial_law     = "normal(1, 1), gaussian_neurons(1)";
  for (const double tolerance : {1e-4, 1e-7})
    {
      const DataNodes nodes = choose_data_nodes(choices, initial_law(choices), tolerance);
      const double    error = true_error(choices, nodes);
      CAPTURE(tolerance, nodes.quadrature, nodes.radial, nodes.angular, nodes.error, error);
      CHECK(nodes.error <= tolerance);
      CHECK(error <= 1.1 * nodes.error);
    }
}
