#include <catch2/catch.hpp>

#include <postprocess/page/html.h>
#include <postprocess/page/study_report.h>
#include <postprocess/records/study_record.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <tests/support/refusals.h>

#include "small_study.h"

using namespace rhoflow;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("a study is read as it is written", "[postprocess]")
{
  const SmallStudy small;
  REQUIRE(StudyRecord::is_study(small.directory()));
  const StudyRecord study = StudyRecord::open(small.directory() + "/");
  CHECK(study.directory == small.directory());
  CHECK(study.name == "small");
  CHECK(study.title == "A <small> study");
  CHECK(study.file_name == "small.prm");
  CHECK(study.file_text == small.files.at("small.prm"));
  CHECK(study.warnings.empty());
  CHECK(study.varied == std::vector<std::string>{"Particles/Number of neurons", "Seed", "Particles/Method"});
  CHECK(study.results == std::vector<std::string>{"error", "speed"});
  REQUIRE(study.table.rows.size() == 8);
  CHECK(study.table.text(7, "state") == "failed: it broke, twice");
  CHECK(study.column("speed")[3] == -4.);
  CHECK(std::isnan(study.column("speed")[7]));
  CHECK(std::isnan(study.table.number(0, "Particles/Method")));
  CHECK(study.standard_errors("error")[2] == 0.03);
  CHECK(study.standard_errors("speed").empty());
  REQUIRE(study.runs.size() == 8);
  CHECK(study.runs[7].number == 8);
  CHECK(study.runs[7].failed());
  CHECK_FALSE(study.runs[0].failed());

  REQUIRE(study.fits.size() == 2);
  const StudyFit &fit = study.fits[0];
  CHECK(fit.result == "error");
  CHECK(fit.against == "Particles/Number of neurons");
  CHECK(fit.from == 10.);
  CHECK(std::isinf(fit.to));
  CHECK(fit.others == std::vector<std::pair<std::string, std::string>>{{"Particles/Method", "plain"}});
  CHECK(fit.n_points == 3);
  CHECK(fit.slope.value == -1.);
  CHECK(fit.slope.lower == -1.02);
  CHECK(fit.slope.upper == -0.98);
  CHECK(fit.prefactor.value == 2.);
  CHECK(fit.chi2_per_dof == 0.5);
  CHECK(fit.expected_slope == -1.);
  CHECK(fit.contains_slope == "yes");
  CHECK(fit.expected_prefactor == 2.5);
  CHECK(fit.prefactor_at_expected_slope.lower == 1.75);
  CHECK(fit.contains_prefactor == "no");
  CHECK(study.fits[1].left_out == "1 without result");
  CHECK(std::isnan(study.fits[1].slope.lower));
}

TEST_CASE("ranges of fits end where they are said to", "[postprocess]")
{
  SmallStudy  small;
  std::string text = small.files["fits.csv"];
  text.replace(text.find("from 10,"), 8, "from 10 to 250,");
  small.files["fits.csv"] = text;
  small.write();
  const StudyRecord study = StudyRecord::open(small.directory());
  CHECK(study.fits[0].from == 10.);
  CHECK(study.fits[0].to == 250.);
}

TEST_CASE("a study without fits takes the parameters from its file", "[postprocess]")
{
  const SmallStudy small;
  fs::remove(small.directory() + "/fits.csv");
  StudyRecord study = StudyRecord::open(small.directory());
  CHECK(study.varied == std::vector<std::string>{"Particles/Number of neurons", "Seed", "Particles/Method"});
  CHECK(study.results == std::vector<std::string>{"error", "speed"});
  CHECK(study.fits.empty());

  fs::remove(small.directory() + "/small.prm");
  study = StudyRecord::open(small.directory());
  CHECK(study.title == "small");
  CHECK(study.results.empty());
  REQUIRE(study.warnings.size() == 2);
  CHECK_THAT(study.warnings[1], Contains("parameters"));
}

TEST_CASE("directories of no study, and damaged ones, are refused with the reason", "[postprocess]")
{
  SmallStudy               small;
  const std::string        directory = small.directory();
  const auto               refused   = [](const std::string &path) { return refusal([&]() { StudyRecord::open(path); }); };
  const TemporaryDirectory elsewhere;
  fs::create_directories(elsewhere.path("run"));
  fs::create_directories(elsewhere.path("empty"));
  fs::create_directories(elsewhere.path("waiting/states"));
  fs::create_directories(elsewhere.path("waiting/runs"));
  std::ofstream(elsewhere.path("run/provenance.json")) << "{}";
  CHECK(refused("") == Refused{"", Refusal::missing}.naming("name"));
  CHECK(refused(elsewhere.path("rum")) == Refused{"", Refusal::missing}.naming("rum").naming("mean").naming("run"));
  CHECK(refused(elsewhere.path("run/provenance.json")) == Refused{"", Refusal::unreadable}.naming("provenance.json"));
  CHECK(refused(elsewhere.path("run")) == Refused{"", Refusal::missing}.naming("one run"));
  CHECK(refused(elsewhere.path("empty")) == Refused{"", Refusal::missing}.naming("holds no study"));
  CHECK(refused(elsewhere.path("waiting")) == Refused{"", Refusal::missing}.naming("has ended"));
  CHECK(StudyRecord::is_study(elsewhere.path("waiting")));
  CHECK_FALSE(StudyRecord::is_study(elsewhere.path("run")));

  // The last line was cut off: the rest is read.
  const std::string whole  = small.files["study.csv"];
  small.files["study.csv"] = whole.substr(0, whole.size() - 9);
  small.write();
  const StudyRecord study = StudyRecord::open(directory);
  CHECK(study.table.rows.size() == 7);
  REQUIRE(study.warnings.size() == 1);
  CHECK_THAT(study.warnings[0], Contains("study.csv") && Contains("cut off"));

  small.files["study.csv"] = whole.substr(0, whole.find('\n') + 1) + "1,done,4\n";
  small.write();
  CHECK(refused(directory) == Refused{"", Refusal::damaged}.naming("study.csv:2").naming("3 fields").naming("8 columns"));
  small.files["study.csv"] = "time,risk\n0,1\n";
  small.write();
  CHECK(refused(directory) == Refused{"", Refusal::damaged}.naming("'run'"));
  small.files["study.csv"] = "";
  small.write();
  CHECK(refused(directory) == Refused{"", Refusal::damaged}.naming("empty"));
  small.files["study.csv"] = whole;
  small.files["fits.csv"]  = "result,against,points\nerror,Nothing,3\n";
  small.write();
  CHECK(refused(directory) == Refused{"", Refusal::damaged}.naming("Nothing"));
}

TEST_CASE("the page of a study has verdicts, failed runs first, and the study file", "[postprocess]")
{
  const SmallStudy  small;
  const StudyRecord study = StudyRecord::open(small.directory());
  const std::string file  = small.directory() + "/report.html";
  write_study_report(study, {}, file);
  std::ostringstream contents;
  contents << std::ifstream(file).rdbuf();
  const std::string page = contents.str();
  CHECK_THAT(page, Contains("A &lt;small&gt; study"));
  CHECK_THAT(page, Contains("8 runs, 7 done, <strong>1 failed</strong>"));
  CHECK_THAT(page, Contains("failed: it broke, twice"));
  CHECK_THAT(page, Contains("leave out what was expected: error"));
  CHECK_THAT(page, Contains("✓ inside") && Contains("⚠ outside"));
  CHECK_THAT(page, Contains("[" + html::number(-1.02) + ", " + html::number(-0.98) + "]"));
  CHECK_THAT(page, Contains(html::escaped(small.files.at("small.prm"))));
  CHECK(page.find("<details>") < page.find("<summary>The study file"));
}
