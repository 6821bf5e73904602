#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>

#include <solvers/base/error.h>

#include "make_problem.h"

using namespace rhoflow;
using Settings = std::vector<std::pair<std::string, std::string>>;

namespace
{
/// The choices are refused, the parameter is named, and the message says `reason`.
void refuse(const Settings &settings, const std::string &parameter, const std::string &reason)
{
  try
    {
      make_problem(settings);
      FAIL_CHECK("accepted: " << parameter);
    }
  catch (const InputError &error)
    {
      CHECK(error.parameter == parameter);
      CHECK_THAT(error.what(), Catch::Contains(reason));
    }
}

Settings with(Settings settings, const Settings &more)
{
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}
} // namespace

TEST_CASE("Contradictory Euclidean problems are refused")
{
  const Settings ridge{{"Learning problem/Neuron", "ridge"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "x"},
                       {"Initial law/Law", "normal(0, 1)"}};
  CHECK_NOTHROW(make_problem(ridge));
  refuse(with(ridge, {{"Initial law/Law", "normal(0, 1), normal(0, 1)"}}), "Initial law/Law", "2 factors");
  refuse(with(ridge, {{"Learning problem/Input dimension", "4"}}), "Learning problem/Input dimension", "from 1 to 3");
  refuse(with(ridge, {{"Learning problem/Input dimension", "inf"}}), "Learning problem/Input dimension", "from 1 to 3");
  refuse(with(ridge, {{"Learning problem/Neuron", "biased ridge"}, {"Learning problem/Input dimension", "2"}}),
         "Learning problem/Input dimension", "4 parameters");
  refuse(with(ridge, {{"Learning problem/Neuron", "weighted ridge"}, {"Learning problem/Input dimension", "3"}}),
         "Learning problem/Input dimension", "4 parameters");
  refuse(with(ridge, {{"Target/Type", "automatic"}, {"Target/Expression", "0"}}), "Target/Type", "needs a target");
  refuse(with(ridge, {{"Target/Expression", "x1"}}), "Target/Expression", "cannot read");
  refuse(with(ridge, {{"Target/Expression", "sin(x"}}), "Target/Expression", "sin(x");
  refuse(with(ridge, {{"Target/Expression", ""}}), "Target/Expression", "empty");
  refuse(with(ridge, {{"Target/Expression", "log(x)"}}), "Target/Expression", "not finite");
  refuse(with(ridge, {{"Target/Type", "teachers"}, {"Target/Expression", "0"}}), "Target/Teachers", "at least one");
  refuse(with(ridge, {{"Target/Type", "teachers"}, {"Target/Expression", "0"}, {"Target/Teachers", "1: 2, 3"}}),
         "Target/Teachers", "2 parameters");
  refuse(with(ridge, {{"Target/Type", "random teachers"}, {"Target/Expression", "0"}, {"Target/Teacher law", "chi(2)"}}),
         "Target/Teacher law", "arguments");
  refuse(with(ridge, {{"Data/Law", "discrete"}}), "Data/Points", "needs points");
  refuse(with(ridge, {{"Data/Law", "discrete"}, {"Data/Points", "0, 1"}}), "Data/Points", "2 coordinates");
  refuse(with(ridge, {{"Data/Law", "discrete"}, {"Data/Points", "-1: 0"}}), "Data/Points", "positive");
  refuse(with(ridge, {{"Data/Law", "uniform"}, {"Data/Lower corner", "1"}}), "Data/Upper corner", "above");
  refuse(with(ridge, {{"Data/Law", "uniform"}, {"Data/Lower corner", "0, 0"}}), "Data/Lower corner", "2 numbers");
  refuse(with(ridge, {{"Learning problem/Input dimension", "3"}}), "Data/Quadrature nodes", "21952");
}

TEST_CASE("Parameters that would have no effect are refused")
{
  const Settings ridge{
    {"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Initial law/Law", "normal(0, 1)"}};
  CHECK_NOTHROW(make_problem(ridge));
  const Settings unused{{"Data/CSV file", "x.csv"},   {"Data/Input columns", "x"}, {"Data/Output column", "y"},
                        {"Data/Standardise", "true"}, {"Data/Points", "1 | 2"},    {"Data/Blob deviation", "1"},
                        {"Target/Teachers", "1: 2"}};
  for (const auto &setting : unused)
    refuse(with(ridge, {setting}), setting.first, "no effect");
  refuse(with(ridge, {{"Data/Law", "sphere"}, {"Data/Standard deviation", "2"}}), "Data/Standard deviation", "no effect");
  refuse({{"Target/Expression", "x1"}}, "Target/Expression", "Target/Type = expression");
}

TEST_CASE("Wrong CSV choices are refused")
{
  const Settings csv{{"Learning problem/Neuron", "linear"},
                     {"Data/Law", "csv"},
                     {"Data/CSV file", RHOFLOW_SOURCE_DIR "/parameter_files/data/mcycle.csv"},
                     {"Data/Input columns", "times"},
                     {"Data/Output column", "accel"},
                     {"Initial law/Law", "normal(0, 1)"}};
  CHECK_NOTHROW(make_problem(csv));
  refuse(with(csv, {{"Data/CSV file", ""}}), "Data/CSV file", "needs the name");
  refuse(with(csv, {{"Data/CSV file", "nowhere.csv"}}), "Data/CSV file", "nowhere.csv");
  refuse(with(csv, {{"Data/Input columns", ""}}), "Data/Input columns", "needs the names");
  refuse(with(csv, {{"Data/Input columns", "time"}}), "Data/CSV file", "times");
  refuse(with(csv, {{"Data/Output column", ""}}), "Data/Output column", "needs the name");
  refuse(with(csv, {{"Data/Output column", "times"}}), "Data/Output column", "as well");
  refuse(with(csv, {{"Target/Type", "expression"}}), "Target/Type", "automatic");
  refuse(with(csv, {{"Learning problem/Input dimension", "2"}}), "Learning problem/Input dimension", "input columns");

  const std::string name = "test_model_constant_column.csv";
  std::ofstream(name) << "x,y\n1,2\n1,3\n";
  refuse(
    with(csv,
         {{"Data/CSV file", name}, {"Data/Input columns", "x"}, {"Data/Output column", "y"}, {"Data/Standardise", "true"}}),
    "Data/Standardise", "constant");
  std::ofstream(name) << "x,y\n1,2\n1,nan\n";
  refuse(with(csv, {{"Data/CSV file", name}, {"Data/Input columns", "x"}, {"Data/Output column", "y"}}), "Data/CSV file", "3");
  std::remove(name.c_str());
}
