#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <solvers/base/error.h>

#include "make_problem.h"

using namespace rhoflow;
using Catch::Contains;

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

/// "parameter | message".
std::string refused(const std::string &text, const std::string &inputs, const std::string &output,
                    const bool standardise = false)
{
  try
    {
      learn(text, inputs, output, standardise);
    }
  catch (const InputError &error)
    {
      return error.parameter + " | " + error.what();
    }
  return "accepted";
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
        CHECK_THAT(refused(inputs, "x", "y", true), Contains("Data/Standardise | the column 'x' is constant"));
        if (n > 1)
          CHECK_THAT(refused(outputs, "x", "y", true), Contains("Data/Standardise | the column 'y' is constant"));
      }
  CHECK_THAT(refused("x,y\n0.3,1\n0.30000000000000004,2\n0.3,3\n", "x", "y", true),
             Contains("Data/Standardise | the column 'x' is constant but for its last digits"));
  CHECK_THAT(refused("x,y\n1000000000,1\n1000000000.000001,2\n", "x", "y", true),
             Contains("'x' is constant but for its last digits") && Contains("subtract a constant"));
  CHECK_THAT(refused("x,y\n1e-200,1\n2e-200,2\n", "x", "y", true), Contains("are so small that their squares are zero"));
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
  CHECK(refused(text, "x", "y") == "accepted");
  CHECK(refused(text, "x, x", "y") == "Data/Input columns | the column 'x' is named twice.");
  CHECK(refused(text, "x, \"x\"", "y") == "Data/Input columns | the column 'x' is named twice.");
  CHECK(refused(text, "x, y", "y") == "Data/Output column | the column 'y' is an input as well.");
  CHECK(refused(text, "x, zz", "y") ==
        "Data/Input columns | the table has no column 'zz'. Did you mean 'z'? Its columns: 'x', 'z', 'y'.");
  CHECK(refused(text, "x", "Y") ==
        "Data/Output column | the table has no column 'Y'. Did you mean 'y'? Its columns: 'x', 'z', 'y'.");
  CHECK_THAT(refused("x,y,y\n1,2,3\n", "x", "y"), Contains("Data/Output column | two columns are named 'y'"));
  CHECK_THAT(refused("x,y\n1,z\n", "x", "y"), Contains("Data/CSV file | test_model_data_set.csv:2: "));
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

  CHECK_THAT(refused(table, "a (c, #id", "\xce\xb1"),
             Contains("Data/Input columns | the parentheses") && Contains("double quotes"));
  CHECK_THAT(refused(table, "\"a (b, #id", "\xce\xb1"),
             Contains("Data/Input columns | a double quote") && Contains("not closed"));
  CHECK_THAT(refused(table, "\"a (b\" #id", "\xce\xb1"), Contains("a comma is expected behind the name \"a (b\""));
  CHECK_THAT(refused(table, "#id,", "\xce\xb1"), Contains("Data/Input columns | an entry is missing"));
  CHECK_THAT(refused(table, "#id", "\"a (b\", \"x\""), Contains("Data/Output column | names 2 columns"));
  CHECK_THAT(refused(table, "accel, vertical", "#id"),
             Contains("Data/Input columns | the table has no column 'accel'") && Contains("stands in double quotes"));
}

TEST_CASE("A problem tells how it read a file that is no ordinary one")
{
  CHECK(learn("x,y\n1,2\n", "x", "y")->data_remark().empty());
  CHECK(learn("x;y\n1,5;2\n", "x", "y")->data_remark() == "test_model_data_set.csv: fields separated by ';', decimal commas");
}
