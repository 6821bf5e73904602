#include <catch2/catch.hpp>

#include <solvers/base/files/csv.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/provenance.h>
#include <solvers/study/study.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "fake_solvers.h"

#include <cmath>
#include <filesystem>

using namespace rhoflow;
using Catch::Contains;

namespace
{
const char *const base_text = "set Solver = fake\nset Title = base\nsubsection Fake\n  set Exponent = -0.5\nend\n";
const char *const head      = "set Base file = base.prm\n";
const char *const vary      = "subsection Vary\n  set Fake/Width = 2 .. 8 by *2\nend\n";
const char *const results   = "subsection Results\n  set risk = last of statistics.csv: risk\nend\n";

/// How a study file with this text is refused, read as file s.prm beside base.prm.
std::optional<Refused> error(const std::string &text, const std::vector<std::string> &changes = {})
{
  return refusal([&]() {
    ParameterFile file("s.prm", text);
    for (const std::string &change : changes)
      file.change(change);
    const StudyFile study(file);
    const Plan      plan(fake_registry(), study, ParameterFile("base.prm", base_text));
  });
}

Plan plan_of(const std::string &text)
{
  return Plan(fake_registry(), StudyFile(ParameterFile("s.prm", text)), ParameterFile("base.prm", base_text));
}

void run(const TemporaryDirectory &directory, const std::string &text, const std::vector<std::string> &changes = {})
{
  directory.write("base.prm", base_text);
  directory.write("s.prm", text + "set Output directory = " + directory.path("out") + "\n");
  ParameterFile file = ParameterFile::read(directory.path("s.prm"), MPI_COMM_WORLD);
  for (const std::string &change : changes)
    file.change(change);
  Study study(fake_registry(), file, MPI_COMM_WORLD);
  study.prepare(false);
  const std::string complaints = study.execute(false);
  if (!complaints.empty())
    throw RunError(complaints);
  MPI_Barrier(MPI_COMM_WORLD);
}
} // namespace

TEST_CASE("All combinations are planned, each parameter set once")
{
  const Plan plan = plan_of(std::string(head) + "subsection Fix\n set Fake/Replicas = 3\nend\n"
                                                "subsection Vary\n"
                                                "  set Fake/Width = 1e0, 2\n"
                                                "  set Fake/Amplitude & Seed = 3 & 1, 4 & 2\n"
                                                "  subsection Fake\n    set Exponent = -0.5\n  end\nend\n");
  CHECK(plan.rows.size() == 4);
  CHECK(plan.rows[1].values == std::vector<std::string>{"1e0", "4", "2", "-0.5"});
  CHECK(plan.rows[2].values == std::vector<std::string>{"2", "3", "1", "-0.5"});
  CHECK_THAT(plan.runs[1].identity, Contains("Fake/Width = 1\n") && Contains("Fake/Amplitude = 4\n") &&
                                      Contains("Seed = 2\n") && Contains("Fake/Replicas = 3\n") &&
                                      Contains("Fake/Exponent = -0.5\n"));

  // The reference of all widths is one run, and of the first width the run itself.
  const Plan referred = plan_of(
    std::string(head) + vary +
    "subsection Reference\n  set Fake/Width = 2.0\nend\n"
    "subsection Results\n  set d = last of statistics.csv: risk - reference statistics.csv: risk\nend\n");
  CHECK(referred.runs.size() == 3);
  for (const PlannedRow &row : referred.rows)
    CHECK(row.reference == 0);
}

TEST_CASE("Every mistake in a study file is one message with file and line")
{
  const std::string start = std::string(head) + vary + results; // 7 lines
  CHECK_FALSE(error(start));
  CHECK(error("set Bse file = x\n") == Refused{"", Refusal::unknown_name}
                                         .naming("s.prm:1:")
                                         .naming("'Bse file'")
                                         .naming("mean 'Base file'")
                                         .naming("'Ranks per run'")
                                         .naming("'Fix'"));
  CHECK(error(start + "subsection Fits\nset rsk against Fake/Width = -1\nend\n") ==
        Refused{"", Refusal::unknown_name}.naming("s.prm:9:").naming("'rsk'").naming("mean 'risk'"));
  CHECK(error(start + "subsection Fits\nset risk against Fake/Wdth = -1\nend\n") ==
        Refused{"", Refusal::unknown_name}.naming("s.prm:9:").naming("'Fake/Wdth'").naming("mean 'Fake/Width'"));
  CHECK(error(start + "subsection Fits\nset risk against Fake/Width from large = -1\nend\n") ==
        Refused{"", Refusal::malformed}.naming("from NUMBER"));
  CHECK(error(start + "subsection Fits\nset risk = -1\nend\n") ==
        Refused{"", Refusal::malformed}.naming("'RESULT against PARAMETER'"));
  CHECK(error(start + "subsection Fits\nset risk against Fake/Width = half\nend\n") ==
        Refused{"", Refusal::malformed}.naming("'half'"));
  CHECK(error(start + "subsection Fits\nset risk against Fake/Width = -1, -2\nend\n") ==
        Refused{"", Refusal::malformed}.naming("'-1, -2'").naming("positive"));
  CHECK(error(start + "subsection Resluts\nset Seed = 1\nend\n") ==
        Refused{"", Refusal::unknown_name}.naming("s.prm:9:").naming("'Resluts'").naming("mean 'Results'"));
  CHECK(error(start + "subsection Fix\nset Fake/Replcas = 1\nend\n") ==
        Refused{"", Refusal::unknown_name}.naming("s.prm:9:").naming("'Fake/Replcas'").naming("mean 'Replicas'"));
  CHECK(error(start + "subsection Fix\nset Fake/Replicas = 0\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("s.prm:9:").naming("Fake/Replicas").naming("'0'"));
  CHECK(error(start + "subsection Fix\nset Fake/Width = 3\nend\n") == Refused{"", Refusal::repeated}.naming("'Vary'"));
  CHECK(error(start + "subsection Fix\nset Overwrite = true\nend\n") ==
        Refused{"", Refusal::unsupported}.naming("'Overwrite'"));
  CHECK(error(start + "subsection Reference\nset Seed = 3\nend\n") == Refused{"", Refusal::no_effect}.naming("'Reference'"));
  CHECK(error(std::string(head) + vary + "subsection Results\nset d = last of reference a.csv: b\nend\n") ==
        Refused{"", Refusal::missing}.naming("s.prm:6:").naming("'d'").naming("'Reference'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 1, 2, 1\nend\n") ==
        Refused{"", Refusal::repeated}.naming("'1'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 10, 1e1, 10.0\nend\n") ==
        Refused{"", Refusal::repeated}.naming("s.prm:3:").naming("'1e1'").naming("'10'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 2 .. 8 by *2, 4.0\nend\n") ==
        Refused{"", Refusal::repeated}.naming("'4.0'").naming("'4'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 8 & 1, 4.0 & 1e0\nend\n") ==
        Refused{"", Refusal::repeated}.naming("'4.0 & 1e0'").naming("'4 & 1'"));
  CHECK_FALSE(error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 4.0 & 2\nend\n" + results));
  // What no result depends on, and one parameter under two names.
  CHECK(error(std::string(head) + "subsection Vary\nset Title = a, b\nend\n" + results) ==
        Refused{"", Refusal::repeated}.naming("s.prm:3:").naming("'Title = a'").naming("'Title = b'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 8 & 1\nset Fake/ Width = 2, 3\nend\n" +
              results) == Refused{"", Refusal::repeated}.naming("same run"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 1, 2\nset Seed & Fake/Width = 1 & 2\nend\n") ==
        Refused{"", Refusal::repeated}.naming("s.prm:4:").naming("'Fake/Width'").naming("s.prm:3"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 2 .. 8\nend\n") ==
        Refused{"", Refusal::malformed}.naming("s.prm:3:").naming("'2 .. 8'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width = 2, 0.5\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("s.prm:3:").naming("Fake/Width").naming("'0.5'").naming("at least 1"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Behaviour = well, diverges\nend\n" + results +
              "subsection Fits\nset risk against Fake/Behaviour =\nend\n") ==
        Refused{"", Refusal::out_of_range}.naming("'well'").naming("'Fake/Behaviour'"));
  CHECK(error(std::string(head) + "subsection Vary\nsubsection Fake\nset Amplitude & Exponent = 1 & 2\nend\nend\n") ==
        Refused{"", Refusal::malformed}.naming("s.prm:4:").naming("'Vary'"));
  CHECK(error(vary) == Refused{"", Refusal::missing}.naming("s.prm:").naming("'Base file'"));
  CHECK(error(head) == Refused{"", Refusal::missing}.naming("'Vary'"));
  CHECK(error(start + "set Ranks per run = 0\n") == Refused{"", Refusal::out_of_range}.naming("at least 1"));
  CHECK(error(std::string(head) + "set Base file = b\n") == Refused{"", Refusal::repeated}.naming("'Base file'"));
  CHECK(error(std::string(head) + vary + "subsection Results\nset r = last risk\nend\n") ==
        Refused{"", Refusal::malformed}.naming("s.prm:6:").naming("'last risk'"));
  CHECK(error(start, {"Vary/Fake/Width=2 .. "}) == Refused{"", Refusal::malformed}.naming("command line").naming("'2 .."));
  CHECK_FALSE(error(start, {"Vary/Fake/Width=2, 3", "Fix/Seed=4"}));
}

TEST_CASE("A study gives one table and its power laws", "[mpi]")
{
  const TemporaryDirectory directory;
  const std::string        text =
    std::string(head) +
    "subsection Vary\n  set Fake/Width = 2 .. 64 by *2\n  set Fake/Amplitude = 3, 5\nend\n"
    "subsection Reference\n  set Fake/Width = 1e4\nend\n"
    "subsection Results\n  set risk = first of statistics.csv: risk\n"
    "  set difference = last of mean over replicas of replicas.csv: replica * - reference statistics.csv: risk\nend\n"
    "subsection Fits\n  set risk against Fake/Width = -0.5, 3\n  set difference against Fake/Width = -1\n"
    "  set risk against Fake/Width from 4 to 32 = -0.5\nend\n";
  run(directory, text);

  const CsvTable table = read_csv(directory.path("out/study.csv"), {}, "", true);
  CHECK(table.columns == std::vector<std::string>{"run", "state", "reference run", "Fake/Width", "Fake/Amplitude", "risk",
                                                  "difference", "difference standard error"});
  REQUIRE(table.rows.size() == 12);
  for (const auto &row : table.rows)
    {
      CHECK(row[5] == Approx(row[4] / std::sqrt(row[3])).epsilon(1e-14));
      // The definition of the fake replicas at t = 1, and s/sqrt(n)
      double mean = 0., squares = 0.;
      for (int r = 0; r < 4; ++r)
        mean += .5 * row[5] * (1. + .1 * std::cos(1. + row[3] + r)) / 4.;
      for (int r = 0; r < 4; ++r)
        squares += std::pow(.5 * row[5] * (1. + .1 * std::cos(1. + row[3] + r)) - mean, 2);
      CHECK(row[6] == Approx(mean - .5 * row[4] * .01).epsilon(1e-12));
      CHECK(row[7] == Approx(std::sqrt(squares / 3. / 4.)).epsilon(1e-12));
    }
  // 12 runs and one reference for each amplitude
  CHECK(std::filesystem::exists(directory.path("out/runs/0014/statistics.csv")));
  CHECK_FALSE(std::filesystem::exists(directory.path("out/runs/0015")));
  CHECK_THAT(directory.read("out/runs/0001/log.txt"), Contains("This goes into the log alone."));
  const Provenance first = Provenance::parse(directory.read("out/runs/0001/provenance.json"));
  for (const std::string change : {"Fake/Width=2", "Fake/Amplitude=3"})
    CHECK_THAT(first.begun.command_line, Catch::Matchers::VectorContains(change));

  const CsvTable fits = read_csv(directory.path("out/fits.csv"), {}, "", true);
  REQUIRE(fits.rows.size() == 6);
  CHECK(fits.rows[5][fits.column("points", "")] == 4.);
  CHECK(fits.rows[5][fits.column("slope", "")] == Approx(-.5).epsilon(1e-12));
  const auto column = [&](const std::string &name) { return fits.column(name, ""); };
  CHECK(fits.rows[0][column("slope")] == Approx(-.5).epsilon(1e-12));
  CHECK(fits.rows[1][column("slope")] == Approx(-.5).epsilon(1e-12));
  CHECK(fits.rows[0][column("prefactor")] == Approx(3.).epsilon(1e-12));
  CHECK(fits.rows[1][column("prefactor at expected slope")] == Approx(5.).epsilon(1e-12));
  CHECK(fits.rows[1][column("Fake/Amplitude")] == 5.);
  CHECK(fits.rows[2][column("points")] == 6.);

  // The same again changes nothing, longer lists run what is new, other results run nothing.
  const std::string study_csv = directory.read("out/study.csv"), provenance = directory.read("out/runs/0003/provenance.json");
  MPI_Barrier(MPI_COMM_WORLD);
  run(directory, text);
  CHECK(directory.read("out/study.csv") == study_csv);
  CHECK(directory.read("out/runs/0003/provenance.json") == provenance);
  MPI_Barrier(MPI_COMM_WORLD);
  run(directory, text, {"Vary/Fake/Width=1, 2, 4", "Results/risk=last of statistics.csv: risk"});
  const CsvTable longer = read_csv(directory.path("out/study.csv"), {}, "", true);
  REQUIRE(longer.rows.size() == 6);
  CHECK(longer.rows[0][0] == 15.);
  CHECK(longer.rows[2][0] == 2.);
  CHECK(longer.rows[2][5] == Approx(.5 * 3. / std::sqrt(2.)));
  CHECK(directory.read("out/runs/0003/provenance.json") == provenance);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(refusal([&]() { run(directory, text, {"Fix/Seed=9"}); }) ==
        Refused{"Output directory", Refusal::exists}.naming("another study"));
}

TEST_CASE("Failures are kept and the others are done", "[mpi]")
{
  const TemporaryDirectory directory;
  const std::string text = std::string(head) + vary + results + "subsection Fits\n  set risk against Fake/Width =\nend\n";
  const std::vector<std::string> changes = {"Vary/Fake/Width & Fake/Behaviour=2 & well, 4 & diverges, 8 & well, 32 & well",
                                            "Fix/Fake/Replicas=2", "Results/none=last of statistics.csv: rsk"};
  std::string                    message;
  const auto                     execute = [&]() {
    try
      {
        run(directory,
                                std::string(head) + "subsection Vary\nend\n" + results + "subsection Fits\n  set risk against Fake/Width =\nend\n",
                                changes);
      }
    catch (const RunError &error)
      {
        message = error.what();
      }
    MPI_Barrier(MPI_COMM_WORLD);
  };
  execute();
  CHECK_THAT(message, Contains("1 of 4 rows failed, 3 results could not be computed") &&
                        Contains("run 2: failed: It diverged, as it was told to.") &&
                        Contains("command line: none of run 1: the table has no column 'rsk'. Did you mean 'risk'?"));
  CHECK_THAT(directory.read("out/study.csv"), Contains("2,\"failed: It diverged, as it was told to.\",4,diverges,nan,nan\n"));
  const CsvTable fits = read_csv(directory.path("out/fits.csv"), {}, "", true);
  CHECK(fits.rows[0][fits.column("points", "")] == 3.);
  CHECK(fits.rows[0][fits.column("slope", "")] == Approx(-.5));
  CHECK_THAT(directory.read("out/fits.csv"), Contains(",1 without result,"));

  // A solver that refuses a run does so before the first one begins.
  const std::string before = directory.read("out/study.csv");
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(refusal([&]() {
          run(directory, text, {"Vary/Fake/Width=2, 13", "Fix/Fake/Replicas=2"});
        }) == Refused{"", Refusal::out_of_range}
                .naming("command line: Fake/Width")
                .naming("13 brings bad luck.")
                .naming("no run was begun"));
  CHECK(directory.read("out/study.csv") == before);
  const std::string too_many = std::to_string(number_of_ranks(MPI_COMM_WORLD) + 1);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(refusal([&]() {
          run(directory, text, {"Ranks per run=" + too_many, "Fix/Fake/Replicas=2"});
        }) == Refused{"Ranks per run", Refusal::out_of_range}.naming(too_many + " ranks"));
}
