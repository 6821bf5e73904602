#include <catch2/catch.hpp>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/input_files.h>

#include <deal.II/base/parameter_handler.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
/// Goes back to where the test was started.
class WorkingDirectory
{
public:
  explicit WorkingDirectory(const std::string &path)
    : before(fs::current_path())
  {
    fs::current_path(path);
  }
  ~WorkingDirectory() { fs::current_path(before); }
  WorkingDirectory(const WorkingDirectory &)            = delete;
  WorkingDirectory &operator=(const WorkingDirectory &) = delete;

private:
  fs::path before;
};

/// The refusal, if there is one, and the value that the parameter has then.
std::optional<Refused> agree(const std::string &name, std::string &value, std::string &warning, const std::string &place = "")
{
  dealii::ParameterHandler prm;
  prm.enter_subsection("Data");
  prm.declare_entry("CSV file", name, dealii::Patterns::Anything());
  prm.leave_subsection();
  const std::optional<Refused> refused = refusal(
    [&]() { agree_on_input_files(prm, {"Data/CSV file"}, {place}, MPI_COMM_WORLD, warning); });
  value = parameter_value(prm, "Data/CSV file");
  return refused;
}
} // namespace

TEST_CASE("A relative name of a data file is also looked up beside the parameter file")
{
  const TemporaryDirectory directory;
  fs::create_directories(directory.path("in"));
  fs::create_directories(directory.path("here/in"));
  const std::string      beside = directory.write("in/d.csv", "x\n1\n");
  const WorkingDirectory here(directory.path("here"));
  CHECK(find_input_file("in/d.csv", {"", directory.path("none"), directory.path("")}) == directory.path("") + "/in/d.csv");
  CHECK(find_input_file("in/e.csv", {directory.path("")}) == "in/e.csv");
  directory.write("here/in/d.csv", "x\n2\n");
  CHECK(find_input_file("in/d.csv", {directory.path("")}) == "in/d.csv");
  CHECK(find_input_file(beside, {directory.path("here")}) == beside);
  CHECK(find_input_file("", {directory.path("")}).empty());
}

TEST_CASE("A data file that was moved together with the run is found")
{
  const TemporaryDirectory directory;
  fs::create_directories(directory.path("old/run"));
  fs::create_directories(directory.path("old/data"));
  const std::string data = directory.write("old/data/d.csv", "x\n1\n");
  Provenance        known;
  known.seed                    = 1;
  known.input_files             = {Provenance::InputFile::of(data)};
  known.input_files[0].from_run = "../data/d.csv";
  directory.write("old/run/provenance.json", known.json());
  CHECK(find_input_file(data, {directory.path("old/run")}) == data);
  fs::rename(directory.path("old"), directory.path("new"));
  const std::string moved = directory.path("new/run/../data/d.csv");
  CHECK(find_input_file(data, {"", directory.path("none"), directory.path("new/run")}) == moved);
  CHECK(find_input_file(directory.path("old/data/e.csv"), {directory.path("new/run")}) == directory.path("old/data/e.csv"));
  // What has other contents is another file.
  directory.write("new/data/d.csv", "x\n2\n");
  CHECK(find_input_file(data, {directory.path("new/run")}) == data);
  directory.write("new/run/provenance.json", "{");
  CHECK(find_input_file(data, {directory.path("new/run")}) == data);
}

TEST_CASE("Of a large data file all of it is compared, once it was read", "[mpi]")
{
  const TemporaryDirectory directory;
  int                      rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  constexpr std::uintmax_t size = (64U << 20) + 3;
  const std::string        name = directory.path(std::to_string(rank) + ".csv");
  std::ofstream(name).put('x');
  fs::resize_file(name, size);
  auto       files = std::vector<Provenance::InputFile>{Provenance::InputFile::of(name, 64U << 20)};
  const auto whole = Provenance::InputFile::of(name);
  CHECK(files[0].bytes == size);
  CHECK(files[0].crc32 != whole.crc32);
  CHECK_FALSE(refusal([&]() { agree_on_large_files(files, {"Data/CSV file"}, MPI_COMM_WORLD); }));
  CHECK(files[0].same_contents(whole));
  std::fstream last(name, std::ios::in | std::ios::out | std::ios::binary);
  last.seekp(size - 1).put(rank + 1 == n_ranks ? 'y' : '\0');
  last.close();
  CHECK(refusal([&]() { agree_on_large_files(files, {"Data/CSV file"}, MPI_COMM_WORLD); }) ==
        Refused{"Data/CSV file", Refusal::inconsistent}.naming("rank " + std::to_string(n_ranks - 1) + " has '"));
}

TEST_CASE("All ranks read one file under one name, or the run is refused", "[mpi]")
{
  const TemporaryDirectory directory;
  int                      rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  const std::string own = directory.path(std::to_string(rank)), first = directory.path("0"), last = std::to_string(n_ranks - 1);
  fs::create_directories(own);
  MPI_Barrier(MPI_COMM_WORLD);
  std::string value, warning;
  for (int r = 0; r < n_ranks; ++r)
    directory.write(std::to_string(r) + "/same.csv", "x\n1\n");
  for (int r = 0; r < n_ranks; ++r)
    directory.write(std::to_string(r) + "/other.csv", r + 1 == n_ranks ? "x\n2\n" : "x\n1\n");
  directory.write("0/first.csv", "x\n1\n");
  directory.write(last + "/last.csv", "x\n1\n");
  {
    const WorkingDirectory here(own);
    CHECK(agree("other.csv", value, warning) ==
          Refused{"Data/CSV file", Refusal::inconsistent}
            .naming("'other.csv'")
            .naming("rank 0 has '" + first + "/other.csv' (4 bytes, CRC-32 ")
            .naming("rank " + last + " has '" + directory.path(last) + "/other.csv' (4 bytes"));
  }
  {
    const WorkingDirectory here(own);
    CHECK(agree("last.csv", value, warning) ==
          Refused{"Data/CSV file", Refusal::inconsistent}.naming("rank 0 has no file").naming("rank " + last + " has '"));
  }
  for (const char *name : {"same.csv", "first.csv", "nobody's.csv"})
    {
      const WorkingDirectory here(own);
      CHECK_FALSE(agree(name, value, warning));
      CHECK(value == name);
      CHECK(fs::current_path() == fs::path(first));
      CHECK_THAT(warning, Contains("different working directories") && Contains("'" + first + "'"));
    }
  {
    const WorkingDirectory here(first);
    CHECK_FALSE(agree("first.csv", value, warning));
    CHECK(warning.empty());
    CHECK_FALSE(agree("last.csv", value, warning, directory.path(last)));
    CHECK(value == directory.path(last) + "/last.csv");
  }
  MPI_Barrier(MPI_COMM_WORLD);
}
