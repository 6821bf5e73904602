#include <catch2/catch.hpp>

#include <solvers/model/data_nodes.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

using namespace rhoflow;

namespace
{
ModelChoices tanh_neurons(const double steepest)
{
  ModelChoices choices;
  choices.neuron            = NeuronKind::weighted_ridge;
  choices.activation        = Activation::Kind::tanh;
  choices.target            = TargetKind::expression;
  choices.target_expression = "tanh(2*x) - 0.6*tanh(x - 1)";
  choices.initial_law       = "normal(0, 1), normal(0, 1)";
  choices.lower             = {-8., -steepest};
  choices.upper             = {8., steepest};
  return choices;
}

/// The error of the chosen nodes, by a quadrature with four times as many.
double true_error(const ModelChoices &choices, const DataNodes &nodes)
{
  DataNodes finer = nodes;
  finer.quadrature *= 4;
  finer.radial *= 3;
  finer.angular *= 3;
  const auto          problem = make_problem(nodes.in(choices));
  const std::size_t   dim = problem->n_feature_parameters(), first = problem->n_parameters() - dim;
  std::vector<double> points;
  for (unsigned int i = 0; i <= 20; ++i)
    for (std::size_t d = 0; d < dim; ++d)
      points.push_back(choices.lower[first + d] + (choices.upper[first + d] - choices.lower[first + d]) * i / 20.);
  return quadrature_difference(*problem, *make_problem(finer.in(choices)), points);
}
} // namespace

TEST_CASE("Data nodes are chosen until their error is below the tolerance")
{
  for (const double steepest : {2., 8.})
    for (const double tolerance : {1e-3, 1e-5, 1e-7})
      {
        const ModelChoices choices = tanh_neurons(steepest);
        const DataNodes    nodes   = choose_data_nodes(choices, tolerance);
        const double       error   = true_error(choices, nodes);
        CAPTURE(steepest, tolerance, nodes.quadrature, nodes.error, error);
        CHECK(nodes.error <= tolerance);
        CHECK(error <= tolerance);
        CHECK_FALSE(nodes.limited);
      }
}

TEST_CASE("Laws that are finite keep their nodes")
{
  ModelChoices choices = tanh_neurons(8.);
  choices.data_law     = DataLawKind::discrete;
  choices.points       = "0.5: -1 | 0.5: 1";
  CHECK(choose_data_nodes(choices, 1e-12).quadrature == choices.quadrature_nodes);
}

TEST_CASE("The nodes of a single neuron in many dimensions are chosen along all its directions")
{
  ModelChoices choices;
  choices.input_dimension = 40.;
  choices.lower           = {-6.5, -2.6, 0.};
  choices.upper           = {6.5, 2.6, 2.};
  for (const double tolerance : {1e-4, 1e-6})
    {
      const DataNodes nodes = choose_data_nodes(choices, tolerance);
      const double    error = true_error(choices, nodes);
      CAPTURE(tolerance, nodes.quadrature, nodes.radial, nodes.angular, nodes.error, error);
      CHECK(nodes.error <= tolerance);
      CHECK(error <= tolerance);
    }
}
