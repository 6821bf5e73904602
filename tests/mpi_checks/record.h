#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <mpi.h>

namespace rhoflow::mpi_checks
{
/// Who called: return addresses, to be named only if they are needed.
using Trace = std::vector<void *>;
Trace caller();

/// What is open: communicators, types, operations, files, windows of one kind, and who made them.
template <typename Handle>
class OpenHandles
{
public:
  explicit OpenHandles(const char *kind)
    : name(kind)
  {}
  void made(Handle handle) { open[handle] = caller(); }
  void freed(Handle handle) { open.erase(handle); }

  const char             *name;
  std::map<Handle, Trace> open;
};

/// A request that is under way, or a persistent one.
struct Request
{
  bool          receives = false, persistent = false, active = false;
  const void   *buffer = nullptr; ///< of a message that is being sent
  std::size_t   bytes  = 0;
  std::uint64_t hash   = 0;
  Trace         trace;
};

/// All that is known of this rank.
struct Record
{
  std::map<MPI_Request, Request> requests;
  OpenHandles<MPI_Comm>          communicators{"communicator"};
  OpenHandles<MPI_Datatype>      types{"datatype"};
  OpenHandles<MPI_Op>            operations{"operation"};
  OpenHandles<MPI_File>          files{"file"};
  OpenHandles<MPI_Win>           windows{"window"};
  std::int64_t                   sent = 0, received = 0, collectives = 0;
};
Record &record();

/// A collective call as all ranks have to make it.
struct Collective
{
  const char *name;
  int         root      = 0;
  MPI_Count   bytes     = 0; ///< of one rank's contribution, where it is the same for all; otherwise 0
  int         operation = 0;
};

/// Ends the job if the ranks of the communicator do not make the same call.
void compare(const Collective &call, MPI_Comm communicator);
/// Ends the job and says why, with the caller.
[[noreturn]] void fail(const std::string &what, const Trace &trace);

MPI_Count bytes_of(int count, MPI_Datatype type);
/// Which of the predefined operations it is; the handles differ from process to process.
int number_of(MPI_Op operation);

/// Notes what was started.
void started(MPI_Request request, bool receives, const void *buffer = nullptr, int count = 0, MPI_Datatype type = MPI_BYTE);
void persistent(MPI_Request request, bool receives);
void restarted(MPI_Request request);
/// Notes what has ended; the handle as it was before the call.
void completed(MPI_Request request);
void released(MPI_Request request);
void cancelled(MPI_Request request);

/// Everything that is still open, and messages that nobody received: one line each, empty if all is well. Collective.
std::string findings();
} // namespace rhoflow::mpi_checks
