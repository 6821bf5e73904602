// MPI's collective calls: all ranks of a communicator have to make the same one, with the same root, size and operation.
#include "record.h"

using namespace rhoflow::mpi_checks;

namespace
{
/// The bytes of one rank's contribution, which MPI_IN_PLACE leaves to the receiving side.
MPI_Count contribution(const void *send, int send_count, MPI_Datatype send_type, int receive_count, MPI_Datatype receive_type)
{
  return send == MPI_IN_PLACE ? bytes_of(receive_count, receive_type) : bytes_of(send_count, send_type);
}
} // namespace

extern "C" {

int MPI_Barrier(MPI_Comm comm)
{
  compare({"MPI_Barrier"}, comm);
  return PMPI_Barrier(comm);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
  compare({"MPI_Bcast", root, bytes_of(count, type)}, comm);
  return PMPI_Bcast(buffer, count, type, root, comm);
}

int MPI_Reduce(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm)
{
  compare({"MPI_Reduce", root, bytes_of(count, type), number_of(op)}, comm);
  return PMPI_Reduce(send, receive, count, type, op, root, comm);
}

int MPI_Allreduce(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  compare({"MPI_Allreduce", 0, bytes_of(count, type), number_of(op)}, comm);
  return PMPI_Allreduce(send, receive, count, type, op, comm);
}

int MPI_Scan(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  compare({"MPI_Scan", 0, bytes_of(count, type), number_of(op)}, comm);
  return PMPI_Scan(send, receive, count, type, op, comm);
}

int MPI_Exscan(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  compare({"MPI_Exscan", 0, bytes_of(count, type), number_of(op)}, comm);
  return PMPI_Exscan(send, receive, count, type, op, comm);
}

int MPI_Reduce_scatter(const void *send, void *receive, const int *counts, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  compare({"MPI_Reduce_scatter", 0, 0, number_of(op)}, comm);
  return PMPI_Reduce_scatter(send, receive, counts, type, op, comm);
}

int MPI_Reduce_scatter_block(const void *send, void *receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  compare({"MPI_Reduce_scatter_block", 0, bytes_of(count, type), number_of(op)}, comm);
  return PMPI_Reduce_scatter_block(send, receive, count, type, op, comm);
}

int MPI_Gather(const void *send, int send_count, MPI_Datatype send_type, void *receive, int receive_count,
               MPI_Datatype receive_type, int root, MPI_Comm comm)
{
  compare({"MPI_Gather", root, contribution(send, send_count, send_type, receive_count, receive_type)}, comm);
  return PMPI_Gather(send, send_count, send_type, receive, receive_count, receive_type, root, comm);
}

int MPI_Gatherv(const void *send, int send_count, MPI_Datatype send_type, void *receive, const int *counts, const int *places,
                MPI_Datatype receive_type, int root, MPI_Comm comm)
{
  compare({"MPI_Gatherv", root}, comm);
  return PMPI_Gatherv(send, send_count, send_type, receive, counts, places, receive_type, root, comm);
}

int MPI_Scatter(const void *send, int send_count, MPI_Datatype send_type, void *receive, int receive_count,
                MPI_Datatype receive_type, int root, MPI_Comm comm)
{
  compare(
    {"MPI_Scatter", root, receive == MPI_IN_PLACE ? bytes_of(send_count, send_type) : bytes_of(receive_count, receive_type)},
    comm);
  return PMPI_Scatter(send, send_count, send_type, receive, receive_count, receive_type, root, comm);
}

int MPI_Scatterv(const void *send, const int *counts, const int *places, MPI_Datatype send_type, void *receive,
                 int receive_count, MPI_Datatype receive_type, int root, MPI_Comm comm)
{
  compare({"MPI_Scatterv", root}, comm);
  return PMPI_Scatterv(send, counts, places, send_type, receive, receive_count, receive_type, root, comm);
}

int MPI_Allgather(const void *send, int send_count, MPI_Datatype send_type, void *receive, int receive_count,
                  MPI_Datatype receive_type, MPI_Comm comm)
{
  compare({"MPI_Allgather", 0, contribution(send, send_count, send_type, receive_count, receive_type)}, comm);
  return PMPI_Allgather(send, send_count, send_type, receive, receive_count, receive_type, comm);
}

int MPI_Allgatherv(const void *send, int send_count, MPI_Datatype send_type, void *receive, const int *counts,
                   const int *places, MPI_Datatype receive_type, MPI_Comm comm)
{
  compare({"MPI_Allgatherv"}, comm);
  return PMPI_Allgatherv(send, send_count, send_type, receive, counts, places, receive_type, comm);
}

int MPI_Alltoall(const void *send, int send_count, MPI_Datatype send_type, void *receive, int receive_count,
                 MPI_Datatype receive_type, MPI_Comm comm)
{
  compare({"MPI_Alltoall", 0, contribution(send, send_count, send_type, receive_count, receive_type)}, comm);
  return PMPI_Alltoall(send, send_count, send_type, receive, receive_count, receive_type, comm);
}

int MPI_Alltoallv(const void *send, const int *send_counts, const int *send_places, MPI_Datatype send_type, void *receive,
                  const int *receive_counts, const int *receive_places, MPI_Datatype receive_type, MPI_Comm comm)
{
  compare({"MPI_Alltoallv"}, comm);
  return PMPI_Alltoallv(send, send_counts, send_places, send_type, receive, receive_counts, receive_places, receive_type, comm);
}

// ---- communicators

int MPI_Comm_dup(MPI_Comm comm, MPI_Comm *result)
{
  compare({"MPI_Comm_dup"}, comm);
  const int error = PMPI_Comm_dup(comm, result);
  record().communicators.made(*result);
  return error;
}

int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm *result)
{
  compare({"MPI_Comm_split"}, comm);
  const int error = PMPI_Comm_split(comm, color, key, result);
  if (*result != MPI_COMM_NULL)
    record().communicators.made(*result);
  return error;
}

int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm *result)
{
  compare({"MPI_Comm_split_type"}, comm);
  const int error = PMPI_Comm_split_type(comm, type, key, info, result);
  if (*result != MPI_COMM_NULL)
    record().communicators.made(*result);
  return error;
}

int MPI_Comm_create(MPI_Comm comm, MPI_Group group, MPI_Comm *result)
{
  compare({"MPI_Comm_create"}, comm);
  const int error = PMPI_Comm_create(comm, group, result);
  if (*result != MPI_COMM_NULL)
    record().communicators.made(*result);
  return error;
}

int MPI_Comm_create_group(MPI_Comm comm, MPI_Group group, int tag, MPI_Comm *result)
{
  const int error = PMPI_Comm_create_group(comm, group, tag, result);
  if (*result != MPI_COMM_NULL)
    record().communicators.made(*result);
  return error;
}

int MPI_Comm_free(MPI_Comm *comm)
{
  compare({"MPI_Comm_free"}, *comm);
  record().communicators.freed(*comm);
  return PMPI_Comm_free(comm);
}

// ---- files and windows

int MPI_File_open(MPI_Comm comm, const char *name, int mode, MPI_Info info, MPI_File *file)
{
  compare({"MPI_File_open", 0, mode}, comm);
  const int error = PMPI_File_open(comm, name, mode, info, file);
  if (error == MPI_SUCCESS)
    record().files.made(*file);
  return error;
}

int MPI_File_close(MPI_File *file)
{
  record().files.freed(*file);
  return PMPI_File_close(file);
}

int MPI_Win_create(void *base, MPI_Aint size, int unit, MPI_Info info, MPI_Comm comm, MPI_Win *window)
{
  compare({"MPI_Win_create"}, comm);
  const int error = PMPI_Win_create(base, size, unit, info, comm, window);
  record().windows.made(*window);
  return error;
}

int MPI_Win_allocate(MPI_Aint size, int unit, MPI_Info info, MPI_Comm comm, void *base, MPI_Win *window)
{
  compare({"MPI_Win_allocate"}, comm);
  const int error = PMPI_Win_allocate(size, unit, info, comm, base, window);
  record().windows.made(*window);
  return error;
}

int MPI_Win_allocate_shared(MPI_Aint size, int unit, MPI_Info info, MPI_Comm comm, void *base, MPI_Win *window)
{
  compare({"MPI_Win_allocate_shared"}, comm);
  const int error = PMPI_Win_allocate_shared(size, unit, info, comm, base, window);
  record().windows.made(*window);
  return error;
}

int MPI_Win_free(MPI_Win *window)
{
  record().windows.freed(*window);
  return PMPI_Win_free(window);
}
}
