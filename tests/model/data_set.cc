#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <tests/support/refusals.h>

#include "make_problem.h"

using namespace rhoflow;

namespace
{
/// The problem with the data `text`.
std::unique_ptr<LearningProblem> learn(const std::string &text, const std::string &inputs, const std::string &output,
                                       const bool standardise = false)
{
  const std::string name = "test_model_data_set.csv";
  std::ofstream(name, std::ios::binary) << text;
  const std::unique_ptr<const std::string, void (*)(const std::string *)> removal(
    &name, [](const std::string *file) { std::remove(file->c_str()); });
  return make_problem({{"Learning problem/Neuron", "ridge"},
                       {"Data/Law", "csv"},
                       {"Data/CSV file", name},
                       {"Data/Input columns", inputs},
                       {"Data/Output column", output},
                       {"Data/Standardise", standardise ? "true" : "false"},
                       {"Initial law/Law", "gaussian_neurons(1)"}});
}

std::optional<Refused> refused(const std::string &text, const std::string &inputs, const std::string &output,
                               const bool standardise = false)
{
  return refusal([&]() { learn(text, inputs, output, standardise); });
}

std::vector<std::string> names(const std::string &text, const std::string &inputs, const std::string &output)
{
  const auto               problem = learn(text, inputs, output);
  std::vector<std::string> all     = problem->input_names();
  all.push_back(problem->output_name());
  return all;
}
} // namespace

TEST_CASE("A constant column is not standardised, whatever its mean rounds to")
{
  // The mean of ten numbers 0.1 is not 0.1.
  for (const double value : {0.1, 0.3, 1e9 / 3., -1e-5, 1. / 3e10, 0.})
    for (const unsigned int n : {1u, 2u, 3u, 7u, 10u, 1000u})
      {
        CAPTURE(value, n);
        std::string outputs = "x,y\n", inputs = "x,y\n";
        char        text[64];
        std::snprintf(text, sizeof(text), "%.17g", value);
        for (unsigned int i = 0; i < n; ++i)
          {
            outputs += std::to_string(i) + "," + text + "\n";
            inputs += std::string(text) + "," + std::to_string(i) + "\n";
          }
        CHECK(refused(inputs, "x", "y", true) == Refused{"Data/Standardise", Refusal::unsupported}.naming("'x'"));
        if (n > 1)
          CHECK(refused(outputs, "x", "y", true) == Refused{"Data/Standardise", Refusal::unsupported}.naming("'y'"));
      }
  CHECK(refused("x,y\n0.3,1\n0.30000000000000004,2\n0.3,3\n", "x", "y", true) ==
        Refused{"Data/Standardise", Refusal::unsupported}.naming("'x'").naming("last digits"));
  CHECK(refused("x,y\n1000000000,1\n1000000000.000001,2\n", "x", "y", true) ==
        Refused{"Data/Standardise", Refusal::unsupported}.naming("'x'").naming("last digits"));
  CHECK(refused("x,y\n1e-200,1\n2e-200,2\n", "x", "y", true) ==
        Refused{"Data/Standardise", Refusal::out_of_range}.naming("'x'").naming("small"));
}

TEST_CASE("A small variation around a large number is standardised to the last digits")
{
  for (const double offset : {1e9, -1e12, 1.7e9, 1e15})
    {
      CAPTURE(offset);
      // 30,000 rows: their mean, added up, is wrong by more than the variation.
      std::string  text = "x,y\n";
      unsigned int n    = 30000;
      for (unsigned int i = 0; i < n; ++i)
        {
          char line[64];
          std::snprintf(line, sizeof(line), "%.17g,%u\n", offset + i % 3, i);
          text += line;
        }
      const auto   problem   = learn(text, "x", "y", true);
      const double deviation = std::sqrt(2. / 3.);
      double       worst     = 0.;
      const auto   inputs    = problem->curve_inputs();
      REQUIRE(inputs.size() == n);
      for (unsigned int i = 0; i < n; ++i)
        worst = std::max(worst, std::abs(inputs[i] - (i % 3 - 1.) / deviation));
      CHECK(worst < 1e-13);
      CHECK(problem->input_scaling()[0].first == offset + 1.);
      CHECK(problem->input_scaling()[0].second == Approx(deviation).epsilon(1e-13));
    }
}

TEST_CASE("A column that is named twice, or not there, is blamed on its own parameter")
{
  const std::string text = "x,z,y\n1,2,3\n2,3,5\n";
  CHECK_FALSE(refused(text, "x", "y"));
  CHECK(refused(text, "x, x", "y") == Refused{"Data/Input columns", Refusal::repeated}.naming("'x'"));
  CHECK(refused(text, "x, \"x\"", "y") == Refused{"Data/Input columns", Refusal::repeated}.naming("'x'"));
  CHECK(refused(text, "x, y", "y") == Refused{"Data/Output column", Refusal::inconsistent}.naming("'y'"));
  CHECK(refused(text, "x, zz", "y") ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("'zz'").naming("mean 'z'").naming("'x', 'z', 'y'"));
  CHECK(refused(text, "x", "Y") ==
        Refused{"Data/Output column", Refusal::unknown_name}.naming("'Y'").naming("mean 'y'").naming("'x', 'z', 'y'"));
  CHECK(refused("x,y,y\n1,2,3\n", "x", "y") == Refused{"Data/Output column", Refusal::repeated}.naming("'y'"));
  CHECK(refused("x,y\n1,z\n", "x", "y") == Refused{"Data/CSV file", Refusal::malformed}.naming("test_model_data_set.csv:2:"));
}

TEST_CASE("Names of columns may have anything in them")
{
  using Names = std::vector<std::string>;
  const std::string table =
    "times [ms],\"accel, vertical (g)\",#id,\"a (b\",\"the \"\"y\"\"\",\xce\xb1,\"f(u, v)\"\n1,2,3,4,5,6,7\n";
  CHECK(names(table, "accel, vertical (g)", "times [ms]") == Names{"accel, vertical (g)", "times [ms]"});
  CHECK(names(table, "\"accel, vertical (g)\"", "\"times [ms]\"") == Names{"accel, vertical (g)", "times [ms]"});
  CHECK(names(table, "#id, \"accel, vertical (g)\"", "\xce\xb1") == Names{"#id", "accel, vertical (g)", "\xce\xb1"});
  CHECK(names(table, "\xce\xb1, accel, vertical (g)", "#id") == Names{"\xce\xb1", "accel, vertical (g)", "#id"});
  CHECK(names(table, "f(u, v), #id", "a (b") == Names{"f(u, v)", "#id", "a (b"});
  CHECK(names(table, "a (b", "\"accel, vertical (g)\"") == Names{"a (b", "accel, vertical (g)"});
  CHECK(names(table, "\"a (b\", #id", "the \"y\"") == Names{"a (b", "#id", "the \"y\""});
  CHECK(names(table, "\"the \"\"y\"\"\"", "#id") == Names{"the \"y\"", "#id"});
  CHECK(names("a,b,\"a, b\"\n1,2,3\n", "a, b", "\"a, b\"") == Names{"a", "b", "a, b"});
  CHECK(names("\"\"\"q\"\"\",y\n1,2\n", "\"q\"", "y") == Names{"\"q\"", "y"});
  CHECK(names("y,\"\"\"q\"\"\"\n1,2\n", "y", "\"q\"") == Names{"y", "\"q\""});
  CHECK(names("x;y z\n1;2\n", "x", "y z") == Names{"x", "y z"});
  CHECK(names("temp\xe9,y\n1,2\n", "temp\xc3\xa9", "y") == Names{"temp\xc3\xa9", "y"});

  CHECK(refused(table, "a (c, #id", "\xce\xb1") ==
        Refused{"Data/Input columns", Refusal::malformed}.naming("parentheses").naming("double quotes"));
  CHECK(refused(table, "\"a (b, #id", "\xce\xb1") == Refused{"Data/Input columns", Refusal::malformed}.naming("closed"));
  CHECK(refused(table, "\"a (b\" #id", "\xce\xb1") == Refused{"Data/Input columns", Refusal::malformed}.naming("\"a (b\""));
  CHECK(refused(table, "#id,", "\xce\xb1") == Refused{"Data/Input columns", Refusal::malformed}.naming("'#id,'"));
  CHECK(refused(table, "#id", "\"a (b\", \"x\"") == Refused{"Data/Output column", Refusal::malformed}.naming("2 columns"));
  CHECK(refused(table, "accel, vertical", "#id") ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("'accel'").naming("double quotes"));
}

TEST_CASE("A problem tells how it read a file that is no ordinary one")
{
  CHECK(learn("x,y\n1,2\n", "x", "y")->data_remark().empty());
  CHECK(learn("x;y\n1,5;2\n", "x", "y")->data_remark() == "test_model_data_set.csv: fields separated by ';', decimal commas");
}
