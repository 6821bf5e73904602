#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <functional>
#include <numeric>

#include <solvers/base/error.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/files/vtk_data.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/time_series_record.h>

#include <tests/support/refusals.h>

#include "small_disk.h"
#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;
using Catch::Matchers::EndsWith;

namespace
{
/// Adds a file of one line, written by rank 0.
void add(TimeSeriesRecord &record, const RunDirectory &run, double time, const std::string &text = "x")
{
  const std::string file = record.next_file(time, ".vtu");
  record.add(time, file, [&]() {
    if (rank_of(run.communicator()) == 0)
      write_complete_file(run.file(file), [&](std::ostream &out) { out << text; });
  });
}

std::string listed(const std::vector<TimeSeriesEntry> &entries)
{
  std::ostringstream text;
  for (const TimeSeriesEntry &entry : entries)
    text << entry.time << ' ' << entry.file << '\n';
  return text.str();
}

const std::string begin = "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n"
                          "<Collection>\n",
                  end   = "</Collection>\n</VTKFile>\n";
} // namespace

TEST_CASE("A time series names what is on disk", "[mpi]")
{
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  TimeSeriesRecord         record(run, "density");
  add(record, run, 0.);
  add(record, run, 2. / 3.);
  CHECK(directory.read("run/density.pvd") ==
        begin + "<DataSet timestep=\"0\" group=\"\" part=\"0\" file=\"density/density_0000.vtu\"/>\n" +
          "<DataSet timestep=\"0.66666666666666663\" group=\"\" part=\"0\" file=\"density/density_0001.vtu\"/>\n" + end);
  const auto entries = read_time_series(directory.path("run/density.pvd"));
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].time == 2. / 3.);
  CHECK(directory.read("run/density/density_0001.vtu") == "x");
  CHECK_FALSE(std::filesystem::exists(directory.path("run/density/density_0001.vtu.part")));

  // Whatever goes wrong on one rank is known to all of them, and leaves the record as it was.
  const int last = number_of_ranks(MPI_COMM_WORLD) - 1;
  try
    {
      record.add(1., record.next_file(1., ".vtu"), [&]() {
        if (rank_of(MPI_COMM_WORLD) == last)
          throw std::runtime_error("out of ink");
      });
      FAIL("no error");
    }
  catch (const RunError &error)
    {
      CHECK(std::string(error.what()) == "out of ink");
    }
  CHECK(record.entries().size() == 2);
  CHECK(listed(read_time_series(directory.path("run/density.pvd"))) == listed(entries));
}

TEST_CASE("A time series is taken up where a run goes on", "[mpi]")
{
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  {
    TimeSeriesRecord record(run, "density");
    for (const double time : {0., 1., 2., 3.})
      add(record, run, time, "before");
  }
  TimeSeriesRecord record(run, "density");
  record.resume_from(2.);
  CHECK(listed(record.entries()) == "0 density/density_0000.vtu\n1 density/density_0001.vtu\n2 density/density_0002.vtu\n");
  // Until something is written the record is the old one.
  CHECK(read_time_series(directory.path("run/density.pvd")).size() == 4);
  MPI_Barrier(MPI_COMM_WORLD);

  // The same time again takes the place of what was there.
  add(record, run, 2., "after");
  CHECK(directory.read("run/density/density_0002.vtu") == "after");
  add(record, run, 2.5, "after");
  CHECK(listed(read_time_series(directory.path("run/density.pvd"))) ==
        "0 density/density_0000.vtu\n1 density/density_0001.vtu\n2 density/density_0002.vtu\n2.5 density/density_0003.vtu\n");
  MPI_Barrier(MPI_COMM_WORLD);

  // A file that is gone is no longer in it, and no other file gets the name of one that is.
  if (rank_of(MPI_COMM_WORLD) == 0)
    std::filesystem::remove(directory.path("run/density/density_0001.vtu"));
  MPI_Barrier(MPI_COMM_WORLD);
  TimeSeriesRecord again(run, "density");
  again.resume_from(2.7);
  CHECK(listed(again.entries()) == "0 density/density_0000.vtu\n2 density/density_0002.vtu\n2.5 density/density_0003.vtu\n");
  CHECK(again.next_file(3., ".pvtu") == "density/density_0004.pvtu");

  TimeSeriesRecord other(run, "points");
  other.resume_from(1.);
  CHECK(other.entries().empty());

  directory.write("run/points.pvd", begin);
  CHECK(refusal([&]() { other.resume_from(1.); }) == Refused{"", Refusal::damaged}.naming("points.pvd").naming("collection"));
  directory.write("run/points.pvd", begin + "<DataSet timestep=\"1\" file=\"elsewhere/points_0000.vtu\"/>\n" + end);
  CHECK(refusal([&]() { other.resume_from(1.); }) == Refused{"", Refusal::damaged}.naming("points.pvd").naming("entry"));
}

TEST_CASE("Of a time series that was cut off the complete entries are read where that is wanted")
{
  const TemporaryDirectory directory;
  const std::string        first = "<DataSet timestep=\"0.5\" group=\"\" part=\"0\" file=\"a/a_0000.vtu\"/>\n",
                    second       = "<DataSet timestep=\"1\" group=\"\" part=\"0\" file=\"a/a_0001.vtu\"/>\n";
  const std::string whole = begin + first + second + end, path = directory.write("a.pvd", whole);
  bool              cut_off = true;
  CHECK(read_time_series(path, cut_off).size() == 2);
  CHECK_FALSE(cut_off);
  for (std::size_t size = 0; size < whole.size(); ++size)
    {
      INFO(size << " bytes");
      directory.write("a.pvd", whole.substr(0, size));
      CHECK(refusal([&]() { read_time_series(path); }) == Refused{"", Refusal::damaged});
      if (size < begin.size())
        CHECK(refusal([&]() { read_time_series(path, cut_off); }) == Refused{"", Refusal::damaged});
      else
        CHECK(read_time_series(path, cut_off).size() == (size < begin.size() + first.size()                 ? 0 :
                                                         size < begin.size() + first.size() + second.size() ? 1 :
                                                                                                              2));
      CHECK(cut_off);
    }
}

TEST_CASE("A full disk is an error on every rank and destroys nothing", "[mpi]")
{
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  const int                rank = rank_of(MPI_COMM_WORLD);
  TimeSeriesRecord         record(run, "density");
  add(record, run, 0., "whole");
  const std::string mine(300000, static_cast<char>('a' + rank));
  const auto        write_together = [&](double time) {
    const std::string file = record.next_file(time, ".vtu");
    record.add(time, file, [&]() { write_complete_file(run.file(file), mine, MPI_COMM_WORLD); });
  };
  write_together(1.);
  std::string all;
  for (int r = 0; r < number_of_ranks(MPI_COMM_WORLD); ++r)
    all += std::string(300000, static_cast<char>('a' + r));
  CHECK((directory.read("run/density/density_0001.vtu") == all));
  MPI_Barrier(MPI_COMM_WORLD);

  const std::string before = directory.read("run/density.pvd");
  {
    const SmallDisk disk(100000);
    CHECK_THROWS_AS(write_together(2.), RunError);
    CHECK_THROWS_AS(add(record, run, 2., std::string(200000, ' ')), RunError);
  }
  {
    const SmallDisk disk(20);
    CHECK_THROWS_AS(add(record, run, 2.), RunError); // the record itself
    CHECK_THROWS_AS(write_together(1.), RunError);   // in place of what is there
  }
  CHECK(directory.read("run/density.pvd") == before);
  CHECK((directory.read("run/density/density_0001.vtu") == all));
  for (const auto &entry : std::filesystem::recursive_directory_iterator(directory.path("run")))
    CHECK(entry.path().extension() != ".part");
}

TEST_CASE("Arrays in VTK's appended data come back")
{
  using Compression = SnapshotParameters::Compression;
  // VTK's block size here is 262144 bytes: none, a part, exactly one, and several with a rest.
  for (const std::size_t n : {0, 5, 32768, 100000})
    for (const Compression compression : {Compression::none, Compression::fast, Compression::best})
      {
        std::vector<double> data(n);
        std::iota(data.begin(), data.end(), 0.5);
        const std::string array = vtk_appended_array(data.data(), n * 8, compression);
        const std::string bytes = vtk_array("before" + array + "behind", 6, n * 8, compression != Compression::none);
        REQUIRE(bytes.size() == n * 8);
        CHECK(bytes == std::string(reinterpret_cast<const char *>(data.data()), n * 8));
        std::uint64_t first;
        std::memcpy(&first, array.data(), 8);
        CHECK(first == (compression == Compression::none ? n * 8 : (n * 8 + 262143) / 262144));
        if (n > 1000 && compression != Compression::none)
          CHECK(array.size() < n * 8 / 2);
        CHECK_THROWS_WITH(vtk_array(array, 0, n * 8 + 8, compression != Compression::none), Contains("not as long"));
        if (n > 0)
          CHECK_THROWS(vtk_array(array.substr(0, array.size() - 1), 0, n * 8, compression != Compression::none));
      }
}

TEST_CASE("A file that cannot be written is one sentence, with or without a reason of the system")
{
  const TemporaryDirectory directory;
  const auto               complaint = [&](const std::function<void(std::ostream &)> &write) {
    try
      {
        write_complete_file(directory.path("file"), write);
      }
    catch (const std::runtime_error &error)
      {
        return std::string(error.what());
      }
    return std::string("no error");
  };
  CHECK_THAT(complaint([](std::ostream &file) { file.setstate(std::ios::badbit); }), EndsWith("file': is the disk full?"));
  CHECK_THAT(complaint([](std::ostream &file) {
               errno = ENOSPC;
               file.setstate(std::ios::badbit);
             }),
             EndsWith("file': No space left on device."));
}

TEST_CASE("Records that name files elsewhere are not ours")
{
  const TemporaryDirectory directory;
  const std::string        path    = directory.path("density.pvd");
  const auto               reading = [&](const std::string &file) {
    write_complete_file(path, [&](std::ostream &out) {
      out << begin << "<DataSet timestep=\"0\" group=\"\" part=\"0\" file=\"" << file << "\"/>\n" << end;
    });
    return refusal([&]() { read_time_series(path); });
  };
  CHECK_FALSE(reading("density/density_0000.vtu"));
  CHECK(reading("density/../../other/density_0000.vtu") == Refused{"", Refusal::damaged}.naming("entry"));
  CHECK(reading("/density/density_0000.vtu") == Refused{"", Refusal::damaged}.naming("entry"));
}
