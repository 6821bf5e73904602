// Messages and requests: every message is received, every request completed, and no message changed while it is being sent.
#include "record.h"

using namespace rhoflow::mpi_checks;

namespace
{
void count_sent(int peer)
{
  if (peer != MPI_PROC_NULL)
    ++record().sent;
}
void count_received(int peer)
{
  if (peer != MPI_PROC_NULL)
    ++record().received;
}
std::vector<MPI_Request> copy_of(int count, const MPI_Request *requests)
{
  return std::vector<MPI_Request>(requests, requests + count);
}
} // namespace

extern "C" {

// ---- blocking

int MPI_Send(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
  count_sent(to);
  return PMPI_Send(buffer, count, type, to, tag, comm);
}

int MPI_Ssend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
  count_sent(to);
  return PMPI_Ssend(buffer, count, type, to, tag, comm);
}

int MPI_Recv(void *buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Status *status)
{
  count_received(from);
  return PMPI_Recv(buffer, count, type, from, tag, comm, status);
}

int MPI_Mrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message, MPI_Status *status)
{
  count_received(0);
  return PMPI_Mrecv(buffer, count, type, message, status);
}

int MPI_Sendrecv(const void *send, int send_count, MPI_Datatype send_type, int to, int send_tag, void *receive,
                 int receive_count, MPI_Datatype receive_type, int from, int receive_tag, MPI_Comm comm, MPI_Status *status)
{
  count_sent(to);
  count_received(from);
  return PMPI_Sendrecv(send, send_count, send_type, to, send_tag, receive, receive_count, receive_type, from, receive_tag, comm,
                       status);
}

int MPI_Sendrecv_replace(void *buffer, int count, MPI_Datatype type, int to, int send_tag, int from, int receive_tag,
                         MPI_Comm comm, MPI_Status *status)
{
  count_sent(to);
  count_received(from);
  return PMPI_Sendrecv_replace(buffer, count, type, to, send_tag, from, receive_tag, comm, status);
}

// ---- non-blocking

int MPI_Isend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request)
{
  count_sent(to);
  const int error = PMPI_Isend(buffer, count, type, to, tag, comm, request);
  started(*request, false, buffer, count, type);
  return error;
}

int MPI_Issend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request)
{
  count_sent(to);
  const int error = PMPI_Issend(buffer, count, type, to, tag, comm, request);
  started(*request, false, buffer, count, type);
  return error;
}

int MPI_Irsend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request)
{
  count_sent(to);
  const int error = PMPI_Irsend(buffer, count, type, to, tag, comm, request);
  started(*request, false, buffer, count, type);
  return error;
}

int MPI_Irecv(void *buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request *request)
{
  count_received(from);
  const int error = PMPI_Irecv(buffer, count, type, from, tag, comm, request);
  started(*request, true);
  return error;
}

int MPI_Imrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message, MPI_Request *request)
{
  count_received(0);
  const int error = PMPI_Imrecv(buffer, count, type, message, request);
  started(*request, true);
  return error;
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
  const int error = PMPI_Ibarrier(comm, request);
  started(*request, false);
  return error;
}

int MPI_Ibcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request *request)
{
  const int error = PMPI_Ibcast(buffer, count, type, root, comm, request);
  started(*request, false);
  return error;
}

int MPI_Iallreduce(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request *request)
{
  const int error = PMPI_Iallreduce(send, receive, count, type, op, comm, request);
  started(*request, false);
  return error;
}

// ---- persistent

int MPI_Send_init(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request)
{
  const int error = PMPI_Send_init(buffer, count, type, to, tag, comm, request);
  persistent(*request, false);
  return error;
}

int MPI_Recv_init(void *buffer, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request *request)
{
  const int error = PMPI_Recv_init(buffer, count, type, from, tag, comm, request);
  persistent(*request, true);
  return error;
}

int MPI_Start(MPI_Request *request)
{
  restarted(*request);
  return PMPI_Start(request);
}

int MPI_Startall(int count, MPI_Request *requests)
{
  for (int i = 0; i < count; ++i)
    restarted(requests[i]);
  return PMPI_Startall(count, requests);
}

// ---- completion

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
  const MPI_Request before = *request;
  const int         error  = PMPI_Wait(request, status);
  completed(before);
  return error;
}

int MPI_Waitall(int count, MPI_Request *requests, MPI_Status *statuses)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Waitall(count, requests, statuses);
  for (const MPI_Request request : before)
    completed(request);
  return error;
}

int MPI_Waitany(int count, MPI_Request *requests, int *index, MPI_Status *status)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Waitany(count, requests, index, status);
  if (*index != MPI_UNDEFINED)
    completed(before[static_cast<std::size_t>(*index)]);
  return error;
}

int MPI_Waitsome(int count, MPI_Request *requests, int *n, int *indices, MPI_Status *statuses)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Waitsome(count, requests, n, indices, statuses);
  for (int i = 0; *n != MPI_UNDEFINED && i < *n; ++i)
    completed(before[static_cast<std::size_t>(indices[i])]);
  return error;
}

int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)
{
  const MPI_Request before = *request;
  const int         error  = PMPI_Test(request, flag, status);
  if (*flag != 0)
    completed(before);
  return error;
}

int MPI_Testall(int count, MPI_Request *requests, int *flag, MPI_Status *statuses)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Testall(count, requests, flag, statuses);
  if (*flag != 0)
    for (const MPI_Request request : before)
      completed(request);
  return error;
}

int MPI_Testany(int count, MPI_Request *requests, int *index, int *flag, MPI_Status *status)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Testany(count, requests, index, flag, status);
  if (*flag != 0 && *index != MPI_UNDEFINED)
    completed(before[static_cast<std::size_t>(*index)]);
  return error;
}

int MPI_Testsome(int count, MPI_Request *requests, int *n, int *indices, MPI_Status *statuses)
{
  const auto before = copy_of(count, requests);
  const int  error  = PMPI_Testsome(count, requests, n, indices, statuses);
  for (int i = 0; *n != MPI_UNDEFINED && i < *n; ++i)
    completed(before[static_cast<std::size_t>(indices[i])]);
  return error;
}

int MPI_Request_free(MPI_Request *request)
{
  released(*request);
  return PMPI_Request_free(request);
}

int MPI_Cancel(MPI_Request *request)
{
  cancelled(*request);
  return PMPI_Cancel(request);
}
}
