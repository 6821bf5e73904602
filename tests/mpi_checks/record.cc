#include "record.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <execinfo.h>

namespace rhoflow::mpi_checks
{
namespace
{
int rank()
{
  int result = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &result);
  return result;
}

std::uint64_t hash_of(const void *buffer, std::size_t bytes)
{
  std::uint64_t hash = 1469598103934665603ULL; // FNV-1a
  for (std::size_t i = 0; i < bytes; ++i)
    hash = (hash ^ static_cast<const unsigned char *>(buffer)[i]) * 1099511628211ULL;
  return hash;
}

std::string names_of(const Trace &trace)
{
  char      **symbols = backtrace_symbols(trace.data(), static_cast<int>(trace.size()));
  std::string text;
  for (std::size_t i = 0; symbols != nullptr && i < trace.size(); ++i)
    text += std::string("      ") + symbols[i] + "\n";
  std::free(symbols);
  return text;
}

template <typename Handle>
std::string left_open(const OpenHandles<Handle> &handles)
{
  std::string text;
  for (const auto &handle : handles.open)
    text += std::string("  a ") + handles.name + " was never freed; it was made by\n" + names_of(handle.second);
  return text;
}
} // namespace

Trace caller()
{
  void     *addresses[16];
  const int n = backtrace(addresses, 16);
  return Trace(addresses + (n > 2 ? 2 : n), addresses + n); // without this function and the wrapper
}

Record &record()
{
  static Record result;
  return result;
}

void fail(const std::string &what, const Trace &trace)
{
  std::fprintf(stderr, "mpi_checks: rank %d %s; called by\n%s", rank(), what.c_str(), names_of(trace).c_str());
  std::fflush(nullptr);
  PMPI_Abort(MPI_COMM_WORLD, 86);
  std::abort();
}

MPI_Count bytes_of(int count, MPI_Datatype type)
{
  int size = 0;
  PMPI_Type_size(type, &size);
  return static_cast<MPI_Count>(count) * size;
}

int number_of(MPI_Op operation)
{
  const MPI_Op known[] = {MPI_MAX, MPI_MIN,  MPI_SUM,  MPI_PROD,   MPI_LAND,   MPI_BAND,    MPI_LOR,
                          MPI_BOR, MPI_LXOR, MPI_BXOR, MPI_MAXLOC, MPI_MINLOC, MPI_REPLACE, MPI_NO_OP};
  int          number  = 1;
  for (const MPI_Op op : known)
    {
      if (op == operation)
        return number;
      ++number;
    }
  return 0; // defined by the program
}

void compare(const Collective &call, MPI_Comm communicator)
{
  int between = 0;
  PMPI_Comm_test_inter(communicator, &between);
  if (between != 0)
    return;
  ++record().collectives;
  const std::int64_t name   = static_cast<std::int64_t>(hash_of(call.name, std::strlen(call.name)) >> 2);
  const std::int64_t own[4] = {name, call.root, static_cast<std::int64_t>(call.bytes), call.operation};
  std::int64_t       extremes[8];
  for (int i = 0; i < 4; ++i)
    {
      extremes[i]     = own[i];
      extremes[4 + i] = -own[i];
    }
  PMPI_Allreduce(MPI_IN_PLACE, extremes, 8, MPI_INT64_T, MPI_MAX, communicator);
  for (int i = 0; i < 4; ++i)
    if (extremes[i] != -extremes[4 + i])
      {
        char text[200];
        std::snprintf(text, sizeof text, "calls %s with root %d, %lld bytes, operation %d, and another rank does not",
                      call.name, call.root, static_cast<long long>(call.bytes), call.operation);
        // So that the other ranks have time to say what they call.
        std::fprintf(stderr, "mpi_checks: rank %d %s; called by\n%s", rank(), text, names_of(caller()).c_str());
        std::fflush(nullptr);
        PMPI_Barrier(communicator);
        PMPI_Abort(MPI_COMM_WORLD, 86);
      }
}

void started(MPI_Request request, bool receives, const void *buffer, int count, MPI_Datatype type)
{
  if (request == MPI_REQUEST_NULL)
    return;
  Request result;
  result.receives = receives;
  result.active   = true;
  result.trace    = caller();
  int n_integers = 0, n_addresses = 0, n_types = 0, combiner = 0;
  if (buffer != nullptr)
    PMPI_Type_get_envelope(type, &n_integers, &n_addresses, &n_types, &combiner);
  if (combiner == MPI_COMBINER_NAMED) // contiguous
    {
      result.buffer = buffer;
      result.bytes  = static_cast<std::size_t>(bytes_of(count, type));
      result.hash   = hash_of(buffer, result.bytes);
    }
  record().requests[request] = result;
}

void persistent(MPI_Request request, bool receives)
{
  Request result;
  result.receives            = receives;
  result.persistent          = true;
  result.trace               = caller();
  record().requests[request] = result;
}

void restarted(MPI_Request request)
{
  const auto known = record().requests.find(request);
  if (known == record().requests.end())
    return;
  if (known->second.active)
    fail("starts a persistent request that is under way", caller());
  known->second.active = true;
  ++(known->second.receives ? record().received : record().sent);
}

void completed(MPI_Request request)
{
  const auto known = record().requests.find(request);
  if (known == record().requests.end())
    return;
  Request &found = known->second;
  if (found.active && found.buffer != nullptr && hash_of(found.buffer, found.bytes) != found.hash)
    fail("has changed a message while it was being sent", found.trace);
  found.active = false;
  if (!found.persistent)
    record().requests.erase(known);
}

void released(MPI_Request request)
{
  const auto known = record().requests.find(request);
  if (known == record().requests.end())
    return;
  if (known->second.active && known->second.receives)
    fail("frees the request of a message that has not arrived", caller());
  record().requests.erase(known);
}

void cancelled(MPI_Request request)
{
  const auto known = record().requests.find(request);
  if (known != record().requests.end())
    --(known->second.receives ? record().received : record().sent);
}

std::string findings()
{
  const Record &all  = record();
  std::string   text = left_open(all.communicators) + left_open(all.types) + left_open(all.operations) + left_open(all.files) +
                     left_open(all.windows);
  for (const auto &request : all.requests)
    text += std::string("  a request ") + (request.second.active ? "was never completed" : "was never freed") +
            "; it was made by\n" + names_of(request.second.trace);
  std::int64_t messages[2] = {all.sent, all.received};
  PMPI_Allreduce(MPI_IN_PLACE, messages, 2, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  if (messages[0] != messages[1] && rank() == 0)
    text += "  " + std::to_string(messages[0]) + " messages were sent, and " + std::to_string(messages[1]) + " received\n";
  return text;
}
} // namespace rhoflow::mpi_checks
