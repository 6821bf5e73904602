#include <catch2/catch.hpp>

#include <postprocess/page/report.h>
#include <postprocess/records/run_record.h>

#include <cmath>

#include <tests/support/refusals.h>

#include "small_run.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
std::optional<Refused> opening(const std::string &directory)
{
  return refusal([&]() { RunRecord::open(directory); });
}
} // namespace

TEST_CASE("The record of a run has its parameters, tables, files and origin")
{
  const SmallRun  run;
  const RunRecord record = RunRecord::open(run.path() + "//");
  CHECK(record.warnings.empty());
  CHECK(record.directory == run.path());
  CHECK(record.name == "a run");
  CHECK(record.title == "<script>alert(1)</script> & \"more\"");
  CHECK(record.solver == "continuity");
  CHECK(record.provenance.begun.started == "2026-01-02T03:04:05Z");
  CHECK(record.provenance.begun.ranks == 3);
  CHECK(record.provenance.seed == 18446744073709551615u);
  CHECK(record.provenance.parameter_file == "a.prm");
  CHECK(record.provenance.begun.command_line == std::vector<std::string>{"rhoflow", "a.prm", "Title=it's <b>"});
  CHECK(record.provenance.begun.versions ==
        std::vector<std::pair<std::string, std::string>>{{"rhoflow", "0.1.0 (revision abc)"}, {"MPI", "Open \"MPI\""}});
  CHECK(record.log == run.files.at("log.txt"));
  CHECK(record.coordinates == std::vector<std::string>{"a", "w"});

  REQUIRE(record.parameters.size() == 25);
  CHECK(record.parameters[0].path == "Solver");
  CHECK(record.parameters[0].standard == "single neuron");
  CHECK_FALSE(record.parameters[0].is_standard);
  CHECK(record.parameters[4].path == "Output times");
  CHECK(record.parameters[4].value.empty());
  CHECK(record.parameters[4].is_standard);
  CHECK(record.parameter("Title") == record.title);
  CHECK(record.parameter("Domain/Deeper/Name") == "value = with = signs");
  CHECK(record.parameter("Domain/Boundary mass warning") == "1e-6");
  CHECK(record.parameter("Initial law/Law") == "normal(0, 1), uniform(-3, 4)");
  CHECK(record.parameter("Nothing").empty());
  for (const UsedParameter &parameter : record.parameters)
    if (parameter.path == "Title")
      {
        CHECK(parameter.standard.empty());
        CHECK_FALSE(parameter.is_standard);
      }

  CHECK(record.has("statistics", "energy balance"));
  CHECK_FALSE(record.has("statistics", "nothing"));
  CHECK_FALSE(record.has("replicas"));
  CHECK(record.column("statistics", "risk") == std::vector<double>{0.5, 0.3125, 0.25});
  CHECK(std::isnan(record.column("comparison", "expected bias")[0]));
  CHECK(record.tables.at("timing").labels == std::vector<std::string>{"moments", "a < b, c"});
  CHECK(refusal([&]() { record.column("statistics", "rsk"); }) ==
        Refused{"", Refusal::unknown_name}.naming("'rsk'").naming("mean 'risk'"));
  CHECK(refusal([&]() { record.column("replicas", "time"); }) == Refused{"", Refusal::missing}.naming("replicas.csv"));

  REQUIRE(record.density.size() == 3);
  for (unsigned int i = 0; i < 3; ++i)
    {
      CHECK(record.density[i].time == i);
      CHECK(record.density[i].file == run.path("density/density_000" + std::to_string(i) + ".vtu"));
    }
  CHECK(record.particles.empty());
}

TEST_CASE("A run at rest has its density at the last inverse temperature")
{
  SmallRun run;
  run.remove("density.pvd");
  run.write("density.vtu", "<VTKFile/>");
  run.write("statistics.csv", "inverse temperature,risk\n10,0.5\n25,0.25\n");
  const RunRecord record = RunRecord::open(run.path());
  REQUIRE(record.density.size() == 1);
  CHECK(record.density[0].time == 25.);
}

TEST_CASE("Columns of older versions have their present names")
{
  SmallRun run;
  run.write("statistics.csv", "time,risk,optimality certificate,mass,distance to equilibrium,lower bound of the distance\n"
                              "0,1,0.5,1,0.25,0.125\n");
  const RunRecord record = RunRecord::open(run.path());
  CHECK(record.column("statistics", "Frank-Wolfe gap") == std::vector<double>{.5});
  CHECK(record.column("statistics", "free-energy gap") == std::vector<double>{.25});
  CHECK(record.column("statistics", "lower bound of the gap") == std::vector<double>{.125});
  CHECK_FALSE(record.has("statistics", "optimality certificate"));
}

TEST_CASE("A directory that is no run is refused with what it is")
{
  const SmallRun            run;
  const TemporaryDirectory &root = run.temporary;
  CHECK(opening("") == Refused{"", Refusal::missing}.naming("name"));
  CHECK(opening(root.path("a rnu")) == Refused{"", Refusal::missing}.naming("a rnu").naming("mean '" + run.path() + "'"));
  const auto unlike = opening(root.path("nothing/like/it"));
  CHECK(unlike == Refused{"", Refusal::missing}.naming("nothing/like/it"));
  CHECK_THAT(message_of(unlike), !Contains("mean"));
  CHECK(opening(run.path("log.txt")) == Refused{"", Refusal::unreadable}.naming("log.txt").naming("the one that it is in"));
  CHECK(opening(root.path("")) == Refused{"", Refusal::missing}.naming("holds runs").naming("a run"));

  std::filesystem::create_directory(root.path("empty"));
  CHECK(opening(root.path("empty")) == Refused{"", Refusal::missing}.naming("is empty").naming("provenance.json"));
  std::filesystem::create_directory(root.path("other"));
  root.write("other/thesis.txt", "x");
  CHECK(opening(root.path("other")) == Refused{"", Refusal::missing}.naming("thesis.txt"));

  for (int i = 1; i <= 7; ++i)
    {
      std::filesystem::create_directories(root.path("study/runs/000" + std::to_string(i)));
      root.write("study/runs/000" + std::to_string(i) + "/provenance.json", "{}");
    }
  std::filesystem::create_directory(root.path("study/states"));
  CHECK(opening(root.path("study")) ==
        Refused{"", Refusal::missing}.naming("study").naming("runs/0001").naming("runs/0005 and 2 more"));
  CHECK(opening(root.path("study/runs")) == Refused{"", Refusal::missing}.naming("holds runs").naming("and 2 more"));
  CHECK(opening(root.path("study/runs/0001")) == Refused{"", Refusal::missing}.naming("parameters_used.prm"));
}

TEST_CASE("Damaged records are named with their line")
{
  SmallRun   run;
  const auto with = [&](const std::string &name, const std::string &text) {
    run.write();
    run.write(name, text);
    return opening(run.path());
  };
  CHECK(with("provenance.json", "") == Refused{"", Refusal::damaged}.naming("provenance.json").naming("line 1"));
  CHECK(with("provenance.json", run.files["provenance.json"].substr(0, 60)) ==
        Refused{"", Refusal::damaged}.naming("provenance.json").naming("line 4"));
  CHECK(with("provenance.json", "{}") == Refused{"", Refusal::damaged}.naming("provenance.json").naming("'started'"));
  CHECK(with("provenance.json",
             std::string(run.files["provenance.json"]).insert(1, "\"input files\": [{\"path\": \"bytes:%\"}],")) ==
        Refused{"", Refusal::damaged}.naming("provenance.json").naming("hexadecimal"));
  CHECK(with("provenance.json", std::string(1000000, '[')) ==
        Refused{"", Refusal::damaged}.naming("provenance.json").naming("nested"));
  CHECK(with("parameters_used.prm", "") == Refused{"", Refusal::damaged}.naming("parameters_used.prm").naming("Solver"));
  CHECK(with("parameters_used.prm", "set Solver = x\nsubsection Data\n") ==
        Refused{"", Refusal::damaged}.naming("parameters_used.prm:2:").naming("'Data'"));
  CHECK(with("parameters_used.prm", "set Solver = x\nend\n") == Refused{"", Refusal::damaged}.naming("parameters_used.prm:2:"));
  CHECK(with("parameters_used.prm", "set Solver = x\nrubbish\n") ==
        Refused{"", Refusal::damaged}.naming("parameters_used.prm:2:"));
  CHECK(with("parameters_used.prm", "set Solver = cont") == Refused{"", Refusal::damaged}.naming("parameters_used.prm:1:"));
  CHECK(with("statistics.csv", "time,risk\n0,1\n1\n2,3\n") ==
        Refused{"", Refusal::malformed}.naming("statistics.csv:3:").naming("1 field,"));
  CHECK(with("statistics.csv", std::string("\x7f"
                                           "ELF\0\1\2\n",
                                           8)) == Refused{"", Refusal::malformed}.naming("statistics.csv:1:").naming("NUL"));
}

TEST_CASE("A run that is going on is read up to its last complete row and file")
{
  SmallRun run;
  run.write("statistics.csv", run.files["statistics.csv"] + "3,0.2");
  run.write("comparison.csv", "time,risk\n");
  run.remove("timing.csv");
  run.write("density/density_0001.vtu", "");
  run.remove("density/density_0000.vtu");
  const auto steps = RunRecord::open(run.path()).density;
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].time == 2.);
  const std::string &pvd = run.files["density.pvd"];
  run.write("density.pvd", pvd.substr(0, pvd.find("</Collection>") - 4));
  RunRecord record = RunRecord::open(run.path());
  CHECK(record.column("statistics", "time").back() == 2.);
  CHECK_FALSE(record.has("comparison"));
  CHECK_FALSE(record.has("timing"));
  REQUIRE(record.density.size() == 1);
  CHECK(record.density[0].time == 2.);
  REQUIRE(record.warnings.size() == 4);
  CHECK_THAT(record.warnings[0], Contains("statistics.csv: the last line has no end"));
  CHECK_THAT(record.warnings[1], Contains("comparison.csv has no rows"));
  CHECK_THAT(record.warnings[2], Contains("density.pvd was cut off"));
  CHECK_THAT(record.warnings[3], Contains("1 of 2 files") && Contains("density/density_0000.vtu"));

  run.write("density.pvd", "\x89PNG\r\n garbage");
  record = RunRecord::open(run.path());
  CHECK(record.density.empty());
  CHECK_THAT(record.warnings.back(), Contains("density.pvd"));
  run.remove("statistics.csv");
  record = RunRecord::open(run.path());
  CHECK_THAT(record.warnings.back() + record.warnings[1], Contains("statistics.csv is missing"));
}

TEST_CASE("No damage makes the reader or the report do anything but read on or name the file")
{
  const SmallRun run;
  unsigned int   n_read = 0, n_refused = 0;
  const auto     attempt = [&](const std::string &name, const std::string &text, const bool report) {
    run.write(name, text);
    try
      {
        const RunRecord record = RunRecord::open(run.path());
        ++n_read;
        if (report)
          write_report(record, {}, run.path("report.html"));
      }
    catch (const InputError &error)
      {
        ++n_refused;
        if (std::string(error.what()).find(name) == std::string::npos)
          FAIL_CHECK(name << ": " << error.what());
      }
  };
  for (const auto &[name, text] : run.files)
    {
      const int flips[] = {0x01, 0x20, 0x80, 0xff};
      for (std::size_t cut = 0; cut < text.size(); cut += 5)
        attempt(name, text.substr(0, cut), cut % 3 == 0);
      for (std::size_t i = 0; i < text.size(); i += 7)
        {
          std::string damaged = text;
          damaged[i]          = static_cast<char>(damaged[i] ^ flips[i % 4]);
          attempt(name, damaged, i % 3 == 0);
        }
      std::string zero      = text;
      zero[zero.size() / 2] = '\0';
      attempt(name, zero, true);
      run.write(name, text);
    }
  CHECK(n_read > 200);
  CHECK(n_refused > 200);
}
