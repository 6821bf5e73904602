#include <catch2/catch.hpp>

#include <solvers/base/files/csv.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/timing.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

#include <unistd.h>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

TEST_CASE("A table that exists stays until the first row is written")
{
  TemporaryDirectory directory;
  const std::string  file = directory.write("statistics.csv", "time\n0\n1\n");
  Statistics         table(file, true);
  CHECK(directory.read("statistics.csv") == "time\n0\n1\n");
  table.set("time", 3.);
  CHECK(directory.read("statistics.csv") == "time\n0\n1\n");
  table.finish_row();
  CHECK(directory.read("statistics.csv") == "time\n3\n");
  table.set("time", 4.);
  table.finish_row();
  CHECK(directory.read("statistics.csv") == "time\n3\n4\n");
}

TEST_CASE("A CSV table is read with comments, quotes, DOS line ends and unneeded text columns")
{
  TemporaryDirectory directory;
  const std::string  file  = directory.write("a.csv",
                                             "\xef\xbb\xbf# source: a book\r\n\"\",\"times, in ms\",\"the \"\"y\"\"\",kind\r\n"
                                               "\r\n1, 2.5 ,-1e-3,\"a, b\"\r\n# between\n2,+3,0x,NA\n");
  const CsvTable     table = read_csv(file, {{"times, in ms", ""}, {"", ""}}, "Data/CSV file");
  CHECK(table.columns == std::vector<std::string>{"", "times, in ms", "the \"y\"", "kind"});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0][0] == 1.);
  CHECK(table.rows[0][1] == 2.5);
  CHECK(table.rows[0][2] == -1e-3);
  CHECK(std::isnan(table.rows[0][3]));
  CHECK(table.rows[1][1] == 3.);
  CHECK(std::isnan(table.rows[1][2]));
  CHECK(table.column("times, in ms", "Data/x") == 1);
  CHECK(refusal([&]() { table.column("knd", "Data/Input columns"); }) ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("'knd'").naming("mean 'kind'"));
}

TEST_CASE("A CSV table that is being written is read up to its last complete line")
{
  std::string       dropped = "left from before";
  const std::string text    = "section,mean [s]\nmoments,0.25\n\"a, b\",inf\n";
  const CsvTable    table   = read_growing_csv(text, "t.csv", "", dropped);
  CHECK(dropped.empty());
  CHECK(table.labels == std::vector<std::string>{"moments", "a, b"});
  REQUIRE(table.rows.size() == 2);
  CHECK(std::isnan(table.rows[0][0]));
  CHECK(table.rows[0][1] == 0.25);
  CHECK(std::isinf(table.rows[1][1]));

  CHECK(read_growing_csv(text + "output,1", "t.csv", "", dropped).rows.size() == 2);
  CHECK_THAT(dropped, Contains("t.csv: the last line has no end"));
  CHECK(read_growing_csv("section,mean [s]\n", "t.csv", "", dropped).rows.empty());
  CHECK(dropped.empty());
  CHECK(read_growing_csv("section,me", "t.csv", "", dropped).columns.empty());
  CHECK_FALSE(dropped.empty());
  CHECK(read_growing_csv("", "t.csv", "", dropped).columns.empty());
  CHECK(refusal([&]() { read_growing_csv("x,y\n1\n2,3\n", "t.csv", "", dropped); }) ==
        Refused{"", Refusal::malformed}.naming("t.csv:2:").naming("1 field,"));
}

TEST_CASE("Every mistake in a CSV file is named with its line")
{
  TemporaryDirectory directory;
  const auto         error = [&](const std::string &text) {
    const std::string file = directory.write("b.csv", text);
    return refusal([&]() { read_csv(file, {}, "Data/CSV file"); });
  };
  CHECK(error("") == Refused{"Data/CSV file", Refusal::missing}.naming("empty"));
  CHECK(error("# only this\n\n") == Refused{"Data/CSV file", Refusal::missing}.naming("empty"));
  CHECK(error("x,y\n") == Refused{"Data/CSV file", Refusal::missing}.naming("header"));
  CHECK(error("1,2\n3,4\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:1:"));
  CHECK(error("x,y\n1,2\n\n3\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:4:").naming("1 field,").naming("2 columns"));
  CHECK(error("x,y\n1,2,3\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:2:").naming("3 fields"));
  CHECK(error("x,y\n1,two\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:2:").naming("'two'").naming("'y'"));
  CHECK(error("x,y\n1,2 3\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:2:").naming("'2 3'").naming("'y'"));
  CHECK(error("x,y\n1,\n") == Refused{"Data/CSV file", Refusal::missing}.naming("b.csv:2:").naming("'y'"));
  CHECK(error("x,y\n1,2\n1,nan\n") ==
        Refused{"Data/CSV file", Refusal::out_of_range}.naming("b.csv:3:").naming("'nan'").naming("'y'"));
  CHECK(error("x,y\n-inf,2\n") ==
        Refused{"Data/CSV file", Refusal::out_of_range}.naming("b.csv:2:").naming("'-inf'").naming("'x'"));
  CHECK(error("x,y\nNA,2\n") ==
        Refused{"Data/CSV file", Refusal::out_of_range}.naming("b.csv:2:").naming("'NA'").naming("'x'"));
  CHECK(error("x,y\n1e999,2\n") ==
        Refused{"Data/CSV file", Refusal::out_of_range}.naming("b.csv:2:").naming("'1e999'").naming("'x'"));
  CHECK(error("x,x\n1,2\n") == Refused{"Data/CSV file", Refusal::repeated}.naming("b.csv:1:").naming("'x'"));
  CHECK(error("x,\"y\n1,2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:1:"));
  CHECK(error(std::string("x,y\n1,\0\n", 8)) == Refused{"Data/CSV file", Refusal::malformed}.naming("b.csv:2:").naming("NUL"));
  CHECK_FALSE(error("x,y\n1e-999,2"));

  CHECK(refusal([&]() { read_csv(directory.path("none.csv"), {}, "Data/CSV file"); }) ==
        Refused{"Data/CSV file", Refusal::missing}.naming("none.csv"));
  CHECK(refusal([&]() { read_csv(directory.path("."), {}, "Data/CSV file"); }) ==
        Refused{"Data/CSV file", Refusal::unreadable}.naming("directory"));
  CHECK(refusal([&]() { read_csv("", {}, "Data/CSV file"); }) == Refused{"Data/CSV file", Refusal::missing}.naming("CSV file"));
  CHECK(refusal([&]() { read_csv("/dev/zero", {}, "Data/CSV file"); }) ==
        Refused{"Data/CSV file", Refusal::unreadable}.naming("/dev/zero"));
}

TEST_CASE("Lines of a CSV file may have any length up to one that is no table's")
{
  // Around the multiples of 4095, since lines are read in pieces.
  for (std::size_t length : {4093u, 4094u, 4095u, 4096u, 8189u, 8190u, 8191u})
    for (const char *end : {"", "\n", "\r\n", "\n\n7,8\n"})
      {
        CAPTURE(length, end);
        const TemporaryDirectory directory;
        const CsvTable           table = read_csv(directory.write("a.csv", "x," + std::string(length - 2, 'y') + "\n1,2\n3," +
                                                                             std::string(length - 3, '0') + "5" + end),
                                                  {{"x", ""}}, "");
        REQUIRE(table.columns.size() == 2);
        CHECK(table.columns[1].size() == length - 2);
        REQUIRE(table.rows.size() == (std::string(end).size() > 2 ? 3 : 2));
        CHECK(table.rows[1] == std::vector<double>{3., 5.});
        CHECK(table.rows[0] == std::vector<double>{1., 2.});
      }
  const TemporaryDirectory directory;
  const std::string        file = directory.write("a.csv", "x\n1\n" + std::string((1u << 24) + 1, ' '));
  CHECK(refusal([&]() { read_csv(file, {}, ""); }) == Refused{"", Refusal::too_large}.naming("a.csv:3:").naming("16777216"));
}

TEST_CASE("A CSV file too large for the memory is refused at its beginning")
{
  std::string lines = "x,y\n";
  for (unsigned int i = 0; i < 5000; ++i)
    lines += "1,2\n";
  const TemporaryDirectory directory;
  const std::string        file = directory.write("a.csv", lines);
  CHECK(read_csv(file, {}, "").rows.size() == 5000);
  std::filesystem::resize_file(file, std::uintmax_t(1) << 42); // takes no room on the disk
  CHECK(refusal([&]() { read_csv(file, {}, "Data/CSV file"); }) ==
        Refused{"Data/CSV file", Refusal::too_large}.naming("4 TiB"));
}

TEST_CASE("Statistics are on disk after every row, with all digits, and only where they shall be written")
{
  TemporaryDirectory directory;
  Statistics         statistics(directory.path("s.csv"), true);
  statistics.set("time", 0.);
  statistics.set("risk, total [1]", 0.1);
  statistics.finish_row();
  CHECK(directory.read("s.csv") == "time,\"risk, total [1]\"\n0,0.10000000000000001\n");
  statistics.set("time", 1. / 3.);
  CHECK_THROWS_AS(statistics.set("new", 1.), std::logic_error);
  statistics.finish_row();
  CHECK(directory.read("s.csv") == "time,\"risk, total [1]\"\n0,0.10000000000000001\n0.33333333333333331,nan\n");
  CHECK(statistics.rows()[0] == std::vector<double>{0., 0.1});
  CHECK(statistics.columns() == std::vector<std::string>{"time", "risk, total [1]"});

  // Rows of a state may be those of another version.
  const auto taken = [&](const std::string &columns, const std::vector<double> &values) {
    CheckpointWriter writer(MPI_COMM_SELF);
    writer.put("table s.csv columns", columns);
    writer.put("table s.csv", values);
    writer.write(directory.path("state"), 0., 1);
    auto again = std::make_unique<Statistics>(directory.path("s.csv"), true);
    again->load(CheckpointReader(directory.path("state"), MPI_COMM_SELF));
    return again;
  };
  const auto two = taken("time\nrisk\n", {0., 1., 2., 3.});
  CHECK(two->last_time() == 2.);
  CHECK(directory.read("s.csv") == "time,risk\n0,1\n2,3\n");
  CHECK(refusal([&]() { two->set("new", 1.); }) == Refused{"", Refusal::damaged}.naming("'new'"));
  CHECK_THROWS_AS(taken("time\nrisk\n", {0., 1., 2.}), std::length_error);
  CHECK_THROWS_AS(taken("", {0.}), std::length_error);
  CHECK_THROWS_AS(taken("time\n", {})->last_time(), std::out_of_range);

  Statistics silent(directory.path("silent.csv"), false);
  silent.set("time", 0.);
  silent.finish_row();
  CHECK_FALSE(std::filesystem::exists(directory.path("silent.csv")));
  CHECK(silent.rows().size() == 1);

  CHECK_THROWS_AS(Statistics(directory.path("s.csv/t.csv"), true), RunError);
  // A disk that fills is no bad input: the state that is kept is of use.
  Statistics full("/dev/full", true);
  full.set("time", 0.);
  try
    {
      full.finish_row();
      FAIL("no error");
    }
  catch (const RunError &error)
    {
      CHECK(std::string(error.what()) == "writing '/dev/full' failed: is the disk full?");
    }
}

TEST_CASE("The timing table has the extremes and the mean over ranks", "[mpi]")
{
  TemporaryDirectory directory;
  int                rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  Timing timing;
  timing.section("step") = 1. + rank;
  if (rank == 1)
    timing.section("only here") = 6. * n_ranks;
  timing.write(directory.path("timing.csv"), MPI_COMM_WORLD);
  const CsvTable table = read_csv(directory.path("timing.csv"), {{"minimum [s]", ""}, {"mean [s]", ""}, {"maximum [s]", ""}},
                                  "");
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0][1] == 1.);
  CHECK(table.rows[0][2] == Approx(0.5 * (1 + n_ranks)));
  CHECK(table.rows[0][3] == n_ranks);
  CHECK(table.rows[1][1] == 0.);
  CHECK(table.rows[1][2] == Approx(6.));
  CHECK_THROWS_AS(timing.write(directory.path("timing.csv/x"), MPI_COMM_WORLD), RunError);
}

TEST_CASE("Time spent in a scope is added to its section, and memory is measured")
{
  Timing timing;
  for (unsigned int i = 0; i < 2; ++i)
    {
      Timing::Scope scope(timing.section("sleep"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  CHECK(timing.section("sleep") >= 0.01);

  // Earlier cases may have needed more, and the allocator may still have what they freed.
  const auto resident = [] {
    std::ifstream file("/proc/self/statm");
    double        size = 0., pages = 0.;
    file >> size >> pages;
    return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
  };
  const std::vector<double> block(std::size_t(1) << 25, 1.); // 256 MiB
  const double              now = resident();
  CHECK(now >= 256. * block.back());
  CHECK(Timing::peak_memory() >= 0.99 * now);
  CHECK(Timing::peak_memory() <= now + 1024.);
}

TEST_CASE("A header with very many columns is read at once")
{
  std::string header = "c0", dropped;
  for (unsigned int i = 1; i < 200000; ++i)
    header += ",c" + std::to_string(i);
  CHECK(read_growing_csv(header + "\n", "wide.csv", "", dropped).columns.size() == 200000);
  CHECK(refusal([&]() { read_growing_csv(header + ",c7\n", "wide.csv", "", dropped); }) ==
        Refused{"", Refusal::repeated}.naming("'c7'"));
}
