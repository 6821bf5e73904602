#include <catch2/catch.hpp>

#include <solvers/mean_field/mean_field.h>

#include "../model/make_problem.h"

using namespace rhoflow;

TEST_CASE("a mean field without data nodes has no modes and no risk")
{
  const auto problem = make_problem(
    {{"Learning problem/Neuron", "landscape"}, {"Landscape/Function", "x^2"}, {"Initial law/Law", "normal(0, 1)"}});
  MeanFieldParameters parameters;
  for (const double tolerance : {1e-10, 0.})
    {
      parameters.tolerance    = tolerance;
      parameters.weight_decay = 0.25;
      const MeanField field(*problem, {-1.}, {1.}, parameters);
      CHECK(field.n_modes() == 0);
      CHECK(field.n_double_modes() == 0);
      CHECK(field.n_feature_parameters() == 1);
      CHECK(field.compression_error() == 0.);
      CHECK(field.weight_decay() == 0.25);
      CHECK(field.risk({}) == 0.);
      CHECK(field.excess_risk({}) == 0.);
      CHECK(field.residual({}).empty());
      CHECK(field.prediction({}).empty());
      const double omega[] = {0.5, 0.25};
      field.modes(2, omega, nullptr, nullptr);
    }
}
