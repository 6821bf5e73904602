#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include <solvers/base/numerics/random.h>
#include <solvers/model/data_law.h>
#include <solvers/model/data_law_info.h>
#include <solvers/model/model_choices.h>

#include <tests/support/source_directory.h>

using namespace rhoflow;

namespace
{
/// Settings that make sense for every law.
ModelChoices choices_for(DataLawKind kind, unsigned int d)
{
  ModelChoices choices;
  choices.neuron             = NeuronKind::ridge;
  choices.data_law           = kind;
  choices.input_dimension    = d;
  choices.quadrature_nodes   = 12;
  choices.standard_deviation = 0.7;
  choices.lower_corner       = {-1.};
  choices.upper_corner       = {2.5};
  choices.points             = d == 1 ? "1: -1 | 3: 0.5" : "1: -1, 0.2 | 3: 0.5, 2";
  choices.csv_file           = source_directory() + "/parameter_files/data/mcycle.csv";
  choices.input_columns      = {"times"};
  choices.output_column      = "accel";
  choices.standardise        = true;
  return choices;
}

template <typename Enum>
void check_names(const Choices<Enum> &choices)
{
  std::set<Enum> values;
  for (const std::string &name : choices.names())
    {
      CAPTURE(name);
      CHECK(choices.name(choices.value(name)) == name);
      CHECK(values.insert(choices.value(name)).second);
    }
  // No default: an impossible name is a fault of the program.
  CHECK_THROWS_AS(choices.value("nonsense"), std::logic_error);
  CHECK_THROWS_AS(choices.value(""), std::logic_error);
  CHECK_THROWS_AS(choices.name(static_cast<Enum>(100)), std::logic_error);
  // The enumerators are those of the table: every number up to the number of rows has a name.
  for (std::size_t number = 0; number < choices.names().size(); ++number)
    CHECK_NOTHROW(choices.name(static_cast<Enum>(number)));
}
} // namespace

TEST_CASE("Choices lead from names to values and back")
{
  check_names(neuron_choices());
  check_names(target_choices());
  check_names(data_law_choices());
  CHECK(target_choices().pattern() == "automatic|expression|teachers|random teachers");
}

TEST_CASE("Every row of the data laws has its words and its place in the manual")
{
  const ParameterText run{[](const std::string &) { return "0.25"; }, [](const std::string &) { return "0.25"; },
                          [](const std::string &) { return "0.25"; }};
  for (const DataLawInfo &law : data_laws())
    {
      CAPTURE(law.name);
      CHECK(find_data_law(law.name) == &law);
      CHECK(&data_law_info(law.kind) == &law);
      CHECK(!law.words(run).empty());
      CHECK_THAT(data_law_descriptions(), Catch::Contains(law.description));
      for (const std::string &path : law.parameters)
        {
          CHECK(reads_parameter(law.kind, path));
          CHECK_THAT(laws_with_parameter(path, " or "), Catch::Contains(law.name));
        }
    }
  CHECK(find_data_law("cauchy") == nullptr);
  CHECK_THAT(laws_with_parameter("Data/Lower corner", "' or '"), Catch::Contains("uniform' or 'periodic"));
}

TEST_CASE("Samples of every data law have the moments of its quadrature")
{
  for (const DataLawInfo &info : data_laws())
    for (const unsigned int d : {1u, 2u})
      {
        if (info.kind == DataLawKind::csv && d > 1)
          continue;
        const auto law = make_data_law(choices_for(info.kind, d));
        CAPTURE(info.name, d);
        REQUIRE(law->dimension == d);
        REQUIRE(law->nodes.size() == d * law->weights.size());
        double mass = 0.;
        for (const double weight : law->weights)
          mass += weight;
        CHECK(mass == Approx(1.).epsilon(1e-12));

        constexpr unsigned int n_samples = 40000;
        CounterRandom          random(1, RandomPurpose::test_sample, 0, 0, 0);
        std::vector<double>    x(n_samples * d);
        for (unsigned int i = 0; i < n_samples; ++i)
          law->sample(random, &x[i * d]);
        // Periodic rules are exact for waves alone: compare cosines of the box's period there, and powers elsewhere.
        const auto functions = [&](double t) {
          const double phase = 2. * 3.14159265358979323846 * (t + 1.) / 3.5;
          return info.kind == DataLawKind::periodic ? std::vector<double>{std::cos(phase), std::sin(phase)} :
                                                      std::vector<double>{t, t * t};
        };
        for (unsigned int c = 0; c < d; ++c)
          for (unsigned int f = 0; f < 2; ++f)
            {
              double expected = 0., mean = 0., square = 0.;
              for (std::size_t k = 0; k < law->weights.size(); ++k)
                expected += law->weights[k] * functions(law->nodes[k * d + c])[f];
              for (unsigned int i = 0; i < n_samples; ++i)
                {
                  const double value = functions(x[i * d + c])[f];
                  mean += value / n_samples;
                  square += value * value / n_samples;
                }
              CHECK(std::abs(mean - expected) < 4.5 * std::sqrt(std::max(square - mean * mean, 0.) / n_samples) + 1e-9);
            }
        if (law->finite())
          CHECK(law->sample_node(random) < law->weights.size());
        else
          CHECK_THROWS_AS(law->sample_node(random), std::logic_error);
      }
}
