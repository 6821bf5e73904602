#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include <solvers/base/progress.h>
#include <solvers/mean_field/mean_field_setup.h>

#include <tests/support/refusals.h>

#include "problem.h"

using namespace rhoflow;

namespace
{
void parse(MeanFieldSetup &setup, const Settings &settings)
{
  setup.parse(*make_parameters(settings));
}

std::optional<Refused> refused(const Settings &settings)
{
  MeanFieldSetup setup;
  return refusal([&]() { parse(setup, settings); });
}

Settings box(const std::string &lower, const std::string &upper)
{
  return {{"Domain/Lower corner", lower}, {"Domain/Upper corner", upper}, {"Domain/Subdivisions", "4"}};
}

const Settings tanh_network{{"Learning problem/Neuron", "weighted ridge"},
                            {"Learning problem/Activation", "tanh"},
                            {"Data/Law", "uniform"},
                            {"Data/Quadrature nodes", "12"},
                            {"Target/Type", "expression"},
                            {"Target/Expression", "sin(3*x)"},
                            {"Initial law/Law", "normal(0,1), normal(0,1)"}};
} // namespace

TEST_CASE("Setup: problem and mean field are those that the parameters describe")
{
  MeanFieldSetup setup;
  parse(setup, tanh_network + box("-2, -3", "2, 5") +
                 Settings{{"End time", "3"}, {"Mean field/Weight decay", "0.25"}, {"Mean field/Inverse temperature", "40"}});
  CHECK(setup.run.end_time == 3.);
  CHECK(setup.parameters.inverse_temperature == 40.);
  CHECK(setup.domain.upper == std::vector<double>{2., 5.});
  REQUIRE(setup.problem);
  CHECK(setup.problem->n_nodes() == 12);
  CHECK_FALSE(setup.mean_field);

  // The features' box is that of w alone: there the compressed kernel keeps its tolerance, outside it need not.
  setup.parameters.tolerance = 1e-4;
  setup.make_mean_field();
  REQUIRE(setup.mean_field);
  CHECK(setup.mean_field->weight_decay() == 0.25);
  CHECK(setup.mean_field->n_feature_parameters() == 1);
  const MeanField same(*setup.problem, {-3.}, {5.}, setup.parameters);
  CHECK(setup.mean_field->n_modes() == same.n_modes());
  CHECK(setup.mean_field->n_modes() < 12);
  CHECK(setup.mean_field->compression_error() == same.compression_error());
}

TEST_CASE("Setup: a box that does not fit the neuron is refused with the parameters' names")
{
  CHECK_FALSE(refused(tanh_network + box("-1, -1", "1, 1")));
  CHECK(refused(tanh_network + box("-1, -1, -1", "1, 1, 1")) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent}.naming("3 coordinates").naming("a, w"));
  CHECK(refused(tanh_network + box("-1", "1")) ==
        Refused{"Domain/Lower corner", Refusal::inconsistent}.naming("1 coordinate,").naming("a, w"));
  // A single neuron's third coordinate is a radius, its second one is not.
  CHECK_FALSE(refused(box("-6, -2, 0", "6, 2, 2")));
  CHECK(refused(box("-6, -2, -0.1", "6, 2, 2")) ==
        Refused{"Domain/Lower corner", Refusal::out_of_range}.naming("coordinate 3"));
}

TEST_CASE("Setup: many data show that they are prepared, few do not")
{
  const auto said = [](const Settings &settings) {
    const std::string file = "test_mean_field_log.txt";
    Progress          progress(true, false);
    MeanFieldSetup    setup;
    parse(setup, settings);
    setup.make_mean_field(MPI_COMM_SELF, &progress);
    progress.record_to(file);
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    std::remove(file.c_str());
    return text.str();
  };
  CHECK(said(tanh_network + box("-2, -3", "2, 3")).empty());
  std::string points;
  for (unsigned int k = 0; k < 5100; ++k)
    points += (k > 0 ? "|" : "") + std::to_string(1e-3 * k * k * std::exp(-1e-3 * k) - 1.);
  const auto many = [&](const std::string &tolerance, const std::string &activation) {
    return tanh_network + box("-2, -3", "2, 3") +
           Settings{{"Data/Law", "discrete"},
                    {"Data/Quadrature nodes", "28"},
                    {"Data/Points", points},
                    {"Learning problem/Activation", activation},
                    {"Mean field/Compression tolerance", tolerance}};
  };
  const std::string smooth = said(many("1e-6", "tanh"));
  CHECK_THAT(smooth, Catch::Contains("Preparing the features of 5100 data points"));
  CHECK_THAT(smooth, !Catch::Contains("Warning"));
}
