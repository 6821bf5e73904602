#include <catch2/catch.hpp>

#include <solvers/base/parameters/command_line.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/manual.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include "input_error.h"
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

std::string error(const std::string &text, const std::vector<std::string> &changes = {})
{
  return input_error([&]() {
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
  CHECK(error("\n\nsubsection Learning problem\n  set Neurn = linear\nend\n") ==
        " | f.prm:4: unknown parameter 'Learning problem/Neurn'. Did you mean 'Neuron'? Valid names here: 'Neuron', 'Nodes'.");
  CHECK_THAT(error("set Neuron = linear\n"), Contains("f.prm:1: unknown parameter 'Neuron'.") &&
                                               Contains("'Neuron' belongs into subsection 'Learning problem'"));
  CHECK_THAT(error("subsection Learning problem\nset End time = 1\nend\n"),
             Contains("'End time' belongs outside any subsection"));
  CHECK_THAT(error("\nsubsection Lerning problem\nend\n"),
             Contains("f.prm:2: unknown section 'Lerning problem'. Did you mean 'Learning problem'?") &&
               Contains("'Learning problem/Deep'"));
  CHECK(error("set End time = -1\n") == " | f.prm:1: End time: '-1' is not valid; wanted is a number of at least 0.");
  CHECK_THAT(error("set End time = ten\n"), Contains("'ten' is not valid"));
  CHECK_THAT(error("set End time = nan\n"), Contains("'nan' is not valid"));
  CHECK_THAT(error("set End time = inf\n"), Contains("'inf' is not valid"));
  CHECK_THAT(error("set End time = 1e999\n"), Contains("'1e999' is not valid"));
  CHECK_THAT(error("set End time = 1 2\n"), Contains("'1 2' is not valid"));
  CHECK_THAT(error("set End time =\n"), Contains("f.prm:1: End time: no value is given"));
  CHECK_THAT(error("subsection Learning problem\nset Neuron = rigde\nend\n"),
             Contains("f.prm:2: Learning problem/Neuron: 'rigde'") && Contains("one of 'ridge', 'linear', 'weighted ridge'") &&
               Contains("Did you mean 'ridge'?"));
  CHECK_THAT(error("subsection Learning problem\nset Nodes = 1, inf\nend\n"), Contains("f.prm:2: Learning problem/Nodes"));
  CHECK_THAT(error("set End time = 1\n# x\nset End time = 1\n"), Contains("f.prm:3: 'End time' was set before, at f.prm:1"));
  CHECK_THAT(error("set End time\n"), Contains("f.prm:1: 'set End time' must have the form"));
  CHECK_THAT(error("set = 1\n"), Contains("f.prm:1: ") && Contains("must have the form"));
  CHECK_THAT(error("End time = 1\n"), Contains("f.prm:1: cannot understand 'End time = 1'"));
  CHECK_THAT(error("settle = 1\n"), Contains("cannot understand"));
  CHECK_THAT(error("include other.prm\n"), Contains("cannot understand"));
  CHECK_THAT(error("subsection\nend\n"), Contains("f.prm:1: 'subsection' needs a name"));
  CHECK_THAT(error("\nsubsection Learning problem\nsubsection Deep\nend\n"),
             Contains("f.prm:2: subsection 'Learning problem' is not closed by 'end'"));
  CHECK_THAT(error("end\n"), Contains("f.prm:1: 'end' without a subsection"));
  CHECK_THAT(error("end it\n"), Contains("cannot understand"));
  CHECK_THAT(error("# caf\xe9\n"), Contains("f.prm:1: ") && Contains("UTF-8"));
  CHECK_THAT(error("# \xc3\xa9 is fine\n# \xe2\x82\n"), Contains("f.prm:2: ") && Contains("UTF-8"));
  CHECK_THAT(error(std::string("\nset Title = a\0b\n", 17)), Contains("f.prm:2: ") && Contains("UTF-8"));
  CHECK_THAT(error("subsection Learning problem\nsubsection Deep\nset Number = 1.5\nend\nend\n"),
             Contains("f.prm:3: ") && Contains("a whole number between 0 and 2000000"));
  CHECK_THAT(error("subsection Learning problem\nsubsection Deep\nset Number = 3e6\nend\nend\n"),
             Contains("'3e6' is not valid"));
}

TEST_CASE("A limit that is the machine's is said by the message that refuses a value beyond it")
{
  CHECK(error("subsection Learning problem\nsubsection Deep\nset Cells = 1, 2147483648\nend\nend\n") ==
        " | f.prm:3: Learning problem/Deep/Cells: '1, 2147483648' is not valid; wanted is a list of 1 to 3 values separated by "
        "commas, each a whole number of at least 1. Whole numbers go up to 2147483647 here.");
  CHECK_THAT(error("subsection Learning problem\nsubsection Deep\nset Cells = 0\nend\nend\n"), !Contains("go up to"));
  CHECK_THAT(error("set End time = 1e309\n"), Contains("of at least 0. Numbers are finite, and go up to 1.797e308."));
  CHECK_THAT(error("set End time = -1\n"), !Contains("go up to"));
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
  for (const char *value : {"18446744073709551616", "-1", "1.5", "0x10", "", "1 2"})
    CHECK_THAT(input_error([&]() { seed(value); }),
               Contains("f.prm:1: Seed: ") && Contains("a whole number between 0 and 18446744073709551615"));
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
  CHECK_THAT(error("\nset Title = bytes:50%\n"), Contains("f.prm:2: 'bytes:50%' has a % without two hexadecimal digits"));
}

TEST_CASE("A value is one line")
{
  for (const char *value : {"two\nlines", "two\rlines", "a\x1b", "\x7f"})
    CHECK_THAT(error("", {std::string("Title=") + value}),
               Contains("command line: Title: the value has a line end or another"));
  CHECK(error("", {"Title=with\ttab", "Learning problem/Nodes=1,\n2"}) == "no error");
  CHECK(error("set Title = bytes:two%0Alines\n") == "no error");
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
  CHECK_THAT(error("", {"End tme=1"}), Contains(" | command line: unknown parameter 'End tme'. Did you mean 'End time'?"));
  CHECK_THAT(error("", {"End time=x"}), Contains("command line: End time: 'x' is not valid"));
  CHECK_THAT(error("", {"Learning problm/Neuron=linear"}), Contains("command line: unknown section 'Learning problm'"));
  CHECK_THAT(error("", {"End time"}), Contains("command line: 'End time' must have the form"));
  CHECK_THAT(error("", {"=1"}), Contains("must have the form"));
  CHECK_THAT(error("", {"End time=1", "End time=2"}), Contains("command line: 'End time' is given twice"));
}

TEST_CASE("An error that is found later names the place where the parameter was set")
{
  ParameterFile file("f.prm", "set End time = 1\n\nsubsection Learning problem\nset Nodes = 1\nend\n");
  CHECK(file.describe(InputError("Learning problem/Nodes", "too few.")) == "f.prm:4: Learning problem/Nodes: too few.");
  CHECK(file.describe(InputError("Title", "ugly.")) == "f.prm: default value of Title: ugly.");
  CHECK(file.describe(InputError("", "x.csv:3: bad.")) == "x.csv:3: bad.");
  file.change("End time=2");
  CHECK(file.describe(InputError("End time", "too late.")) == "command line: End time: too late.");
}

TEST_CASE("Parameter files that cannot be read are refused on every rank", "[mpi]")
{
  TemporaryDirectory directory;
  directory.write("a.prm", "set End time = 3\n");
  MPI_Barrier(MPI_COMM_WORLD);
  const auto read = [&](const std::string &path) { return input_error([&]() { ParameterFile::read(path, MPI_COMM_WORLD); }); };
  CHECK_THAT(read(directory.path("none.prm")), Contains("does not exist"));
  CHECK_THAT(read(directory.path(".")), Contains("is a directory"));

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
  CHECK(input_error([&]() { registry.solver("single neurons"); }) ==
        "Solver | unknown solver 'single neurons'. Did you mean 'single neuron'? Valid names: 'continuity', 'single neuron'.");
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
    return input_error([&]() { CommandLine::parse(arguments); });
  };
  CHECK_THAT(mistake({}), Contains("parameter file is missing") && Contains("rhoflow FILE.prm"));
  CHECK_THAT(mistake({"--validate"}), Contains("parameter file is missing"));
  CHECK_THAT(mistake({"--vaildate", "a.prm"}), Contains("unknown option '--vaildate'. Did you mean '--validate'?"));
  CHECK_THAT(mistake({"a.prm", "-ksp_view"}), Contains("unknown option '-ksp_view'") && Contains("behind '--'"));
  CHECK_THAT(mistake({"End time=1", "a.prm"}), Contains("parameter file comes first"));
  CHECK_THAT(mistake({"--help", "--version"}), Contains("one at a time"));
}

TEST_CASE("Files that are nothing but structure take no memory and no time")
{
  std::string nested, many;
  for (unsigned int i = 0; i < 100000; ++i)
    {
      nested += "subsection a\n";
      many += "set name " + std::to_string(i) + " = 1\n";
    }
  CHECK_THAT(input_error([&]() { ParameterFile("f.prm", nested); }), Contains("f.prm:101: more than 100 subsections"));
  CHECK(ParameterFile("f.prm", many).given().size() == 100000);
}

TEST_CASE("Numbers too small for double precision are refused where numbers are wanted")
{
  CHECK_THAT(error("set End time = 1e-320\n"), Contains("f.prm:1: End time: '1e-320' is smaller than numbers can be"));
  CHECK_THAT(error("subsection Learning problem\nset Nodes = 0, 1, -3.0e-4000\nend\n"), Contains("'-3.0e-4000' is smaller"));
  CHECK(error("set End time = 0e-400\nset Title = 1e-320\n") == "no error");
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
  CHECK_THAT(error("", {"Title=\xff\xfe"}),
             Contains("command line: 'Title' has bytes that are not UTF-8") && Contains("write 'Title=bytes:%FF%FE'."));
  CHECK(error("", {"Title=ümlaut"}) == "no error");
}
