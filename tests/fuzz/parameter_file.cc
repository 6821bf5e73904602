// The grammar of parameter files and the ranges of values, with one parameter of every kind that rhoflow declares. The last
// line is also taken as a change from the command line.
#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <tests/fuzz/fuzz.h>

#include <solvers/base/parameters/parameter_file.h>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  namespace Patterns = dealii::Patterns;
  const std::string text(reinterpret_cast<const char *>(data), size);
  allow_refusal([&]() {
    ParameterFile file("fuzz.prm", text);
    allow_refusal([&]() { file.change(text.substr(text.rfind('\n') + 1)); });
    dealii::ParameterHandler prm;
    prm.declare_entry("Title", "", Patterns::Anything(), "Text.");
    prm.declare_entry("Seed", "1", Patterns::Integer(0), "Whole number.");
    prm.enter_subsection("Domain");
    prm.declare_entry("Subdivisions", "16, 24, 14", Patterns::List(Patterns::Integer(1, 100000), 1, 3), "Whole numbers.");
    prm.declare_entry("Lower corner", "0", Patterns::List(Patterns::Double(), 1, 3), "Numbers.");
    prm.declare_entry("Periodic", "false", Patterns::Bool(), "Yes or no.");
    prm.enter_subsection("Inner part");
    prm.declare_entry("Tolerance", "1e-3", Patterns::Double(1e-15, 1.), "Number.");
    prm.declare_entry("Method", "implicit Euler", Patterns::Selection("implicit Euler|SDIRK2"), "Choice.");
    prm.leave_subsection();
    prm.leave_subsection();
    file.apply(prm);

    require(prm.get_integer("Seed") >= 0, "the seed is negative");
    prm.enter_subsection("Domain");
    for (const int n : dealii::Utilities::string_to_int(dealii::Utilities::split_string_list(prm.get("Subdivisions"))))
      require(n >= 1 && n <= 100000, "subdivisions outside of their range");
    for (const double x : dealii::Utilities::string_to_double(dealii::Utilities::split_string_list(prm.get("Lower corner"))))
      require(std::isfinite(x), "a corner at infinity");
    prm.get_bool("Periodic");
    prm.enter_subsection("Inner part");
    const double tolerance = prm.get_double("Tolerance");
    require(tolerance >= 1e-15 && tolerance <= 1., "a tolerance outside of its range");
  });
  return 0;
}
