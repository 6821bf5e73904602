#pragma once

#include <string>

#include <tests/support/run.h>

/// Runs the solver into a directory. Collective.
inline void run_into(const std::string &directory, const std::string &text, const Settings &changes, MPI_Comm communicator)
{
  run_solver("characteristics", directory, changes, communicator, text);
}
