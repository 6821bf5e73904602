#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "problem.h"

using namespace rhoflow;

namespace
{
Settings two_inputs(const std::string &neuron, const std::string &law)
{
  return {{"Learning problem/Neuron", neuron},
          {"Learning problem/Activation", "tanh"},
          {"Learning problem/Input dimension", "2"},
          {"Data/Law", "uniform"},
          {"Data/Lower corner", "-1, 0"},
          {"Data/Upper corner", "1, 2"},
          {"Data/Quadrature nodes", "10"},
          {"Target/Type", "expression"},
          {"Target/Expression", "x1*x2"},
          {"Initial law/Law", law}};
}

/// f at the grid as a plain sum over the neurons, and the largest difference from the map; NaN are counted.
double largest_difference(const Problem &problem, unsigned int &n_unknown, double &mean_amplitude)
{
  const unsigned int        N     = 50;
  const std::vector<double> theta = problem.points(N, 3), weights(N, 1. / N);
  const std::vector<double> f     = problem.field->map_prediction(problem.moments(theta, weights));
  const std::vector<double> x     = problem.learning->map_inputs();
  REQUIRE(2 * f.size() == x.size());
  std::vector<double> exact(f.size(), 0.), g(f.size());
  mean_amplitude = 0.;
  for (unsigned int i = 0; i < N; ++i)
    {
      const double a = problem.offset() == 1 ? theta[i * problem.dim()] : 1.;
      mean_amplitude += std::abs(a) / N;
      problem.learning->features_at(x, 1, &theta[i * problem.dim() + problem.offset()], g.data());
      for (std::size_t k = 0; k < f.size(); ++k)
        exact[k] += a * g[k] / N;
    }
  double difference = 0.;
  n_unknown         = 0;
  for (std::size_t k = 0; k < f.size(); ++k)
    if (std::isnan(f[k]))
      ++n_unknown;
    else
      difference = std::max(difference, std::abs(f[k] - exact[k]));
  return difference;
}
} // namespace

TEST_CASE("moments tell the function between and around the nodes", "[mean_field]")
{
  unsigned int  n_unknown = 0;
  double        amplitude = 0.;
  const Problem weighted("weighted", two_inputs("weighted ridge", "normal(0,1), normal(0,1), normal(0,1)"), {-3., -2., -2.},
                         {3., 2., 2.}, 1e-10);
  const double  difference = largest_difference(weighted, n_unknown, amplitude);
  CHECK(difference < 0.005 * amplitude);
  CHECK(n_unknown < 41 * 41 / 4);
  const Problem ridge("ridge", two_inputs("ridge", "normal(0,1), normal(0,1)"), {-2., -2.}, {2., 2.}, 1e-10);
  CHECK(largest_difference(ridge, n_unknown, amplitude) < 0.005);
  // Features that oscillate faster than the nodes can tell are known near the nodes only, and there as well as promised.
  const Problem wide("wide", two_inputs("ridge", "normal(0,1), normal(0,1)"), {-7., -7.}, {7., 7.}, 1e-10);
  CHECK(largest_difference(wide, n_unknown, amplitude) < 0.005);
  CHECK(n_unknown > 0);
  // Linear functions are known everywhere.
  Settings linear = two_inputs("linear", "normal(0,1), normal(0,1)");
  linear.erase(linear.begin() + 1);
  const Problem plane("linear", linear, {-2., -2.}, {2., 2.}, 1e-10);
  CHECK(largest_difference(plane, n_unknown, amplitude) < 1e-9);
  CHECK(n_unknown == 0);
}

TEST_CASE("few data do not tell a function", "[mean_field]")
{
  Settings settings = two_inputs("weighted ridge", "normal(0,1), normal(0,1), normal(0,1)");
  settings[3]       = {"Data/Law", "discrete"};
  settings[4]       = {"Data/Points", "1, 1 | -1, 1 | 0.3, 0.2"};
  settings.erase(settings.begin() + 5, settings.begin() + 7);
  const Problem problem("few", settings, {-3., -4., -4.}, {3., 4., 4.}, 1e-10);
  CHECK(problem.field->map_prediction(std::vector<double>(problem.field->n_modes(), 1.)).empty());
}

TEST_CASE("problems of one input or of a symmetry have no map", "[mean_field]")
{
  for (const Problem &problem : problems(1e-10))
    if (problem.name != "bump")
      CHECK(problem.field->map_prediction(std::vector<double>(problem.field->n_modes(), 1.)).empty());
}
