#include <catch2/catch.hpp>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/unread_parameters.h>

#include <deal.II/base/parameter_handler.h>

using namespace rhoflow;
using Strings = std::vector<std::string>;

namespace
{
/// The warnings for a file with this text and the changes of the command line.
Strings warnings(const std::string &text, const Strings &changes = {})
{
  dealii::ParameterHandler parameters;
  parameters.declare_entry("End time", "1");
  parameters.declare_entry("Compare", "false");
  for (const char *section : {"Mesh", "Networks", "Else", "Checkpoint"})
    {
      parameters.enter_subsection(section);
      parameters.declare_entry("Size", "0.001");
      parameters.declare_entry("Number", "8");
      parameters.leave_subsection();
    }
  SolverEntry solver;
  solver.name     = "waves";
  solver.sections = {"Mesh", "Networks"};
  solver.unread   = [](dealii::ParameterHandler &prm) {
    std::vector<Unread> rules{{"End time", ""}, {"Mesh/Number", "unless 'Size = 2'"}};
    return parameter_value(prm, "Compare") == "true" ? rules :
                                                         rules + std::vector<Unread>{{"Networks", "unless 'Compare = true'"}};
  };
  ParameterFile file("a.prm", text);
  for (const std::string &change : changes)
    file.change(change);
  file.apply(parameters);
  return warnings_of(unread_settings(file, parameters, solver));
}
} // namespace

TEST_CASE("Parameters that a run does not read are named with their place and the reason")
{
  CHECK(warnings("set Compare = true\nsubsection Mesh\n set Size = 3\nend\nsubsection Networks\n set Size = 3\nend\n").empty());
  CHECK(warnings("subsection Networks\n set Size = 3\n set Number = 9\nend\n") ==
        Strings{"a.prm:2: 'Size', 'Number' in section 'Networks' have no effect unless 'Compare = true'."});
  CHECK(warnings("set End time = 4\nsubsection Mesh\n set Number = 3\nend\nsubsection Else\n set Size = 3\nend\n") ==
        Strings{"a.prm:1: 'End time' has no effect with 'Solver = waves'.",
                "a.prm:3: 'Number' in section 'Mesh' has no effect unless 'Size = 2'.",
                "a.prm:6: 'Size' in section 'Else' has no effect with 'Solver = waves'."});
  // The last of several places counts.
  CHECK(warnings("subsection Else\n set Size = 3\nend\n", {"Else/Size=4"}) ==
        Strings{"command line: 'Size' in section 'Else' has no effect with 'Solver = waves'."});
}

TEST_CASE("Parameters that have their default value need no warning")
{
  CHECK(warnings("set End time = 1\nsubsection Else\n set Size = 1e-3\n set Number = 8\nend\n").empty());
  CHECK(warnings("subsection Else\n set Size = 3\nend\n", {"Else/Size=0.001"}).empty());
  CHECK(warnings("subsection Checkpoint\n set Size = 3\nend\n").empty());
}
