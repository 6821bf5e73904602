#include <catch2/catch.hpp>

#include <solvers/base/run/provenance.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

TEST_CASE("Where a run came from is written and read again")
{
  Provenance known;
  known.begun = {0., "2026-01-02T03:04:05Z", 3, {{"rhoflow", "1"}, {"deal.II", "9.4"}}, {"rhoflow", "a \"b\"\n\\.prm"}};
  known.seed  = 18446744073709551615u;
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
  CHECK_FALSE(again.begun.end);
  CHECK(again.begun.platform.job.empty());
  const std::size_t seed = text.find("1844");
  for (const std::string &damaged : {std::string(), std::string("{}"), text.substr(0, text.size() / 2),
                                     std::string(1000000, '['), std::string(text).replace(seed, 1, "-")})
    CHECK_THROWS_AS(Provenance::parse(damaged), std::runtime_error);
}

TEST_CASE("The record is written as JSON that people can read")
{
  Provenance known;
  known.begun     = {0., "2026-01-02T03:04:05Z", 2, {{"rhoflow", "1"}, {"deal.II", "9"}}, {"rhoflow", "\xc3\xa9 \"a\"\n\x7f"}};
  known.begun.end = Provenance::End{"2026-01-03T03:04:05Z", 3, "/\xe9"};
  known.seed      = 7;
  known.parameter_file = "a.prm";
  known.input_files    = {{"/b", 5, 0x2a}};
  known.continued      = {{0.5, "2026-01-04T03:04:05Z", 1, {}, {}}};
  CHECK(known.json() == R"({
  "versions": {
    "rhoflow": "1",
    "deal.II": "9"
  },
  "started": "2026-01-02T03:04:05Z",
  "ranks": 2,
  "command line": [
    "rhoflow",
    ")"
                        "\xc3\xa9"
                        R"( \"a\"\n)"
                        "\x7f"
                        R"("
  ],
  "ended": "2026-01-03T03:04:05Z",
  "status": 3,
  "reason": "bytes:/%E9",
  "seed": 7,
  "parameter file": "a.prm",
  "directory of the parameter file": "",
  "input files": [
    {
      "path": "/b",
      "bytes": 5,
      "crc32": "0000002a"
    }
  ],
  "continued": [
    {
      "time": 0.5,
      "versions": {},
      "started": "2026-01-04T03:04:05Z",
      "ranks": 1,
      "command line": []
    }
  ]
}
)");
}

TEST_CASE("A damaged record is refused with the reason")
{
  Provenance known;
  known.begun            = {0., "2026-01-02T03:04:05Z", 2, {}, {}};
  known.seed             = 7;
  const std::string text = known.json();
  const auto        said = [&](const std::string &part, const std::string &damaged) {
    try
      {
        Provenance::parse(std::string(text).replace(text.find(part), part.size(), damaged));
      }
    catch (const std::runtime_error &error)
      {
        return std::string(error.what());
      }
    return std::string("no error");
  };
  CHECK(said("\"ranks\": 2", "\"ranks\": 3") == "no error");
  CHECK_THAT(said("\"ranks\": 2", "\"ranks\":"), Contains("line 4: syntax error"));
  CHECK_THAT(said("\"ranks\"", "\"rnks\""), Catch::Matchers::StartsWith("key 'ranks' not found"));
  for (const char *const number : {"-1", "2.5", "1e300", "3000000000", "\"2\"", "[2]", "null", "true"})
    CHECK_THAT(said("\"ranks\": 2", std::string("\"ranks\": ") + number), Contains("a whole number is expected"));
  CHECK_THAT(said("\"seed\": 7", "\"seed\": 1e999"), Contains("number overflow"));
  CHECK_THAT(said("\"seed\": 7", "\"seed\": 18446744073709551616"), Contains("a whole number is expected"));
  CHECK_THAT(said("2026", "\xe9"), Contains("line 3: syntax error"));
  CHECK_THAT(said("\"seed\": 7", "\"seed\": 7, \"x\": " + std::string(150, '[') + std::string(150, ']')), Contains("no error"));
  for (const std::size_t depth : {250, 1000000})
    for (const char *const brackets : {"[]", "{}"})
      {
        const std::string opening = brackets[0] == '[' ? "[" : "{\"a\":", closing(1, brackets[1]);
        std::string       nested  = "\"seed\": 7, \"x\": ";
        for (std::size_t i = 0; i < depth; ++i)
          nested += opening;
        CHECK_THAT(said("\"seed\": 7", nested + "1" + std::string(depth, closing[0])), Contains("nested too deep"));
      }
}

TEST_CASE("Where each session ran and how it ended is written and read again, and may be missing")
{
  using Names   = std::vector<std::pair<std::string, std::string>>;
  using Numbers = std::vector<std::pair<std::string, int>>;
  Provenance known;
  known.seed               = 1;
  known.begun.platform     = {{{"system", "Slurm"}, {"id", "17"}, {"name", "\xe9 \"fit\""}},
                              {{"node1.cluster", 2}, {"node2.cluster", 1}},
                              {{"A processor @ 2 GHz", 3}}};
  known.begun.end          = Provenance::End{"2026-01-02T04:00:00Z", 3, "It \"diverged\" in \xe9.\nTry a smaller step."};
  known.continued          = {{0.5, "2026-01-03T00:00:00Z", 1, {}, {}}, {0.5, "2026-01-04T00:00:00Z", 1, {}, {}}};
  known.last_session().end = Provenance::End{"2026-01-04T01:00:00Z", 0, "finished"};
  known.last_session().platform.hosts = {{"elsewhere", 1}};
  const std::string text              = known.json();
  const Provenance  again             = Provenance::parse(text);
  CHECK(again.json() == text);
  CHECK(again.begun.platform.job == Names{{"system", "Slurm"}, {"id", "17"}, {"name", "\xe9 \"fit\""}});
  CHECK(again.begun.platform.hosts == Numbers{{"node1.cluster", 2}, {"node2.cluster", 1}});
  CHECK(again.begun.platform.processors == Numbers{{"A processor @ 2 GHz", 3}});
  REQUIRE(again.begun.end);
  CHECK(again.begun.end->time == "2026-01-02T04:00:00Z");
  CHECK(again.begun.end->status == 3);
  CHECK(again.begun.end->reason == "It \"diverged\" in \xe9.\nTry a smaller step.");
  REQUIRE(again.continued.size() == 2);
  CHECK_FALSE(again.continued[0].end); // it was killed
  CHECK(again.continued[0].platform.hosts.empty());
  REQUIRE(again.continued[1].end);
  CHECK(again.continued[1].end->reason == "finished");
  CHECK(again.continued[1].platform.hosts == Numbers{{"elsewhere", 1}});

  for (const auto &[part, damaged] : std::map<std::string, std::string>{{"\"status\": 3", "\"status\": \"\""},
                                                                        {"\"status\": 3,", ""},
                                                                        {"\"reason\": \"finished\"", "\"r\": 1"},
                                                                        {"\"elsewhere\": 1", "\"elsewhere\": []"},
                                                                        {"bytes:%E9", "bytes:%"}})
    CHECK_THROWS_AS(Provenance::parse(std::string(text).replace(text.find(part), part.size(), damaged)), std::runtime_error);
  CHECK(Provenance::End::present(4, "stopped").time.size() == std::string("2026-01-02T04:00:00Z").size());
}

TEST_CASE("The job of a batch system is known by its variables")
{
  using Names = std::vector<std::pair<std::string, std::string>>;
  struct Variables
  {
    Variables()
    {
      for (const char *const name : names)
        {
          if (const char *const value = std::getenv(name); value != nullptr)
            before[name] = value;
          unsetenv(name);
        }
    }
    ~Variables()
    {
      for (const char *const name : names)
        unsetenv(name);
      for (const auto &[name, value] : before)
        setenv(name.c_str(), value.c_str(), 1);
    }
    const std::vector<const char *>    names = {"SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID",
                                                "PBS_JOBID",    "PBS_JOBNAME",    "PBS_ARRAY_ID",       "PBS_ARRAY_INDEX",
                                                "LSB_JOBID",    "LSB_JOBNAME",    "LSB_JOBINDEX",       "JOB_ID",
                                                "JOB_NAME",     "SGE_TASK_ID"};
    std::map<std::string, std::string> before;
  };
  const auto job_with = [](const std::map<std::string, std::string> &variables) {
    const Variables none;
    for (const auto &[name, value] : variables)
      setenv(name.c_str(), value.c_str(), 1);
    return batch_job();
  };
  CHECK(job_with({}).empty());
  CHECK(job_with({{"SLURM_JOB_ID", ""}}).empty());
  CHECK(job_with({{"JOB_ID", "3"}, {"JOB_NAME", "of another program"}}).empty());
  CHECK(job_with({{"SLURM_JOB_ID", "17"}, {"SLURM_JOB_NAME", "fit"}}) ==
        Names{{"system", "Slurm"}, {"id", "17"}, {"name", "fit"}});
  CHECK(job_with({{"SLURM_JOB_ID", "18"}, {"SLURM_ARRAY_JOB_ID", "16"}, {"SLURM_ARRAY_TASK_ID", "0"}}) ==
        Names{{"system", "Slurm"}, {"id", "18"}, {"array job", "16"}, {"array task", "0"}});
  CHECK(job_with({{"PBS_JOBID", "5.server"}, {"PBS_JOBNAME", "fit"}}) ==
        Names{{"system", "PBS"}, {"id", "5.server"}, {"name", "fit"}});
  CHECK(job_with({{"PBS_JOBID", "5[2].server"}, {"PBS_ARRAY_ID", "5[].server"}, {"PBS_ARRAY_INDEX", "2"}}) ==
        Names{{"system", "PBS"}, {"id", "5[2].server"}, {"array job", "5[].server"}, {"array task", "2"}});
  CHECK(job_with({{"LSB_JOBID", "7"}, {"LSB_JOBINDEX", "0"}}) == Names{{"system", "LSF"}, {"id", "7"}});
  CHECK(job_with({{"LSB_JOBID", "7"}, {"LSB_JOBINDEX", "4"}}) == Names{{"system", "LSF"}, {"id", "7"}, {"array task", "4"}});
  CHECK(job_with({{"JOB_ID", "3"}, {"SGE_TASK_ID", "undefined"}}) == Names{{"system", "Grid Engine"}, {"id", "3"}});
  CHECK(job_with({{"JOB_ID", "3"}, {"JOB_NAME", "fit"}, {"SGE_TASK_ID", "9"}}) ==
        Names{{"system", "Grid Engine"}, {"id", "3"}, {"name", "fit"}, {"array task", "9"}});
}

TEST_CASE("The ranks are counted by host and by processor", "[mpi]")
{
  const auto model = [](const std::string &text) {
    std::istringstream cpuinfo(text);
    return processor_model(cpuinfo);
  };
  CHECK(model("processor\t: 0\nmodel\t\t: 85\nmodel name\t: A: processor @ 2 GHz\n\nmodel name\t: B\n") ==
        "A: processor @ 2 GHz");
  CHECK(model("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n") == "POWER9, altivec supported");
  const std::string machine = model(""); // of this machine
  CHECK_FALSE(machine.empty());
  CHECK(model("model name\t:\nmodel name\nCPU part\t: 0xd0c\n: x\n\n") == machine);

  const Platform platform = Platform::of(MPI_COMM_WORLD);
  int            rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  char host[MPI_MAX_PROCESSOR_NAME];
  int  length = 0;
  MPI_Get_processor_name(host, &length);
  std::ifstream cpuinfo("/proc/cpuinfo");
  if (rank == 0) // the tests run on one machine
    {
      CHECK(platform.hosts == std::vector<std::pair<std::string, int>>{{host, n_ranks}});
      CHECK(platform.processors == std::vector<std::pair<std::string, int>>{{processor_model(cpuinfo), n_ranks}});
    }
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
