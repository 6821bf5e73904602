#pragma once

#include <functional>
#include <string>

#include <mpi.h>

#include <solvers/base/error.h>

namespace rhoflow
{
/// Exit status of the program.
enum ExitStatus
{
  exit_success     = 0,
  exit_other_error = 1,
  exit_input_error = 2,
  exit_run_error   = 3,
  exit_stopped     = 4 ///< on request, with the state kept
};

/// How some work ended, the same on every rank.
struct Outcome
{
  int         status = exit_success;
  std::string message;  ///< of the first rank that failed
  int         rank = 0; ///< that one
};

/// Runs `work` on every rank and turns exceptions into an outcome. If a rank fails while others still work, they may wait for
/// it forever: then it calls `abandon`, which must end the job. Collective.
Outcome attempt(MPI_Comm communicator, const std::function<void()> &work,
                const std::function<std::string(const InputError &)> &describe,
                const std::function<void(const Outcome &)>           &abandon);

/// Runs `work` on every rank and turns exceptions into an exit status and one message on stderr. If all ranks get here, one of
/// them speaks and all return the status. If a rank fails while others still work, they may wait for it forever: then it prints
/// its message and ends the whole job. `conclude` is told how the work ended on one rank: on rank 0, or on the one that ends
/// the job. Collective.
int run_job(
  MPI_Comm communicator, const std::function<void()> &work, const std::function<std::string(const InputError &)> &describe,
  const std::function<void(const Outcome &)> &conclude = [](const Outcome &) {});
} // namespace rhoflow
