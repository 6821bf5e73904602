#include <catch2/catch.hpp>

#include <solvers/base/memory_guard.h>

#include <cmath>
#include <filesystem>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;

TEST_CASE("The memory that is left is what the machine and the control groups leave")
{
  const TemporaryDirectory directory;
  const std::string        root = directory.path("");
  for (const char *folder : {"proc/self", "sys/fs/cgroup/a/b", "sys/fs/cgroup/memory/c"})
    std::filesystem::create_directories(directory.path(folder));
  // Finite only where an address space is limited around the tests.
  const double limit = available_memory(root);
  const auto   left  = [&]() { return available_memory(root); };
  const auto   most  = [&](double bytes) { return std::min(bytes, limit); };

  directory.write("proc/meminfo", "MemTotal:       16000 kB\nMemFree:   1 kB\nMemAvailable:   8000 kB\n");
  CHECK(left() == most(8000. * 1024.));
  // Version 2: the tightest of all groups around the process; files that can be given up count as free.
  directory.write("proc/self/cgroup", "0::/a/b\n");
  directory.write("sys/fs/cgroup/a/b/memory.max", "max\n");
  directory.write("sys/fs/cgroup/a/b/memory.current", "1000\n");
  CHECK(left() == most(8000. * 1024.));
  directory.write("sys/fs/cgroup/a/memory.max", "5000\n");
  directory.write("sys/fs/cgroup/a/memory.current", "3000\n");
  directory.write("sys/fs/cgroup/a/memory.stat", "anon 7\ninactive_file 500\n");
  CHECK(left() == 2500.);
  directory.write("sys/fs/cgroup/a/memory.current", "9000\n");
  CHECK(left() == 0.);
  // Version 1, without a limit and with one.
  directory.write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/c\n");
  directory.write("sys/fs/cgroup/memory/c/memory.limit_in_bytes", "9223372036854771712\n");
  directory.write("sys/fs/cgroup/memory/c/memory.usage_in_bytes", "100\n");
  CHECK(left() == most(8000. * 1024.));
  directory.write("sys/fs/cgroup/memory/c/memory.limit_in_bytes", "700\n");
  CHECK(left() == 600.);
  // The real machine has some.
  CHECK(available_memory() > 1e6);
}

TEST_CASE("Too much is refused with the largest part, on all ranks alike", "[mpi]")
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MemoryEstimate estimate;
  estimate.add("this", 1e3 * (rank + 1), "A/B", "choose fewer 'A/B'");
  estimate.add("that", 2e3, "C/D", "choose fewer 'C/D'");
  CHECK(estimate.bytes() == 3e3 + 1e3 * rank);
  CHECK_FALSE(refusal([&]() { estimate.require(MPI_COMM_WORLD); }));
  // One rank alone has too much.
  estimate.add("the rest", rank == 0 ? 1e18 : 0., "E/F", "choose fewer 'E/F'");
  CHECK(refusal([&]() { estimate.require(MPI_COMM_WORLD); }) ==
        Refused{"E/F", Refusal::too_large}.naming("888 PiB").naming("the rest").naming("choose fewer 'E/F'"));
  estimate.clear();
  CHECK_FALSE(refusal([&]() { estimate.require(MPI_COMM_WORLD); }));
}
