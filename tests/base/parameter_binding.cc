#include <catch2/catch.hpp>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>

#include <deal.II/base/parameter_handler.h>

#include <limits>
#include <map>

#include <tests/support/refusals.h>

using namespace rhoflow;
using dealii::ParameterHandler;

namespace
{
enum class Shape
{
  round,
  square,
  nameless
};

/// One parameter of every type.
struct Everything
{
  bool                      wet      = true;
  double                    size     = 1e-6;
  unsigned int              number   = 10;
  std::int64_t              shift    = -3;
  std::uint64_t             seed     = 1;
  std::string               title    = "none";
  Shape                     shape    = Shape::square;
  double                    limit    = std::numeric_limits<double>::infinity();
  std::vector<double>       corner   = {0.5, -2.};
  std::vector<unsigned int> cells    = {4, 4};
  std::vector<bool>         periodic = {true, false};
  std::set<std::string>     fields   = {"b", "c"};
  bool                      vtu = true, xdmf = false;

  void bind(ParameterBinding &p)
  {
    const auto to_limit = [](const std::string &text) {
      double value = 0.;
      if (!parse_number(text, value))
        throw InputError(Refusal::malformed, "Things/Limit", "no number");
      return value;
    };
    p.section("");
    p.add("Title", title, "Any text.", may_change);
    p.add("Seed", seed, "64 bits.");
    p.section("Things");
    p.add("Wet", wet, "A bool.");
    p.add("Size", size, range(1e-300, 1.), "A number [length].", may_change);
    p.add("Number", number, range(0, 20), "A whole number.");
    p.add("Shift", shift, range(-5, 5), "With a sign.");
    p.add("Shape", shape, Choices<Shape>{{"round", Shape::round}, {"square", Shape::square}}, "A choice.");
    p.add("Limit", limit, Spelling<double>{shortest_text, to_limit}, "A number or inf.");
    p.add("Corner", corner, at_least(-3.), ListLength{1, 3}, "Numbers.");
    p.add("Cells", cells, range(1, 9), ListLength{1, 3, true}, "Whole numbers.");
    p.add("Periodic", periodic, ListLength{1, 3, true}, "Bools.");
    p.add("Fields", fields, {"a", "b", "c"}, "Some of three.");
    p.add("Formats", {{"VTU", &vtu}, {"XDMF", &xdmf}}, "Some of two.");
  }
};

std::map<std::string, std::string> defaults(Everything values)
{
  ParameterHandler   handler;
  ParameterCatalogue catalogue;
  ParameterBinding   binding = ParameterBinding::declaring(handler, catalogue);
  values.bind(binding);
  return current_values(handler);
}

/// Reads the defaults with one other value.
Everything with(const std::string &path, const std::string &value)
{
  ParameterHandler handler;
  declare_parameters<Everything>(handler);
  set_parameter_value(handler, path, value);
  Everything values;
  read_parameters(values, handler);
  return values;
}
} // namespace

TEST_CASE("A number is written as a person writes it")
{
  for (const char *text : {"0", "1", "-2.5", "0.85", "0.001", "1e-4", "1e-6", "1e-12", "600", "1000", "1e6", "1e300", "-1e-300",
                           "inf", "0.1", "1.7976931348623157e308"})
    {
      double value = 0.;
      CHECK(parse_number(text, value));
      CHECK(shortest_text(value) == text);
    }
}

TEST_CASE("The default of a parameter is the initial value of its variable")
{
  const std::map<std::string, std::string> expected = {{"Title", "none"},
                                                       {"Seed", "1"},
                                                       {"Things/Wet", "true"},
                                                       {"Things/Size", "1e-6"},
                                                       {"Things/Number", "10"},
                                                       {"Things/Shift", "-3"},
                                                       {"Things/Shape", "square"},
                                                       {"Things/Limit", "inf"},
                                                       {"Things/Corner", "0.5, -2"},
                                                       {"Things/Cells", "4"},
                                                       {"Things/Periodic", "true, false"},
                                                       {"Things/Fields", "b, c"},
                                                       {"Things/Formats", "VTU"}};
  CHECK(defaults(Everything()) == expected);
}

TEST_CASE("What is read is the value of the parameter")
{
  CHECK(with("Title", "# one").title == "# one");
  CHECK(with("Seed", "18446744073709551615").seed == 18446744073709551615U);
  CHECK(!with("Things/Wet", "false").wet);
  CHECK(with("Things/Size", "0.1").size == 0.1);
  CHECK(with("Things/Number", "20").number == 20);
  CHECK(with("Things/Shift", "5").shift == 5);
  CHECK(with("Things/Shape", "round").shape == Shape::round);
  CHECK(with("Things/Limit", "2.5").limit == 2.5);
  CHECK(with("Things/Corner", "1,2 , 3").corner == std::vector<double>{1., 2., 3.});
  CHECK(with("Things/Cells", "1, 2").cells == std::vector<unsigned int>{1, 2});
  CHECK(with("Things/Periodic", "false").periodic == std::vector<bool>{false});
  CHECK(with("Things/Fields", "").fields.empty());
  CHECK(with("Things/Fields", "a, c").fields == std::set<std::string>{"a", "c"});
  const Everything both = with("Things/Formats", "VTU, XDMF"), other = with("Things/Formats", "XDMF");
  CHECK((both.vtu && both.xdmf && !other.vtu && other.xdmf));
}

TEST_CASE("A value outside of the range or the choices is refused by the handler")
{
  const std::vector<std::pair<std::string, std::string>> refused = {
    {"Seed", "-1"},           {"Seed", "18446744073709551616"}, {"Things/Wet", "maybe"},      {"Things/Size", "1.5"},
    {"Things/Number", "21"},  {"Things/Shift", "-6"},           {"Things/Shape", "nameless"}, {"Things/Corner", "-4"},
    {"Things/Corner", ""},    {"Things/Corner", "1,2,3,4"},     {"Things/Cells", "0"},        {"Things/Cells", "1.5"},
    {"Things/Periodic", "1"}, {"Things/Fields", "d"},           {"Things/Formats", "PNG"}};
  for (const auto &[path, value] : refused)
    {
      CAPTURE(path, value);
      CHECK_THROWS_AS(with(path, value), ParameterHandler::ExcValueDoesNotMatchPattern);
    }
}

TEST_CASE("A forgotten choice is an error")
{
  const Choices<Shape> shapes{{"round", Shape::round}, {"square", Shape::square}};
  CHECK(shapes.pattern() == "round|square");
  CHECK(shapes.value("round") == Shape::round);
  CHECK(shapes.name(Shape::square) == "square");
  CHECK_THROWS_AS(shapes.value("nameless"), std::logic_error);
  CHECK_THROWS_AS(shapes.value(""), std::logic_error);
  CHECK_THROWS_AS(shapes.name(Shape::nameless), std::logic_error);
  Everything values;
  values.shape = Shape::nameless;
  CHECK_THROWS_AS(defaults(values), std::logic_error);
}

TEST_CASE("A refused value leaves the handler as it was")
{
  ParameterHandler handler;
  declare_parameters<Everything>(handler);
  set_parameter_value(handler, "Things/Limit", "much");
  Everything values;
  CHECK(refusal([&]() { read_parameters(values, handler); }) ==
        Refused{"Things/Limit", Refusal::malformed}.naming("no number"));
  set_parameter_value(handler, "Things/Limit", "3");
  read_parameters(values, handler);
  CHECK(values.limit == 3.);
}

TEST_CASE("The catalogue knows which parameters may change on resume")
{
  ParameterHandler         handler;
  const ParameterCatalogue catalogue = declare_parameters<Everything>(handler);
  for (const DeclaredParameter &parameter : declared_parameters(handler))
    {
      CAPTURE(parameter.path());
      CHECK(catalogue.may_change(parameter.path()) == (parameter.path() == "Title" || parameter.path() == "Things/Size"));
    }
  CHECK(!catalogue.may_change("Size"));
}
