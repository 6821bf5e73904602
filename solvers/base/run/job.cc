#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/job.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rhoflow
{
namespace
{
const char *const out_of_memory =
  "rhoflow ran out of memory; use a coarser mesh, fewer replicas, or more ranks on more machines.";
}

Outcome attempt(const MPI_Comm communicator, const std::function<void()> &work,
                const std::function<std::string(const InputError &)> &describe,
                const std::function<void(const Outcome &)>           &abandon)
{
  // A communicator of its own for the meeting at the end: ranks that still work may wait in a collective call of the other one.
  MPI_Comm meeting;
  MPI_Comm_dup(communicator, &meeting);

  int         status = exit_success;
  std::string message;
  try
    {
      work();
    }
  catch (const InputError &error)
    {
      status  = exit_input_error;
      message = describe(error);
    }
  catch (const RunError &error)
    {
      status  = exit_run_error;
      message = error.what();
    }
  catch (const StoppedOnRequest &stop)
    {
      status  = exit_stopped;
      message = stop.what();
    }
  catch (const std::bad_alloc &)
    {
      status  = exit_other_error;
      message = out_of_memory;
    }
  catch (const std::length_error &) // a size that no allocation can have
    {
      status  = exit_other_error;
      message = out_of_memory;
    }
  catch (const std::exception &error)
    {
      status  = exit_other_error;
      message = std::string("rhoflow stopped because of an internal error; please report it.\n") + error.what();
    }
  catch (...)
    {
      status  = exit_other_error;
      message = "rhoflow stopped because of an internal error; please report it.";
    }

  const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);

  // Ranks wait for different times, so that the first one ends the job before a second one repeats the message.
  const auto  deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(2000 + 250 * std::min(rank, 40));
  MPI_Request arrival;
  MPI_Ibarrier(meeting, &arrival);
  int everybody_is_here = 0;
  while (true)
    {
      MPI_Test(&arrival, &everybody_is_here, MPI_STATUS_IGNORE);
      if (everybody_is_here)
        break;
      if (status != exit_success && std::chrono::steady_clock::now() > deadline)
        abandon({status, message, rank});
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }

  std::vector<int> all(static_cast<std::size_t>(n_ranks));
  MPI_Allgather(&status, 1, MPI_INT, all.data(), 1, MPI_INT, meeting);
  const auto first = std::find_if(all.begin(), all.end(), [](const int s) { return s != exit_success; });
  Outcome    outcome;
  if (first != all.end())
    {
      outcome.status = *first;
      outcome.rank   = static_cast<int>(first - all.begin());
      int length     = static_cast<int>(message.size());
      MPI_Bcast(&length, 1, MPI_INT, outcome.rank, meeting);
      message.resize(static_cast<std::size_t>(length));
      MPI_Bcast(message.data(), length, MPI_CHAR, outcome.rank, meeting);
      outcome.message = message;
    }
  MPI_Comm_free(&meeting);
  return outcome;
}

int run_job(const MPI_Comm communicator, const std::function<void()> &work,
            const std::function<std::string(const InputError &)> &describe,
            const std::function<void(const Outcome &)>           &conclude)
{
  // Of its own too, since a rank that failed may have left half a collective call behind on the other one.
  MPI_Comm end;
  MPI_Comm_dup(communicator, &end);
  const auto speak = [](const Outcome &outcome) {
    std::fprintf(stderr, "%s\n", outcome.message.c_str());
    std::fflush(stderr);
  };
  const Outcome outcome = attempt(communicator, work, describe, [&](const Outcome &own) {
    speak(own);
    conclude(own);
    MPI_Abort(communicator, own.status);
  });
  const int     rank    = rank_of(communicator);
  if (outcome.status != exit_success && outcome.rank == rank)
    speak(outcome);
  if (rank == 0)
    conclude(outcome);
  // mpirun kills all ranks as soon as one has failed: nobody may leave before the message is out.
  MPI_Barrier(end);
  MPI_Comm_free(&end);
  return outcome.status;
}
} // namespace rhoflow
