#include <catch2/catch.hpp>

#include <solvers/base/provenance.h>

#include <fstream>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

TEST_CASE("Where a run came from is written and read again")
{
  Provenance known;
  known.begun = {0., "2026-01-02T03:04:05Z", 3, {{"rhoflow", "1"}, {"deal.II", "9.4"}}, {"rhoflow", "a \"b\"\n\\.prm"}};
  known.seed  = "18446744073709551615";
  known.parameter_file      = "a.prm";
  known.parameter_directory = "/some where";
  CHECK(Provenance::parse(known.json()).json() == known.json());
  CHECK_THAT(known.json(), !Contains("continued") && !Contains("input files"));

  known.input_files      = {{"/data, \"x\".csv", 1234567890123, 0xdeadbeef}, {"/b", 0, 0}};
  known.continued        = {{0.1, "2026-01-03T00:00:00Z", 4, {}, {}}, known.begun};
  const Provenance again = Provenance::parse(known.json());
  CHECK(again.json() == known.json());
  CHECK(again.begun.command_line == known.begun.command_line);
  CHECK(again.begun.versions == known.begun.versions);
  CHECK(again.seed == known.seed);
  CHECK(again.parameter_directory == "/some where");
  REQUIRE(again.input_files.size() == 2);
  CHECK(again.input_files[0].path == "/data, \"x\".csv");
  CHECK(again.input_files[0].bytes == 1234567890123);
  CHECK(again.input_files[0].crc32 == 0xdeadbeef);
  REQUIRE(again.continued.size() == 2);
  CHECK(again.continued[0].time == 0.1);
  CHECK(again.continued[0].ranks == 4);

  const std::string text = known.json();
  const std::size_t seed = text.find("1844");
  for (const std::string &damaged : {std::string(), std::string("{}"), text.substr(0, text.size() / 2),
                                     std::string(1000000, '['), std::string(text).replace(seed, 1, "-")})
    CHECK_THROWS_AS(Provenance::parse(damaged), std::runtime_error);
}

TEST_CASE("Input files are known by their contents")
{
  const TemporaryDirectory directory;
  const std::string        data = directory.write("data.csv", "123456789"), large = directory.path("large");
  {
    std::ofstream file(large, std::ios::binary);
    file << std::string((1U << 20) + 17, 'x');
  }
  const auto digits = Provenance::InputFile::of(data);
  CHECK(digits.crc32 == 0xcbf43926); // the check value of CRC-32
  CHECK(digits.bytes == 9);
  CHECK(digits.path == data);
  CHECK(Provenance::InputFile::of(large).bytes == (1U << 20) + 17);
  CHECK_THROWS_WITH(Provenance::InputFile::of(directory.path("none")), Contains("none' cannot be read"));

  CHECK(digits.contents() == "9 bytes, CRC-32 cbf43926");
  CHECK(digits.same_contents(Provenance::InputFile::of(directory.write("moved.csv", "123456789"))));
  for (const char *other : {"123456788", "12345678", ""})
    CHECK_FALSE(digits.same_contents(Provenance::InputFile::of(directory.write("data.csv", other))));
}

TEST_CASE("Other versions than those of the last session are named")
{
  Provenance known;
  known.begun.versions = {{"rhoflow", "1"}, {"PETSc", "3.18"}, {"gone", "0"}};
  Provenance::Session session;
  session.versions = {{"rhoflow", "1"}, {"PETSc", "3.18"}, {"new", "5"}};
  CHECK(known.other_versions(session).empty());
  session.versions[1].second = "3.19";
  CHECK_THAT(known.other_versions(session),
             Contains("made with PETSc 3.18 so far and goes on with PETSc 3.19") && !Contains("rhoflow 1"));
  known.continued = {session};
  CHECK(known.other_versions(session).empty());
  CHECK_FALSE(Provenance::Session::present(0., 1, {}).versions.empty());
}
