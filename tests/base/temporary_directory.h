#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <mpi.h>

#include <unistd.h>

/// A directory of its own for one test case, the same on all ranks, removed at the end (collective).
class TemporaryDirectory
{
public:
  TemporaryDirectory()
  {
    char name[] = "/tmp/rhoflow-test-XXXXXX";
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0 && mkdtemp(name) == nullptr)
      name[0] = '\0';
    MPI_Bcast(name, sizeof(name), MPI_CHAR, 0, MPI_COMM_WORLD);
    root = name;
  }
  ~TemporaryDirectory()
  {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0 && !root.empty())
      std::filesystem::remove_all(root);
  }
  TemporaryDirectory(const TemporaryDirectory &)            = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  std::string path(const std::string &name) const { return (root / name).string(); }

  /// Collective: one rank writes, and all may read when it returns.
  std::string write(const std::string &name, const std::string &text) const
  {
    if (rank == 0)
      std::ofstream(path(name), std::ios::binary) << text;
    MPI_Barrier(MPI_COMM_WORLD);
    return path(name);
  }
  std::string read(const std::string &name) const
  {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }

private:
  std::filesystem::path root;
  int                   rank = 0;
};
