#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_file.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include <tests/support/refusals.h>

#include "small_disk.h"
#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
/// A directory that all ranks know.
class SharedDirectory
{
public:
  SharedDirectory()
  {
    std::string name = rank_of(MPI_COMM_WORLD) == 0 ? own.path("") : "";
    int         size = static_cast<int>(name.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
    name.resize(static_cast<std::size_t>(size));
    MPI_Bcast(name.data(), size, MPI_CHAR, 0, MPI_COMM_WORLD);
    root = name;
  }
  ~SharedDirectory() { MPI_Barrier(MPI_COMM_WORLD); }

  std::string path(const std::string &name) const { return root + "/" + name; }

private:
  TemporaryDirectory own;
  std::string        root;
};

const std::string text = "a line\nnext \xce\xb8\n";

void write(const std::string &file, MPI_Comm comm, std::uint64_t number, std::uint64_t n_values = 1000)
{
  const auto rank = static_cast<std::uint64_t>(rank_of(comm)), n_ranks = static_cast<std::uint64_t>(number_of_ranks(comm));
  std::vector<double> part;
  for (std::uint64_t i = rank * n_values / n_ranks; i < (rank + 1) * n_values / n_ranks; ++i)
    part.push_back(std::sqrt(static_cast<double>(i)) + static_cast<double>(number));
  CheckpointWriter writer(comm);
  writer.put("numbers", std::vector<double>{0.1, -0., std::numeric_limits<double>::infinity(), 5e-324});
  writer.put("seed", std::uint64_t(18446744073709551615u));
  writer.put("text", text);
  writer.put("nothing", std::vector<double>());
  writer.put_in_turn("spread", part);
  // From the other end: the last rank has the first part.
  const std::vector<std::uint64_t> mine(rank + 1, rank);
  std::uint64_t                    begin = 0;
  for (std::uint64_t r = rank + 1; r < n_ranks; ++r)
    begin += r + 1;
  writer.put_part("backwards", mine, begin);
  writer.write(file, 0.25, number);
}

void check(const CheckpointReader &reader, std::uint64_t number, std::uint64_t n_values = 1000)
{
  CHECK(reader.time() == 0.25);
  CHECK(reader.number() == number);
  const std::vector<double> numbers = reader.numbers("numbers");
  REQUIRE(numbers.size() == 4);
  CHECK(numbers[0] == 0.1);
  CHECK(std::signbit(numbers[1]));
  CHECK(std::isinf(numbers[2]));
  CHECK(numbers[3] == 5e-324);
  CHECK(reader.integer("seed") == 18446744073709551615u);
  CHECK(reader.text("text") == text);
  CHECK(reader.numbers("nothing").empty());
  REQUIRE(reader.size("spread") == n_values);
  const auto rank = static_cast<std::uint64_t>(rank_of(reader.communicator()));
  // A part that fits no rank's
  const std::uint64_t       first = 7 * rank + 3;
  const std::vector<double> part  = reader.numbers("spread", first, 11);
  for (std::uint64_t i = 0; i < 11; ++i)
    CHECK(part[i] == std::sqrt(static_cast<double>(first + i)) + static_cast<double>(number));
  CHECK(reader.numbers("spread").size() == n_values);
  // Rows of two numbers each, in any order
  const std::vector<double> rows = reader.rows("spread", {rank + 5, rank + 6, 0, rank + 3}, 2);
  REQUIRE(rows.size() == 8);
  const double expected[] = {2. * rank + 10, 2. * rank + 11, 2. * rank + 12, 2. * rank + 13, 0, 1,
                             2. * rank + 6,  2. * rank + 7};
  for (std::size_t i = 0; i < rows.size(); ++i)
    CHECK(rows[i] == std::sqrt(expected[i]) + static_cast<double>(number));
}

std::optional<Refused> opening(const std::string &file, MPI_Comm comm)
{
  return refusal([&]() { const CheckpointReader reader(file, comm); });
}

void flip(const std::string &file, std::uintmax_t place, int bit)
{
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(place));
  const char byte = static_cast<char>(stream.get() ^ (1 << bit));
  stream.seekp(static_cast<std::streamoff>(place));
  stream.put(byte);
}
} // namespace

TEST_CASE("A checkpoint of all ranks is read on all ranks and on one", "[mpi]")
{
  const SharedDirectory directory;
  const std::string     file = directory.path("state");
  write(file, MPI_COMM_WORLD, 3);
  check(CheckpointReader(file, MPI_COMM_WORLD), 3);
  check(CheckpointReader(file, MPI_COMM_SELF), 3);
  const CheckpointReader           reader(file, MPI_COMM_WORLD);
  const std::vector<std::uint64_t> backwards = reader.integers("backwards");
  CHECK(std::is_sorted(backwards.rbegin(), backwards.rend()));
}

TEST_CASE("Pieces that are made while a checkpoint is written are those of a whole", "[mpi]")
{
  const SharedDirectory directory;
  const auto            rank                 = static_cast<std::uint64_t>(rank_of(MPI_COMM_WORLD)),
             n                               = static_cast<std::uint64_t>(number_of_ranks(MPI_COMM_WORLD));
  constexpr std::uint64_t               size = 300000, length = 70000; // more than a block each, and a rest
  std::vector<CheckpointWriter::Extent> extents;
  for (std::uint64_t i = rank; i * length < size; i += n)
    extents.push_back({i * length, std::min(length, size - i * length)});
  const auto       number = [](std::uint64_t i) { return std::sqrt(static_cast<double>(i)); };
  CheckpointWriter in_pieces(MPI_COMM_WORLD), whole(MPI_COMM_WORLD);
  std::size_t      n_made = 0;
  in_pieces.put("before", 1.5);
  in_pieces.put_on_demand("array", extents, [&](std::size_t i) {
    ++n_made;
    std::vector<double> values;
    for (std::uint64_t j = 0; j < extents[i].size; ++j)
      values.push_back(number(extents[i].begin + j));
    return values;
  });
  CHECK(n_made == 0);
  in_pieces.put("after", text);
  in_pieces.write(directory.path("pieces"), 1., 1);
  CHECK(n_made == extents.size());

  std::vector<double> array(size);
  for (std::uint64_t i = 0; i < size; ++i)
    array[i] = number(i);
  whole.put("before", 1.5);
  whole.put("array", array);
  whole.put("after", text);
  whole.write(directory.path("whole"), 1., 1);
  const auto contents = [&](const std::string &file) {
    std::ifstream stream(directory.path(file), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  CHECK(contents("pieces") == contents("whole"));
  CHECK(contents("pieces.good") == contents("whole.good"));

  // Parts in any order, others on each rank.
  const CheckpointReader    reader(directory.path("pieces"), MPI_COMM_WORLD);
  const std::vector<double> parts = reader.numbers("array", {{size - 2, 2}, {rank, 1}});
  CHECK(parts == std::vector<double>{number(size - 2), number(size - 1), number(rank)});
}

TEST_CASE("The file of a checkpoint does not depend on the number of ranks", "[mpi]")
{
  const SharedDirectory directory;
  const auto            contents = [](const std::string &file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  // "backwards" depends on the ranks; without it nothing does.
  const auto save = [&](const std::string &file, MPI_Comm comm) {
    const auto          rank = static_cast<std::uint64_t>(rank_of(comm)), n = static_cast<std::uint64_t>(number_of_ranks(comm));
    std::vector<double> part;
    for (std::uint64_t i = rank * 500000 / n; i < (rank + 1) * 500000 / n; ++i)
      part.push_back(static_cast<double>(i) / 3);
    CheckpointWriter writer(comm);
    writer.put_in_turn("spread", part);
    writer.put("text", text);
    writer.write(file, 1., 1);
  };
  save(directory.path("all"), MPI_COMM_WORLD);
  if (rank_of(MPI_COMM_WORLD) == 0)
    {
      save(directory.path("one"), MPI_COMM_SELF);
      CHECK(contents(directory.path("all")) == contents(directory.path("one")));
      CHECK(contents(directory.path("all.good")) == contents(directory.path("one.good")));
    }
}

TEST_CASE("The newest checkpoint that is whole is taken", "[mpi]")
{
  const SharedDirectory          directory;
  const std::vector<std::string> files{directory.path("checkpoints/even"), directory.path("checkpoints/odd")};
  std::vector<std::string>       complaints;
  CHECK(!CheckpointReader::newest(files, MPI_COMM_WORLD, complaints));
  CHECK(complaints.empty());
  write(files[0], MPI_COMM_WORLD, 4);
  write(files[1], MPI_COMM_WORLD, 5);
  auto newest = CheckpointReader::newest(files, MPI_COMM_WORLD, complaints);
  REQUIRE(newest);
  check(*newest, 5);
  CHECK(complaints.empty());
  // A crash while the next one is written: its seal is gone, its contents are anything.
  if (rank_of(MPI_COMM_WORLD) == 0)
    {
      std::filesystem::remove(files[1] + ".good");
      std::filesystem::resize_file(files[1], 100);
    }
  MPI_Barrier(MPI_COMM_WORLD);
  newest = CheckpointReader::newest(files, MPI_COMM_WORLD, complaints);
  REQUIRE(newest);
  check(*newest, 4);
  REQUIRE(complaints.size() == 1);
  CHECK_THAT(complaints[0], Contains("was not finished"));
}

TEST_CASE("Every flipped bit and every cut is noticed")
{
  const TemporaryDirectory directory;
  const std::string        file = directory.path("state");
  write(file, MPI_COMM_SELF, 1, 40);
  const auto size = std::filesystem::file_size(file), seal = std::filesystem::file_size(file + ".good");
  CHECK_FALSE(opening(file, MPI_COMM_SELF));
  for (std::uintmax_t place = 0; place < size; ++place)
    {
      flip(file, place, static_cast<int>(place % 8));
      CHECK(opening(file, MPI_COMM_SELF) == Refused{"", Refusal::damaged}.naming("checksums"));
      flip(file, place, static_cast<int>(place % 8));
    }
  for (std::uintmax_t place = 0; place < seal; ++place)
    {
      flip(file + ".good", place, static_cast<int>(place % 8));
      CHECK(opening(file, MPI_COMM_SELF) == Refused{"", Refusal::damaged}.naming("cannot be used"));
      flip(file + ".good", place, static_cast<int>(place % 8));
    }
  CHECK_FALSE(opening(file, MPI_COMM_SELF));
  for (std::uintmax_t length = 0; length < size; length += 13)
    {
      std::filesystem::copy_file(file, directory.path("short"), std::filesystem::copy_options::overwrite_existing);
      std::filesystem::copy_file(file + ".good", directory.path("short.good"),
                                 std::filesystem::copy_options::overwrite_existing);
      std::filesystem::resize_file(directory.path("short"), length);
      CHECK(opening(directory.path("short"), MPI_COMM_SELF) == Refused{"", Refusal::damaged}.naming("bytes"));
    }
  CHECK(opening(directory.path("none"), MPI_COMM_SELF) == Refused{"", Refusal::missing});
}

TEST_CASE("Sections that are not there or of another kind are refused by their names")
{
  const TemporaryDirectory directory;
  write(directory.path("state"), MPI_COMM_SELF, 1);
  const CheckpointReader reader(directory.path("state"), MPI_COMM_SELF);
  CHECK(refusal([&]() { reader.numbers("velocity"); }) == Refused{"", Refusal::damaged}.naming("'velocity'"));
  CHECK(refusal([&]() { reader.integers("numbers"); }) == Refused{"", Refusal::damaged}.naming("'numbers'"));
  CHECK(refusal([&]() { reader.numbers("spread", 995, 6); }) == Refused{"", Refusal::damaged}.naming("'spread'"));
  CHECK(refusal([&]() { reader.numbers("spread", ~std::uint64_t(0) / 8, 6); }) ==
        Refused{"", Refusal::damaged}.naming("'spread'"));
  CHECK(refusal([&]() { reader.number_of("spread"); }) == Refused{"", Refusal::damaged}.naming("'spread'").naming("length"));
}

TEST_CASE("A full disk is an error, and the checkpoint before stays valid", "[mpi]")
{
  const SharedDirectory directory;
  write(directory.path("even"), MPI_COMM_WORLD, 2);
  {
    const SmallDisk disk(4000);
    CHECK_THROWS_AS(write(directory.path("odd"), MPI_COMM_WORLD, 3), RunError);
  }
  std::vector<std::string> complaints;
  const auto newest = CheckpointReader::newest({directory.path("even"), directory.path("odd")}, MPI_COMM_WORLD, complaints);
  REQUIRE(newest);
  check(*newest, 2);
  // With room again the same slot is used.
  write(directory.path("odd"), MPI_COMM_WORLD, 3);
  check(CheckpointReader(directory.path("odd"), MPI_COMM_WORLD), 3);
}

TEST_CASE("A list of sections that contradicts itself is refused, whatever its checksum says")
{
  const auto parse = [](const std::string &body) {
    char end[32];
    std::snprintf(end, sizeof(end), "end %08x\n", checksum(body.data(), body.size()));
    return CheckpointSeal::parse(body + end);
  };
  const std::string head = "rhoflow checkpoint 1\ntime 1\nnumber 2\nsize 16\n", block = "block 0000000a\n";
  CHECK(parse(head + "section d 8 8 mass\n" + block).sections.size() == 1);
  for (const char *const line :
       {"section d 8 16 mass\n", "section d 16 8 mass\n", "section d 0 7 mass\n", "section x 0 8 mass\n", "section d 0 8 \n",
        "section d 0 8 mass\nsection d 8 8 mass\n", "section d -8 8 mass\n", "section d 0 8 mass\nsize 4\n", "time 2\n",
        "block 00\n", "velocity 3\n", "\n"})
    CHECK_THROWS_AS(parse(head + line + block), std::runtime_error);
  CHECK_THROWS_AS(parse(head), std::runtime_error);
  CHECK_THROWS_AS(parse(head + "block 0000000\xcb\n"), std::runtime_error);
  // As an unsigned number -92 would be a size whose number of blocks overflows to 0.
  CHECK_THROWS_AS(parse("rhoflow checkpoint 1\ntime 1\nnumber 2\nsize -92\n"), std::runtime_error);
  CHECK_THROWS_AS(parse("rhoflow checkpoint 1\ntime 1\nnumber 2\nsize 18446744073709551524\n"), std::runtime_error);
  CHECK_THROWS_AS(parse("rhoflow checkpoint 1\ntime nan\nnumber 2\nsize 16\n" + block), std::runtime_error);
  CHECK_THROWS_AS(parse("rhoflow checkpoint 1\ntime 1\nsize 16\nnumber 2\n" + block), std::runtime_error);
}
