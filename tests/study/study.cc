#include <catch2/catch.hpp>

#include <solvers/base/files/csv.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/ranks.h>
#include <solvers/study/study.h>

#include "../base/input_error.h"
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

/// The message that a study file with this text gives, read as file s.prm beside base.prm.
std::string error(const std::string &text, const std::vector<std::string> &changes = {})
{
  return input_error([&]() {
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
  CHECK(error(start) == "no error");
  CHECK(error("set Bse file = x\n") ==
        " | s.prm:1: unknown parameter 'Bse file' of a study. Did you mean 'Base file'? Valid: 'Title', 'Base file', 'Output "
        "directory', 'Ranks per run'. Parameters of the runs belong into the subsections 'Fix', 'Vary' and 'Reference'.");
  CHECK_THAT(error(start + "subsection Fits\nset rsk against Fake/Width = -1\nend\n"),
             Contains("s.prm:9: there is no result 'rsk'. Did you mean 'risk'?"));
  CHECK_THAT(error(start + "subsection Fits\nset risk against Fake/Wdth = -1\nend\n"),
             Contains("s.prm:9: 'Fake/Wdth' is not varied. Did you mean 'Fake/Width'?"));
  CHECK_THAT(error(start + "subsection Fits\nset risk against Fake/Width from large = -1\nend\n"),
             Contains("'RESULT against PARAMETER from NUMBER'"));
  CHECK_THAT(error(start + "subsection Fits\nset risk = -1\nend\n"), Contains("'RESULT against PARAMETER'"));
  CHECK_THAT(error(start + "subsection Fits\nset risk against Fake/Width = half\nend\n"),
             Contains("wanted is the expected slope"));
  CHECK_THAT(error(start + "subsection Fits\nset risk against Fake/Width = -1, -2\nend\n"), Contains("(positive) prefactor"));
  CHECK_THAT(error(start + "subsection Resluts\nset Seed = 1\nend\n"),
             Contains("s.prm:9: unknown section 'Resluts'. Did you mean 'Results'?"));
  CHECK_THAT(error(start + "subsection Fix\nset Fake/Replcas = 1\nend\n"),
             Contains("s.prm:9: unknown parameter 'Fake/Replcas'. Did you mean 'Replicas'?"));
  CHECK_THAT(error(start + "subsection Fix\nset Fake/Replicas = 0\nend\n"),
             Contains("s.prm:9: Fake/Replicas: '0' is not valid"));
  CHECK_THAT(error(start + "subsection Fix\nset Fake/Width = 3\nend\n"), Contains("is in section 'Vary' as well"));
  CHECK_THAT(error(start + "subsection Fix\nset Overwrite = true\nend\n"), Contains("chosen by the study"));
  CHECK_THAT(error(start + "subsection Reference\nset Seed = 3\nend\n"), Contains("no result has a 'reference' in it"));
  CHECK_THAT(error(std::string(head) + vary + "subsection Results\nset d = last of reference a.csv: b\nend\n"),
             Contains("s.prm:6: 'd' speaks of a reference, but there is no section 'Reference'"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 1, 2, 1\nend\n"), Contains("'1' is listed twice"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 10, 1e1, 10.0\nend\n"),
             Contains("s.prm:3: '1e1' is listed twice, before as '10', which is the same value"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 2 .. 8 by *2, 4.0\nend\n"),
             Contains("'4.0' is listed twice, before as '4'"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 8 & 1, 4.0 & 1e0\nend\n"),
             Contains("'4.0 & 1e0' is listed twice, before as '4 & 1'"));
  CHECK(error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 4.0 & 2\nend\n" + results) == "no error");
  // What no result depends on, and one parameter under two names.
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Title = a, b\nend\n" + results),
             Contains("s.prm:3: 'Title = a' and 'Title = b' are the same run"));
  CHECK_THAT(
    error(std::string(head) + "subsection Vary\nset Fake/Width & Seed = 4 & 1, 8 & 1\nset Fake/ Width = 2, 3\nend\n" + results),
    Contains("are the same run"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 1, 2\nset Seed & Fake/Width = 1 & 2\nend\n"),
             Contains("s.prm:4: 'Fake/Width' is varied already, at s.prm:3; a value replaces"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 2 .. 8\nend\n"), Contains("s.prm:3: the range"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Width = 2, 0.5\nend\n"),
             Contains("s.prm:3: Fake/Width: '0.5' is not valid; wanted is a number of at least 1"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nset Fake/Behaviour = well, diverges\nend\n" + results +
                   "subsection Fits\nset risk against Fake/Behaviour =\nend\n"),
             Contains("'well' of 'Fake/Behaviour' has no logarithm"));
  CHECK_THAT(error(std::string(head) + "subsection Vary\nsubsection Fake\nset Amplitude & Exponent = 1 & 2\nend\nend\n"),
             Contains("s.prm:4: names that vary together are written with their sections"));
  CHECK_THAT(error(vary), Contains("s.prm: 'Base file' is missing"));
  CHECK_THAT(error(head), Contains("section 'Vary' is missing or empty"));
  CHECK_THAT(error(start + "set Ranks per run = 0\n"), Contains("a whole number of at least 1"));
  CHECK_THAT(error(std::string(head) + "set Base file = b\n"), Contains("was set before"));
  CHECK_THAT(error(std::string(head) + vary + "subsection Results\nset r = last risk\nend\n"),
             Contains("s.prm:6: 'last risk' names"));
  CHECK_THAT(error(start, {"Vary/Fake/Width=2 .. "}), Contains("command line: the range"));
  CHECK(error(start, {"Vary/Fake/Width=2, 3", "Fix/Seed=4"}) == "no error");
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
  CHECK_THAT(directory.read("out/runs/0001/provenance.json"), Contains("\"Fake/Width=2\", \"Fake/Amplitude=3\""));

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
  CHECK_THAT(input_error([&]() { run(directory, text, {"Fix/Seed=9"}); }),
             Contains("Output directory | '") && Contains("holds the runs of another study"));
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
  CHECK_THAT(input_error([&]() {
               run(directory, text, {"Vary/Fake/Width=2, 13", "Fix/Fake/Replicas=2"});
             }),
             Contains("command line: Fake/Width: 13 brings bad luck.") && Contains("no run was begun"));
  CHECK(directory.read("out/study.csv") == before);
  const std::string too_many = std::to_string(number_of_ranks(MPI_COMM_WORLD) + 1);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_THAT(input_error([&]() {
               run(directory, text, {"Ranks per run=" + too_many, "Fix/Fake/Replicas=2"});
             }),
             Contains("Ranks per run | a run takes " + too_many + " ranks"));
}
