#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>

#include <tests/support/refusals.h>
#include <tests/support/source_directory.h>

#include "make_problem.h"

using namespace rhoflow;
namespace
{
/// The choices are refused because of this parameter, and the message has `name`.
void refuse(const Settings &settings, const std::string &parameter, const Refusal why, const std::string &name = "")
{
  CHECK(refusal([&]() { make_problem(settings); }) == Refused{parameter, why}.naming(name));
}
} // namespace

TEST_CASE("Contradictory Euclidean problems are refused")
{
  const Settings ridge{{"Learning problem/Neuron", "ridge"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "x"},
                       {"Initial law/Law", "normal(0, 1)"}};
  CHECK_NOTHROW(make_problem(ridge));
  refuse(with(ridge, {{"Initial law/Law", "normal(0, 1), normal(0, 1)"}}), "Initial law/Law", Refusal::inconsistent,
         "2 factors");
  refuse(with(ridge, {{"Learning problem/Input dimension", "4"}}), "Learning problem/Input dimension", Refusal::out_of_range,
         "1 to 3");
  refuse(with(ridge, {{"Learning problem/Input dimension", "inf"}}), "Learning problem/Input dimension", Refusal::out_of_range,
         "1 to 3");
  refuse(with(ridge, {{"Learning problem/Neuron", "biased ridge"}, {"Learning problem/Input dimension", "2"}}),
         "Learning problem/Input dimension", Refusal::out_of_range, "4 parameters");
  refuse(with(ridge, {{"Learning problem/Neuron", "weighted ridge"}, {"Learning problem/Input dimension", "3"}}),
         "Learning problem/Input dimension", Refusal::out_of_range, "4 parameters");
  refuse(with(ridge, {{"Target/Type", "automatic"}, {"Target/Expression", "0"}}), "Target/Type", Refusal::missing);
  refuse(with(ridge, {{"Target/Expression", "x1"}}), "Target/Expression", Refusal::unknown_name, "'x1'");
  refuse(with(ridge, {{"Target/Expression", "sin(x"}}), "Target/Expression", Refusal::malformed, "sin(x");
  refuse(with(ridge, {{"Target/Expression", ""}}), "Target/Expression", Refusal::missing);
  refuse(with(ridge, {{"Target/Expression", "log(x)"}}), "Target/Expression", Refusal::out_of_range);
  refuse(with(ridge, {{"Target/Type", "teachers"}, {"Target/Expression", "0"}}), "Target/Teachers", Refusal::missing);
  refuse(with(ridge, {{"Target/Type", "teachers"}, {"Target/Expression", "0"}, {"Target/Teachers", "1: 2, 3"}}),
         "Target/Teachers", Refusal::inconsistent, "2 parameters");
  refuse(with(ridge, {{"Target/Type", "random teachers"}, {"Target/Expression", "0"}, {"Target/Teacher law", "chi(2)"}}),
         "Target/Teacher law", Refusal::malformed, "1 arguments");
  refuse(with(ridge, {{"Data/Law", "discrete"}}), "Data/Points", Refusal::missing);
  refuse(with(ridge, {{"Data/Law", "discrete"}, {"Data/Points", "0, 1"}}), "Data/Points", Refusal::inconsistent,
         "2 coordinates");
  refuse(with(ridge, {{"Data/Law", "discrete"}, {"Data/Points", "-1: 0"}}), "Data/Points", Refusal::out_of_range);
  refuse(with(ridge, {{"Data/Law", "uniform"}, {"Data/Lower corner", "1"}}), "Data/Upper corner", Refusal::inconsistent);
  refuse(with(ridge, {{"Data/Law", "uniform"}, {"Data/Lower corner", "0, 0"}}), "Data/Lower corner", Refusal::inconsistent,
         "2 numbers");
  refuse(with(ridge, {{"Learning problem/Input dimension", "3"}, {"Data/Quadrature nodes", "28"}}), "Data/Quadrature nodes",
         Refusal::too_large, "21952");
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
    refuse(with(ridge, {setting}), setting.first, Refusal::no_effect);
  refuse(with(ridge, {{"Data/Law", "sphere"}, {"Data/Standard deviation", "2"}}), "Data/Standard deviation",
         Refusal::no_effect);
  refuse({{"Target/Expression", "x1"}}, "Target/Expression", Refusal::no_effect, "Target/Type = expression");
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
  refuse(with(csv, {{"Data/CSV file", ""}}), "Data/CSV file", Refusal::missing);
  refuse(with(csv, {{"Data/CSV file", "nowhere.csv"}}), "Data/CSV file", Refusal::missing, "nowhere.csv");
  refuse(with(csv, {{"Data/Input columns", ""}}), "Data/Input columns", Refusal::missing);
  refuse(with(csv, {{"Data/Input columns", "time"}}), "Data/Input columns", Refusal::unknown_name, "mean 'times'");
  refuse(with(csv, {{"Data/Output column", ""}}), "Data/Output column", Refusal::missing);
  refuse(with(csv, {{"Data/Output column", "times"}}), "Data/Output column", Refusal::inconsistent);
  refuse(with(csv, {{"Target/Type", "expression"}}), "Target/Type", Refusal::inconsistent);
  refuse(with(csv, {{"Learning problem/Input dimension", "2"}}), "Learning problem/Input dimension", Refusal::inconsistent);

  const std::string name = "test_model_constant_column.csv";
  std::ofstream(name) << "x,y\n1,2\n1,3\n";
  refuse(
    with(csv,
         {{"Data/CSV file", name}, {"Data/Input columns", "x"}, {"Data/Output column", "y"}, {"Data/Standardise", "true"}}),
    "Data/Standardise", Refusal::unsupported, "'x'");
  std::ofstream(name) << "x,y\n1,2\n1,nan\n";
  refuse(with(csv, {{"Data/CSV file", name}, {"Data/Input columns", "x"}, {"Data/Output column", "y"}}), "Data/CSV file",
         Refusal::out_of_range, name + ":3:");
  std::remove(name.c_str());
}

TEST_CASE("Formulas can only compute, and always the same")
{
  const Settings ridge{
    {"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Initial law/Law", "normal(0, 1)"}};
  const auto formula = [&](const std::string &text) { return with(ridge, {{"Target/Expression", text}}); };
  for (const char *text : {"x >= 0 && x <= 1 || x == 2 || x != 3 ? min(x, 1) : rint(x)", "pow(x, 2) + sum(x, 1, avg(2, 3))"})
    CHECK_NOTHROW(make_problem(formula(text)));
  refuse(formula("x + rand()"), "Target/Expression", Refusal::malformed, "random");
  refuse(formula("rand_seed(3)*x"), "Target/Expression", Refusal::malformed, "random");
  refuse(formula("0*(x=3) + 1"), "Target/Expression", Refusal::malformed, "'=='");
  refuse(formula("x, x^2"), "Target/Expression", Refusal::malformed, "comma");
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
    {
      const auto refused = refusal([&]() { make_problem(formula(text)); });
      CAPTURE(text, message_of(refused));
      CHECK((refused == Refused{"Target/Expression", Refusal::malformed} ||
             refused == Refused{"Target/Expression", Refusal::unknown_name}));
    }
}

TEST_CASE("Numbers whose sums or squares are no numbers are refused")
{
  const Settings ridge{{"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Target/Expression", "x"}};
  refuse(with(ridge, {{"Initial law/Law", "1e308: normal(0, 1) | 1e308: normal(1, 1)"}}), "Initial law/Law",
         Refusal::out_of_range, "weights");
  refuse(with(ridge, {{"Initial law/Law", "uniform(-1e308, 1e308)"}}), "Initial law/Law", Refusal::out_of_range,
         "uniform(-1e308, 1e308)");
  refuse(with(ridge, {{"Initial law/Law", "normal(0, 1)"}, {"Data/Law", "discrete"}, {"Data/Points", "1e308: 1 | 1e308: 2"}}),
         "Data/Points", Refusal::out_of_range, "weights");
  const std::string path = "huge_numbers.csv";
  std::ofstream(path) << "x,y\n1e200,1\n-1e200,2\n";
  refuse({{"Learning problem/Neuron", "ridge"},
          {"Initial law/Law", "normal(0, 1)"},
          {"Data/Law", "csv"},
          {"Data/CSV file", path},
          {"Data/Input columns", "x"},
          {"Data/Output column", "y"},
          {"Data/Standardise", "true"}},
         "Data/Standardise", Refusal::out_of_range, "large");
  std::remove(path.c_str());
}
