// Whatever a run accepts, its records hold: values of parameters, names of files, and what a state belongs to.
#include <catch2/catch.hpp>

#include <solvers/base/byte_text.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/parameters/parameter_catalogue.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/parameter_line.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/premises.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/utf8.h>

#include <deal.II/base/parameter_handler.h>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;
namespace Patterns = dealii::Patterns;

namespace
{
/// Texts made of all that has a meaning somewhere: in files, shells, JSON, HTML, UTF-8.
class Texts
{
public:
  explicit Texts(const unsigned int number)
    : random(1, RandomPurpose::check_points, number)
  {}

  std::string next(const bool lines = true)
  {
    static const std::vector<std::string> pieces = {"#",
                                                    "\\",
                                                    "\\\\",
                                                    "\"",
                                                    "'",
                                                    "=",
                                                    ",",
                                                    ";",
                                                    "\t",
                                                    " ",
                                                    "  ",
                                                    "%",
                                                    "%E9",
                                                    "&",
                                                    "<a>",
                                                    "{",
                                                    "[",
                                                    "/",
                                                    "..",
                                                    "a",
                                                    "Z",
                                                    "17",
                                                    "1e-3",
                                                    "\u00e9",
                                                    "€",
                                                    "𝄞",
                                                    "\xe9",
                                                    "\xff",
                                                    "\xed\xa0\x80",
                                                    "\xc0\xaf",
                                                    "\xe2\x82",
                                                    "bytes:",
                                                    "# default: x",
                                                    "set ",
                                                    "end",
                                                    "subsection x",
                                                    "\x01",
                                                    "\x7f",
                                                    "\x1b",
                                                    "\u2028",
                                                    "\u0085",
                                                    "\r",
                                                    "\n",
                                                    "\r\n"};
    const std::size_t                     n      = pieces.size() - (lines ? 0 : 2);
    std::string                           text;
    for (std::uint64_t i = random.integer(9); i > 0; --i)
      text += pieces[random.integer(n)];
    return text;
  }

private:
  CounterRandom random;
};

void declare(dealii::ParameterHandler &prm)
{
  prm.declare_entry("Title", "", Patterns::Anything(), "One line.");
  prm.enter_subsection("Data");
  prm.declare_entry("CSV file", "", Patterns::Anything(), "set CSV file = a name\n\nof a file.");
  prm.declare_entry("CSV file name", "x", Patterns::Anything(), "Another one.");
  prm.declare_entry("Nodes", "1, 2", Patterns::List(Patterns::Double()), "Numbers.");
  prm.leave_subsection();
}

/// Reads the parameters that are printed, and compares all.
void check_record(const dealii::ParameterHandler &prm)
{
  const std::string text = parameters_text(prm);
  REQUIRE(first_invalid_byte(text) == std::string::npos);
  dealii::ParameterHandler again;
  declare(again);
  ParameterFile("parameters_used.prm", text).apply(again);
  REQUIRE(current_values(again) == current_values(prm));
  REQUIRE(parameters_text(again) == text);
}
} // namespace

TEST_CASE("Every value of the command line is refused, or read back from the record of the run")
{
  unsigned int n_accepted = 0, n_special = 0;
  for (unsigned int number = 0; number < 4000; ++number)
    {
      Texts             texts(number);
      const std::string value = trimmed(texts.next()), title = trimmed(texts.next());
      INFO(number << ": '" << value << "', '" << title << "'");
      dealii::ParameterHandler prm;
      declare(prm);
      const auto refused = refusal([&]() {
        ParameterFile file("f.prm", "");
        file.change("Data/CSV file=" + value);
        file.change("Title = " + title);
        file.apply(prm);
      });
      if (refused)
        {
          CHECK(*refused == Refused{"", Refusal::malformed});
          continue;
        }
      ++n_accepted;
      n_special += value.find_first_of("#\\\"") != std::string::npos ? 1 : 0;
      REQUIRE(parameter_value(prm, "Data/CSV file") == bytes_of_text(value));
      REQUIRE(parameter_value(prm, "Title") == bytes_of_text(title));
      check_record(prm);
    }
  CHECK(n_accepted > 300);
  CHECK(n_special > 150);
}

TEST_CASE("Every value of a parameter file is refused, or read back from the record of the run")
{
  unsigned int n_accepted = 0;
  for (unsigned int number = 0; number < 4000; ++number)
    {
      Texts             texts(number);
      const std::string value = texts.next(false), comment = texts.next(false);
      INFO(number << ": '" << value << "'");
      dealii::ParameterHandler prm;
      declare(prm);
      const auto refused = refusal([&]() {
        ParameterFile("f.prm", "subsection Data\n  set CSV file = " + value + "\n  set Nodes = 1 # " + comment + "\n\nend\n")
          .apply(prm);
      });
      if (refused)
        continue;
      ++n_accepted;
      check_record(prm);
    }
  CHECK(n_accepted > 300);
}

TEST_CASE("Any bytes can be held by a parameter file")
{
  for (unsigned int number = 0; number < 4000; ++number)
    {
      const std::string value = Texts(number).next();
      INFO(number << ": '" << value << "'");
      const ParameterLine line("  set CSV file = " + text_of_value(value) + "   # default: x");
      REQUIRE(first_invalid_byte(line.text) == std::string::npos);
      REQUIRE_FALSE(line.is_continued);
      REQUIRE(value_of_text(trimmed(line.text.substr(line.text.find('=') + 1))) == value);
      REQUIRE(line.comment == " default: x");
    }
}

TEST_CASE("Values without special characters are printed as deal.II does")
{
  dealii::ParameterHandler prm;
  declare(prm);
  ParameterFile("f.prm",
                "set Title = C:\\new\\x, \"a\" & 'b' \u00e9 = 1;\t2\nsubsection Data\nset CSV file = data/a b.csv\nend\n")
    .apply(prm);
  std::ostringstream printed;
  prm.print_parameters(printed, dealii::ParameterHandler::PRM | dealii::ParameterHandler::KeepDeclarationOrder);
  CHECK(parameters_text(prm) == printed.str());

  set_parameter_value(prm, "Data/CSV file", "a#1");
  CHECK_THAT(parameters_text(prm), Contains("  set CSV file      = a\\#1 ") && Contains("# default: \n"));
  set_parameter_value(prm, "Data/CSV file", "/caf\xe9/50%\\");
  CHECK_THAT(parameters_text(prm), Contains("= bytes:/caf%E9/50%25\\\\ "));
}

TEST_CASE("The provenance holds any names, and is UTF-8")
{
  for (unsigned int number = 0; number < 3000; ++number)
    {
      Texts      texts(number);
      Provenance known;
      known.begun               = {0., "2026-01-02T03:04:05Z", 1, {{"rhoflow", "1"}}, {texts.next(), texts.next()}};
      known.seed                = 1;
      known.parameter_file      = texts.next();
      known.parameter_directory = texts.next();
      known.input_files         = {{texts.next(), 1, 2, texts.next()}};
      known.continued           = {{1., "2026-01-02T03:04:05Z", 1, {}, {texts.next()}}};
      known.begun.platform      = {{{"name", texts.next()}}, {{texts.next(), 1}}, {{texts.next(), 1}}};
      known.begun.end           = Provenance::End{"2026-01-02T03:04:06Z", 2, texts.next()};
      const std::string json    = known.json();
      REQUIRE(first_invalid_byte(json) == std::string::npos);
      const Provenance again = Provenance::parse(json);
      REQUIRE(again.begun.command_line == known.begun.command_line);
      REQUIRE(again.parameter_file == known.parameter_file);
      REQUIRE(again.parameter_directory == known.parameter_directory);
      REQUIRE(again.input_files.at(0).path == known.input_files[0].path);
      REQUIRE(again.input_files.at(0).from_run == known.input_files[0].from_run);
      REQUIRE(again.continued.at(0).command_line == known.continued[0].command_line);
      REQUIRE(again.begun.platform.job == known.begun.platform.job);
      REQUIRE(again.begun.platform.hosts == known.begun.platform.hosts);
      REQUIRE(again.begun.platform.processors == known.begun.platform.processors);
      REQUIRE(again.begun.end->reason == known.begun.end->reason);
    }
  Provenance known;
  known.seed                = 1;
  known.parameter_directory = "/home/caf\xe9";
  CHECK_THAT(known.json(), Contains("\"directory of the parameter file\": \"bytes:/home/caf%E9\""));
  CHECK_THROWS_AS(Provenance::parse(known.json().replace(known.json().find("%E9"), 3, "%E")), std::runtime_error);
}

TEST_CASE("A state knows the parameters and the files that it belongs to", "[mpi]")
{
  const TemporaryDirectory directory;
  ParameterCatalogue       catalogue;
  for (const char *path : {"Title", "End time"})
    catalogue.add(path, may_change);
  catalogue.add("Seed", OnResume::must_stay);
  const auto declare_all = [](dealii::ParameterHandler &prm) {
    declare(prm);
    prm.declare_entry("Seed", "1", Patterns::Anything(), "A number of many digits.");
    prm.declare_entry("End time", "1", Patterns::Double(), "May change.");
    prm.enter_subsection("Mean field");
    prm.declare_entry("Weight decay", "0", Patterns::Double(), "Physics.");
    prm.leave_subsection();
  };
  dealii::ParameterHandler begun, now;
  declare_all(begun);
  declare_all(now);
  set_parameter_value(begun, "Data/CSV file name", "d#1 \\ \xe9");
  set_parameter_value(begun, "Mean field/Weight decay", "1e-3");
  set_parameter_value(begun, "Seed", "9007199254740993");
  const Provenance::InputFile file{"/caf\xe9/a #1.csv", 9, 0xcbf43926};

  const auto state_with = [&](const std::string &text) {
    CheckpointWriter writer(MPI_COMM_WORLD);
    if (!text.empty())
      writer.put(Premises::section, text);
    writer.write(directory.path("state"), 1., 1);
    return CheckpointReader(directory.path("state"), MPI_COMM_WORLD);
  };
  const std::string text = Premises(begun, {file}).text();
  const Premises    kept(state_with(text));
  CHECK(kept.text() == text);

  const auto refused_with = [&](const std::string &path, const std::string &value) {
    const std::string before = parameter_value(begun, path);
    for (const char *name : {"Data/CSV file name", "Mean field/Weight decay", "Seed"})
      set_parameter_value(now, name, parameter_value(begun, name));
    set_parameter_value(now, path, value);
    const auto refused = refusal([&]() { kept.refuse_other_parameters(now, catalogue); });
    set_parameter_value(now, path, before);
    return refused;
  };
  CHECK_FALSE(refused_with("End time", "7"));
  CHECK_FALSE(refused_with("Title", "other"));
  CHECK_FALSE(refused_with("Mean field/Weight decay", "0.001"));
  CHECK_FALSE(refused_with("Data/Nodes", "1,2.0"));
  CHECK(refused_with("Data/Nodes", "1, 2, 3") == Refused{"Data/Nodes", Refusal::inconsistent}.naming("'1, 2'"));
  CHECK(refused_with("Mean field/Weight decay", "0.5") ==
        Refused{"Mean field/Weight decay", Refusal::inconsistent}.naming("'1e-3'").naming("'0.5'"));
  CHECK(refused_with("Seed", "9007199254740992") == Refused{"Seed", Refusal::inconsistent}.naming("'9007199254740993'"));
  CHECK(refused_with("Data/CSV file name", "d#1 \\") ==
        Refused{"Data/CSV file name", Refusal::inconsistent}.naming("'d#1 \\ \xe9'"));

  CHECK_FALSE(refusal([&]() { kept.refuse_other_files({{"moved", 9, 0xcbf43926}}); }));
  CHECK(refusal([&]() {
          kept.refuse_other_files({{"/b", 9, 0xcbf43927}});
        }) == Refused{"", Refusal::inconsistent}.naming("'/b'").naming("9 bytes, CRC-32 cbf43926"));
  CHECK(refusal([&]() { kept.refuse_other_files({}); }) ==
        Refused{"", Refusal::inconsistent}.naming("1 input files").naming("0 now"));

  // What the program chose when the run was begun.
  dealii::ParameterHandler left, chosen;
  for (dealii::ParameterHandler *const handler : {&left, &chosen})
    declare_all(*handler);
  left.declare_entry("Nodes", "automatic", Patterns::Anything(), "New.");
  chosen.declare_entry("Nodes", "28", Patterns::Anything(), "New.");
  const Premises of_choice(state_with(Premises(chosen, {}).text()));
  of_choice.take_choices(left);
  CHECK(parameter_value(left, "Nodes") == "28");
  set_parameter_value(left, "Nodes", "14");
  of_choice.take_choices(left);
  CHECK(parameter_value(left, "Nodes") == "14");

  // Parameters that came or went with another version of the program.
  dealii::ParameterHandler more;
  declare_all(more);
  for (const char *name : {"Data/CSV file name", "Mean field/Weight decay", "Seed"})
    set_parameter_value(more, name, parameter_value(begun, name));
  more.declare_entry("Friction", "0", Patterns::Double(), "New.");
  CHECK_FALSE(refusal([&]() { kept.refuse_other_parameters(more, catalogue); }));
  set_parameter_value(more, "Friction", "1");
  CHECK(refusal([&]() { kept.refuse_other_parameters(more, catalogue); }) ==
        Refused{"", Refusal::damaged}.naming("'Friction'").naming("'1' now"));
  CHECK(refusal([&]() { Premises(more, {}).refuse_other_parameters(begun, catalogue); }) ==
        Refused{"", Refusal::damaged}.naming("'Friction'").naming("'1'"));

  CHECK(refusal([&]() { Premises(state_with("")); }) == Refused{"", Refusal::damaged}.naming("older version"));
  for (const std::string &damaged : {text + std::string(8, '\0'), std::string(text.size(), '\0'), std::string("set Title\n"),
                                     std::string("file 1\n"), text.substr(0, text.size() - 1)})
    CHECK(refusal([&]() { Premises(state_with(damaged)); }) ==
          Refused{"", Refusal::damaged}.naming("parameters cannot be read"));
}
