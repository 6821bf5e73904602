#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>

#include <tests/support/source_directory.h>

#include <solvers/base/error.h>

#include "make_problem.h"

using namespace rhoflow;
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
                     {"Data/CSV file", source_directory() + "/parameter_files/data/mcycle.csv"},
                     {"Data/Input columns", "times"},
                     {"Data/Output column", "accel"},
                     {"Initial law/Law", "normal(0, 1)"}};
  CHECK_NOTHROW(make_problem(csv));
  refuse(with(csv, {{"Data/CSV file", ""}}), "Data/CSV file", "needs the name");
  refuse(with(csv, {{"Data/CSV file", "nowhere.csv"}}), "Data/CSV file", "nowhere.csv");
  refuse(with(csv, {{"Data/Input columns", ""}}), "Data/Input columns", "needs the names");
  refuse(with(csv, {{"Data/Input columns", "time"}}), "Data/Input columns", "Did you mean 'times'?");
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

TEST_CASE("Formulas can only compute, and always the same")
{
  const Settings ridge{
    {"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Initial law/Law", "normal(0, 1)"}};
  const auto formula = [&](const std::string &text) { return with(ridge, {{"Target/Expression", text}}); };
  for (const char *text : {"x >= 0 && x <= 1 || x == 2 || x != 3 ? min(x, 1) : rint(x)", "pow(x, 2) + sum(x, 1, avg(2, 3))"})
    CHECK_NOTHROW(make_problem(formula(text)));
  refuse(formula("x + rand()"), "Target/Expression", "no random numbers");
  refuse(formula("rand_seed(3)*x"), "Target/Expression", "no random numbers");
  refuse(formula("0*(x=3) + 1"), "Target/Expression", "'=' would set a variable");
  refuse(formula("x, x^2"), "Target/Expression", "one formula is wanted");
  // Neither muParser nor deal.II has anything that runs commands or opens files; a name with text would be such a thing.
  for (const char *text : {"system(\"ls\")",
                           "exec(\"ls\")",
                           "read(\"/etc/passwd\")",
                           "open(\"f\")",
                           "import(\"f\")",
                           "strlen(\"x\")",
                           "`ls`",
                           "$(ls)",
                           "\"text\"",
                           "@x",
                           "x^2 # x",
                           "x; x",
                           "x | ls",
                           "x > f; ls",
                           "<f",
                           "${HOME}",
                           "getenv(\"HOME\")",
                           "#include <f>",
                           "include(f)",
                           "%x",
                           "0x1p3",
                           "0b1",
                           "\\x"})
    refuse(formula(text), "Target/Expression", "cannot read the expression");
}

TEST_CASE("Numbers whose sums or squares are no numbers are refused")
{
  const Settings ridge{{"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Target/Expression", "x"}};
  refuse(with(ridge, {{"Initial law/Law", "1e308: normal(0, 1) | 1e308: normal(1, 1)"}}), "Initial law/Law",
         "sum of the weights");
  refuse(with(ridge, {{"Initial law/Law", "uniform(-1e308, 1e308)"}}), "Initial law/Law", "beyond the range");
  refuse(with(ridge, {{"Initial law/Law", "normal(0, 1)"}, {"Data/Law", "discrete"}, {"Data/Points", "1e308: 1 | 1e308: 2"}}),
         "Data/Points", "sum of the weights");
  const std::string path = "huge_numbers.csv";
  std::ofstream(path) << "x,y\n1e200,1\n-1e200,2\n";
  refuse({{"Learning problem/Neuron", "ridge"},
          {"Initial law/Law", "normal(0, 1)"},
          {"Data/Law", "csv"},
          {"Data/CSV file", path},
          {"Data/Input columns", "x"},
          {"Data/Output column", "y"},
          {"Data/Standardise", "true"}},
         "Data/Standardise", "squares are not finite");
  std::remove(path.c_str());
}
