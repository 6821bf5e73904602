// The main program of every test executable: Catch2 under MPI. Rank 0 reports to the terminal, the other ranks to files that
// are shown when they have something to complain about.

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <deal.II/base/mpi.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
  Catch::Session            session;
  std::vector<const char *> arguments(argv, argv + argc);
  std::string               log;
  // The launcher tells the rank before MPI is initialised, which only listing the cases does not need.
  if (const char *rank = std::getenv("OMPI_COMM_WORLD_RANK"); rank != nullptr && std::string(rank) != "0")
    {
      const char *size = std::getenv("OMPI_COMM_WORLD_SIZE");
      log              = std::string(argv[0]) + ".rank" + rank + "of" + (size != nullptr ? size : "?") + ".log";
      arguments.push_back("--out");
      arguments.push_back(log.c_str());
    }
  const int problem = session.applyCommandLine(static_cast<int>(arguments.size()), arguments.data());
  if (problem != 0)
    return problem;
  const auto &settings = session.configData();
#if CATCH_VERSION_MAJOR < 3
  const bool only_names = settings.listTestNamesOnly;
#else
  const bool only_names = settings.listListeners;
#endif
  if (settings.showHelp || settings.listTests || settings.listTags || settings.listReporters || only_names)
    return session.run();

  int                                      no_arguments = 1;
  dealii::Utilities::MPI::MPI_InitFinalize mpi(no_arguments, argv, 1);

  const int failed = session.run();
  if (failed != 0 && !log.empty())
    std::cerr << std::ifstream(log).rdbuf() << std::flush;
  int any_failed = failed;
  MPI_Allreduce(&failed, &any_failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (!log.empty())
    std::remove(log.c_str());
  return any_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
