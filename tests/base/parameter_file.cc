#include <catch2/catch.hpp>

#include <solvers/base/parameters/command_line.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/manual.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;
namespace Patterns = dealii::Patterns;

namespace
{
void declare(dealii::ParameterHandler &prm)
{
  prm.declare_entry("End time", "10", Patterns::Double(0), "When it ends [time].");
  prm.declare_entry("Title", "", Patterns::Anything(), "A line.");
  prm.enter_subsection("Learning problem");
  prm.declare_entry("Neuron", "ridge", Patterns::Selection("ridge|linear|weighted ridge"), "The neuron.");
  prm.declare_entry("Nodes", "", Patterns::List(Patterns::Double()), "Numbers.");
  prm.enter_subsection("Deep");
  prm.declare_entry("Number", "3", Patterns::Integer(0, 2000000), "A number.");
  prm.declare_entry("Cells", "1, 1", Patterns::List(Patterns::Integer(1), 1, 3), "Cells.");
  prm.leave_subsection();
  prm.leave_subsection();
}

/// Applies a file and changes; the values are in `prm` afterwards.
void load(dealii::ParameterHandler &prm, const std::string &text, const std::vector<std::string> &changes = {})
{
  declare(prm);
  ParameterFile file("f.prm", text);
  for (const std::string &change : changes)
    file.change(change);
  file.apply(prm);
}

std::optional<Refused> error(const std::string &text, const std::vector<std::string> &changes = {})
{
  return refusal([&]() {
    dealii::ParameterHandler prm;
    load(prm, text, changes);
  });
}
} // namespace

TEST_CASE("A parameter file in deal.II's syntax is understood")
{
  dealii::ParameterHandler prm;
  load(prm, "\xef\xbb\xbf# comment with ümlaut\r\nset  End   time=2.5 # half\r\n\r\nsubsection Learning problem\r\n"
            "  set Nodes = 1, \\\r\n   2, \\  # why\r\n # in between \\\r\n 3\r\n"
            "  subsection Deep\n    set Number = 1e6\n    set\tCells = 2.0, 1e1,3\n  end\nend\nset Title = a = b/c; d\n");
  CHECK(prm.get_double("End time") == 2.5);
  CHECK(prm.get("Title") == "a = b/c; d");
  prm.enter_subsection("Learning problem");
  CHECK(prm.get("Nodes") == "1, 2, 3");
  CHECK(prm.get("Neuron") == "ridge");
  prm.enter_subsection("Deep");
  CHECK(prm.get_integer("Number") == 1000000);
  CHECK(prm.get("Cells") == "2,10,3");
}

TEST_CASE("What deal.II prints is read back")
{
  dealii::ParameterHandler prm, again;
  load(prm, "set End time = 2\nsubsection Learning problem\nset Neuron = weighted ridge\nend\n");
  std::ostringstream printed;
  prm.print_parameters(printed, dealii::ParameterHandler::PRM);
  load(again, printed.str());
  std::ostringstream printed_again;
  again.print_parameters(printed_again, dealii::ParameterHandler::PRM);
  CHECK(printed.str() == printed_again.str());
}

TEST_CASE("The command line wins over the file")
{
  dealii::ParameterHandler prm;
  load(prm, "set End time = 2\n", {"End time=3", "Learning problem/Deep/Number = 4", "Title=a=b"});
  CHECK(prm.get_double("End time") == 3.);
  CHECK(prm.get("Title") == "a=b");
  prm.enter_subsection("Learning problem");
  prm.enter_subsection("Deep");
  CHECK(prm.get_integer("Number") == 4);
}

TEST_CASE("Every mistake in a parameter file is one message with file and line")
{
  CHECK(error("\n\nsubsection Learning problem\n  set Neurn = linear\nend\n") == Refused{"", Refusal::unknown_name}
                                                                                   .naming("f.prm:4:")
                                                                                   .naming("'Learning problem/Neurn'")
                                                                                   .naming("mean 'Neuron'")
                                                                                   .naming("'Nodes'"));
  CHECK(error("set Neuron = linear\n") ==
        Refused{"", Refusal::unknown_name}.naming("f.prm:1:").naming("'Neuron'").naming("'Learning problem'"));
  CHECK(error("subsection Learning problem\nset End time = 1\nend\n") ==
        Refused{"", Refusal::unknown_name}.naming("'End time'").naming("outside"));
  CHECK(error("\nsubsection Lerning problem\nend\n") == Refused{"", Refusal::unknown_name}
                                                          .naming("f.prm:2:")
                                                          .naming("'Lerning problem'")
                                                          .naming("mean 'Learning problem'")
                                                          .naming("'Learning problem/Deep'"));
  CHECK(error("set End time = -1\n") ==
        Refused{"", Refusal::out_of_range}.naming("f.prm:1:").naming("End time").naming("'-1'").naming("at least 0"));
  CHECK(error("set End time = ten\n") == Refused{"", Refusal::malformed}.naming("'ten'"));
  CHECK(error("set End time = nan\n") == Refused{"", Refusal::malformed}.naming("'nan'"));
  CHECK(error("set End time = inf\n") == Refused{"", Refusal::out_of_range}.naming("'inf'"));
  CHECK(error("set End time = 1e999\n") == Refused{"", Refusal::out_of_range}.naming("'1e999'"));
  CHECK(error("set End time = 1 2\n") == Refused{"", Refusal::malformed}.naming("'1 2'"));
  CHECK(error("set End time =\n") == Refused{"", Refusal::missing}.naming("f.prm:1:").naming("End time"));
  CHECK(error("subsection Learning problem\nset Neuron = rigde\nend\n") == Refused{"", Refusal::unknown_name}
                                                                             .naming("f.prm:2:")
                                                                             .naming("Learning problem/Neuron")
                                                                             .naming("'rigde'")
                                                                             .naming("'linear', 'weighted ridge'")
                                                                             .naming("mean 'ridge'"));
  CHECK(error("subsection Learning problem\nset Nodes = 1, inf\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("f.prm:2:").naming("Learning problem/Nodes"));
  CHECK(error("set End time = 1\n# x\nset End time = 1\n") ==
        Refused{"", Refusal::repeated}.naming("f.prm:3:").naming("'End time'").naming("f.prm:1"));
  CHECK(error("set End time\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("'set End time'"));
  CHECK(error("set = 1\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("set Name = value"));
  CHECK(error("End time = 1\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("'End time = 1'"));
  CHECK(error("settle = 1\n") == Refused{"", Refusal::malformed}.naming("'settle = 1'"));
  CHECK(error("include other.prm\n") == Refused{"", Refusal::malformed}.naming("'include other.prm'"));
  CHECK(error("subsection\nend\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("'subsection'"));
  CHECK(error("\nsubsection Learning problem\nsubsection Deep\nend\n") ==
        Refused{"", Refusal::malformed}.naming("f.prm:2:").naming("'Learning problem'"));
  CHECK(error("end\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("'end'"));
  CHECK(error("end it\n") == Refused{"", Refusal::malformed}.naming("'end it'"));
  CHECK(error("# caf\xe9\n") == Refused{"", Refusal::malformed}.naming("f.prm:1:").naming("UTF-8"));
  CHECK(error("# \xc3\xa9 is fine\n# \xe2\x82\n") == Refused{"", Refusal::malformed}.naming("f.prm:2:").naming("UTF-8"));
  CHECK(error(std::string("\nset Title = a\0b\n", 17)) == Refused{"", Refusal::malformed}.naming("f.prm:2:").naming("UTF-8"));
  CHECK(error("subsection Learning problem\nsubsection Deep\nset Number = 1.5\nend\nend\n") ==
        Refused{"", Refusal::malformed}.naming("f.prm:3:").naming("between 0 and 2000000"));
  CHECK(error("subsection Learning problem\nsubsection Deep\nset Number = 3e6\nend\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("'3e6'"));
}

TEST_CASE("A limit that is the machine's is said by the message that refuses a value beyond it")
{
  CHECK(error("subsection Learning problem\nsubsection Deep\nset Cells = 1, 2147483648\nend\nend\n") ==
        Refused{"", Refusal::out_of_range}
          .naming("f.prm:3:")
          .naming("Learning problem/Deep/Cells")
          .naming("'1, 2147483648'")
          .naming("1 to 3 values")
          .naming("go up to 2147483647"));
  CHECK_THAT(message_of(error("subsection Learning problem\nsubsection Deep\nset Cells = 0\nend\nend\n")),
             !Contains("go up to"));
  CHECK(error("set End time = 1e309\n") ==
        Refused{"", Refusal::out_of_range}.naming("at least 0").naming("go up to 1.797e308"));
  CHECK_THAT(message_of(error("set End time = -1\n")), !Contains("go up to"));
  CHECK(hidden_limit(Patterns::Integer().description(), "-2147483649") == " Whole numbers go down to -2147483648 here.");
  CHECK(hidden_limit(Patterns::Integer(0, 5).description(), "2147483648").empty());
}

TEST_CASE("A seed has 64 bits")
{
  const auto seed = [](const std::string &value) {
    dealii::ParameterHandler prm;
    RunParameters::declare(prm);
    ParameterFile("f.prm", "set Seed = " + value + "\n").apply(prm);
    RunParameters parameters;
    parameters.parse(prm);
    return parameters.seed;
  };
  CHECK(seed("2147483648") == 2147483648U);
  CHECK(seed("18446744073709551615") == 18446744073709551615U);
  CHECK(seed("007") == 7);
  CHECK(seed("1e18") == 1000000000000000000U);
  const std::vector<std::pair<std::string, Refusal>> wrong{{"18446744073709551616", Refusal::out_of_range},
                                                           {"-1", Refusal::out_of_range},
                                                           {"1.5", Refusal::malformed},
                                                           {"0x10", Refusal::malformed},
                                                           {"", Refusal::missing},
                                                           {"1 2", Refusal::malformed}};
  for (const auto &value : wrong)
    CHECK(refusal([&]() { seed(value.first); }) ==
          Refused{"", value.second}.naming("f.prm:1: Seed").naming("between 0 and 18446744073709551615"));
}

TEST_CASE("A # is a part of a value behind a backslash and inside of quotes")
{
  const auto title = [](const std::string &text) {
    dealii::ParameterHandler prm;
    load(prm, "set Title = " + text + "\n");
    return prm.get("Title");
  };
  CHECK(title("d\\#1.csv # a comment") == "d#1.csv");
  CHECK(title("d\\\\\\#1 \\# \\\\# comment") == "d\\#1 # \\");
  CHECK(title("\"a#1\", b, \"c, #\"#comment") == "\"a#1\", b, \"c, #\"");
  CHECK(title("\"a\"\"#\\#\" # \"x\"") == "\"a\"\"##\"");
  CHECK(title("5\" wide # 3\" deep") == "5\" wide");
  CHECK(title("\"open # 3 deep") == "\"open");
  CHECK(title("C:\\data\\new\\\\") == "C:\\data\\new\\");
  CHECK(title("one \\ # more\n  two") == "one two");
  CHECK(title("bytes:caf%E9%25") == "caf\xe9%");
  CHECK(error("\nset Title = bytes:50%\n") == Refused{"", Refusal::malformed}.naming("f.prm:2:").naming("'bytes:50%'"));
}

TEST_CASE("A value is one line")
{
  for (const char *value : {"two\nlines", "two\rlines", "a\x1b", "\x7f"})
    CHECK(error("", {std::string("Title=") + value}) == Refused{"", Refusal::malformed}.naming("command line").naming("Title"));
  CHECK_FALSE(error("", {"Title=with\ttab", "Learning problem/Nodes=1,\n2"}));
  CHECK_FALSE(error("set Title = bytes:two%0Alines\n"));
}

TEST_CASE("Line ends of old systems are line ends")
{
  dealii::ParameterHandler prm;
  load(prm, "# what\rset Title = a\rset End time = 3\r");
  CHECK(prm.get("Title") == "a");
  CHECK(prm.get_double("End time") == 3.);
}

TEST_CASE("Mistakes on the command line say so")
{
  CHECK(error("", {"End tme=1"}) ==
        Refused{"", Refusal::unknown_name}.naming("command line").naming("'End tme'").naming("mean 'End time'"));
  CHECK(error("", {"End time=x"}) == Refused{"", Refusal::malformed}.naming("command line").naming("'x'"));
  CHECK(error("", {"Learning problm/Neuron=linear"}) ==
        Refused{"", Refusal::unknown_name}.naming("command line").naming("'Learning problm'"));
  CHECK(error("", {"End time"}) == Refused{"", Refusal::malformed}.naming("command line").naming("'End time'"));
  CHECK(error("", {"=1"}) == Refused{"", Refusal::malformed}.naming("Section/Name=value"));
  CHECK(error("", {"End time=1", "End time=2"}) == Refused{"", Refusal::repeated}.naming("command line").naming("'End time'"));
}

TEST_CASE("An error that is found later names the place where the parameter was set")
{
  ParameterFile file("f.prm", "set End time = 1\n\nsubsection Learning problem\nset Nodes = 1\nend\n");
  CHECK(file.describe(InputError(Refusal::out_of_range, "Learning problem/Nodes", "too few.")) ==
        "f.prm:4: Learning problem/Nodes: too few.");
  CHECK(file.describe(InputError(Refusal::out_of_range, "Title", "ugly.")) == "f.prm: default value of Title: ugly.");
  CHECK(file.describe(InputError(Refusal::out_of_range, "", "x.csv:3: bad.")) == "x.csv:3: bad.");
  file.change("End time=2");
  CHECK(file.describe(InputError(Refusal::out_of_range, "End time", "too late.")) == "command line: End time: too late.");
}

TEST_CASE("Parameter files that cannot be read are refused on every rank", "[mpi]")
{
  TemporaryDirectory directory;
  directory.write("a.prm", "set End time = 3\n");
  MPI_Barrier(MPI_COMM_WORLD);
  const auto read = [&](const std::string &path) { return refusal([&]() { ParameterFile::read(path, MPI_COMM_WORLD); }); };
  CHECK(read(directory.path("none.prm")) == Refused{"", Refusal::missing}.naming("none.prm"));
  CHECK(read(directory.path(".")) == Refused{"", Refusal::unreadable}.naming("directory"));

  dealii::ParameterHandler prm;
  declare(prm);
  ParameterFile::read(directory.path("a.prm"), MPI_COMM_WORLD).apply(prm);
  CHECK(prm.get_double("End time") == 3.);
}

TEST_CASE("Patterns are explained in plain words")
{
  const auto words = [](const Patterns::PatternBase &pattern) { return plain_range(pattern.description()); };
  CHECK(words(Patterns::Double()) == "a number");
  CHECK(words(Patterns::Double(0)) == "a number of at least 0");
  CHECK(words(Patterns::Double(-0.5, 1)) == "a number between -0.5 and 1");
  CHECK(words(Patterns::Double(-std::numeric_limits<double>::max(), 2)) == "a number of at most 2");
  CHECK(words(Patterns::Integer()) == "a whole number");
  CHECK(words(Patterns::Integer(1)) == "a whole number of at least 1");
  CHECK(words(Patterns::Integer(1, 4)) == "a whole number between 1 and 4");
  CHECK(words(Patterns::Bool()) == "true or false");
  CHECK(words(Patterns::Anything()) == "any text");
  CHECK(words(Patterns::FileName()) == "the name of a file");
  CHECK(words(Patterns::DirectoryName()) == "the name of a directory");
  CHECK(words(Patterns::Selection("a b|c")) == "one of 'a b', 'c'");
  CHECK(words(Patterns::MultipleSelection("a|c")) == "any of 'a', 'c', separated by commas");
  CHECK(words(Patterns::List(Patterns::Double(0))) == "a list of values separated by commas, each a number of at least 0");
  CHECK(words(Patterns::List(Patterns::Integer(1), 1, 3)) ==
        "a list of 1 to 3 values separated by commas, each a whole number of at least 1");
  CHECK(words(Patterns::List(Patterns::Double(), 2, 2, ";")) == "2 values separated by ';', each a number");
}

TEST_CASE("The manual has every parameter with default, range and description, and every solver")
{
  dealii::ParameterHandler prm;
  declare(prm);
  const std::vector<SolverEntry> solvers{{"drift", "Drifts along.", nullptr}, {"jump", "Jumps.", nullptr, {}, {"Other"}}};
  const std::string              all = parameter_manual(prm, solvers, nullptr);
  CHECK_THAT(all, Contains("drift\n      Drifts along.") && Contains("jump\n      Jumps."));
  for (const DeclaredParameter &parameter : declared_parameters(prm))
    CHECK_THAT(all, Contains("  " + parameter.name + "\n      " + parameter.documentation +
                             "\n      Default: " + (parameter.default_value.empty() ? "empty" : parameter.default_value) +
                             "\n      Value: " + parameter.range + "\n"));
  const std::string one = parameter_manual(prm, solvers, &solvers[1]);
  CHECK_THAT(one, !Contains("drift") && Contains("Jumps") && Contains("End time") && !Contains("Neuron"));
}

TEST_CASE("Solvers are found by name")
{
  const Registry registry{{{"continuity", "", nullptr}, {"single neuron", "", nullptr}}};
  CHECK(registry.solver("single neuron").name == "single neuron");
  CHECK(
    refusal([&]() { registry.solver("single neurons"); }) ==
    Refused{"Solver", Refusal::unknown_name}.naming("'single neurons'").naming("mean 'single neuron'").naming("'continuity'"));
}

TEST_CASE("The command line is understood")
{
  using Action   = CommandLine::Action;
  const auto run = CommandLine::parse({"a.prm", "End time=1", "A/B=2"});
  CHECK(run.action == Action::run);
  CHECK(run.parameter_file == "a.prm");
  CHECK(run.changes == std::vector<std::string>{"End time=1", "A/B=2"});
  CHECK(CommandLine::parse({"--validate", "a.prm"}).action == Action::validate);
  CHECK(CommandLine::parse({"a.prm", "--validate"}).parameter_file == "a.prm");
  CHECK(CommandLine::parse({"--print-parameters", "single", "neuron"}).solver == "single neuron");
  CHECK(CommandLine::parse({"--version"}).action == Action::version);
  CHECK(CommandLine::parse({"-h"}).action == Action::help);

  const auto mistake = [](const std::vector<std::string> &arguments) {
    return refusal([&]() { CommandLine::parse(arguments); });
  };
  CHECK(mistake({}) == Refused{"", Refusal::missing}.naming("rhoflow FILE.prm"));
  CHECK(mistake({"--validate"}) == Refused{"", Refusal::missing});
  CHECK(mistake({"--vaildate", "a.prm"}) ==
        Refused{"", Refusal::unknown_name}.naming("'--vaildate'").naming("mean '--validate'"));
  CHECK(mistake({"a.prm", "-ksp_view"}) == Refused{"", Refusal::unknown_name}.naming("'-ksp_view'").naming("'--'"));
  CHECK(mistake({"End time=1", "a.prm"}) == Refused{"", Refusal::malformed}.naming("'End time=1'"));
  CHECK(mistake({"--help", "--version"}) == Refused{"", Refusal::inconsistent}.naming("'--version'"));
}

TEST_CASE("Files that are nothing but structure take no memory and no time")
{
  std::string nested, many;
  for (unsigned int i = 0; i < 100000; ++i)
    {
      nested += "subsection a\n";
      many += "set name " + std::to_string(i) + " = 1\n";
    }
  CHECK(refusal([&]() { ParameterFile("f.prm", nested); }) ==
        Refused{"", Refusal::too_large}.naming("f.prm:101:").naming("100"));
  CHECK(ParameterFile("f.prm", many).given().size() == 100000);
}

TEST_CASE("Numbers too small for double precision are refused where numbers are wanted")
{
  CHECK(error("set End time = 1e-320\n") ==
        Refused{"", Refusal::out_of_range}.naming("f.prm:1:").naming("End time").naming("'1e-320'"));
  CHECK(error("subsection Learning problem\nset Nodes = 0, 1, -3.0e-4000\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("'-3.0e-4000'"));
  CHECK_FALSE(error("set End time = 0e-400\nset Title = 1e-320\n"));
}

TEST_CASE("Any white space may stand in a list of numbers")
{
  dealii::ParameterHandler prm;
  load(prm, "subsection Learning problem\nset Nodes = 1\v, 2\f,\t3\r , 4\nset Neuron = weighted\tridge\nend\n");
  prm.enter_subsection("Learning problem");
  CHECK(dealii::Utilities::string_to_double(dealii::Utilities::split_string_list(prm.get("Nodes"))) ==
        std::vector<double>{1., 2., 3., 4.});
  CHECK(prm.get("Neuron") == "weighted ridge");
}

TEST_CASE("The command line is UTF-8 text, too")
{
  CHECK(error("", {"Title=\xff\xfe"}) ==
        Refused{"", Refusal::malformed}.naming("command line").naming("'Title'").naming("'Title=bytes:%FF%FE'"));
  CHECK_FALSE(error("", {"Title=ümlaut"}));
}
