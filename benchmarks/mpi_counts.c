/* Counts the MPI calls of a program and what they carry, through MPI's profiling interface: loaded before the MPI library
 * (LD_PRELOAD), these definitions of MPI_* come first, also for deal.II and p4est. At MPI_Finalize every rank writes
 * $RHOFLOW_MPI_COUNTS/rank_<rank>.csv; without this variable nothing is written. One thread of a rank calls MPI.
 *
 * Bytes are those of the buffers that the caller gives and gets: what MPI sends inside a collective call is its own affair.
 *
 * With RHOFLOW_MPI_SLEEP set, a rank that waits sleeps: MPI libraries spin, and many ranks on few cores then hardly get on.
 * Calls that wait are replaced by those that do not and by looking after them now and then. The counts are the same. */
/* nanosleep */
#define _POSIX_C_SOURCE 199309L

#include <mpi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang-format off */
#define FUNCTIONS(X)                                                                                                           \
  X(Send) X(Ssend) X(Rsend) X(Isend) X(Issend) X(Sendrecv) X(Allreduce) X(Iallreduce) X(Reduce) X(Reduce_scatter) X(Bcast)     \
  X(Allgather) X(Allgatherv) X(Alltoall) X(Alltoallv) X(Gather) X(Gatherv) X(Scatter) X(Scatterv) X(Scan) X(Exscan)            \
  X(Barrier) X(Ibarrier) X(Comm_dup) X(Comm_split) X(Comm_split_type) X(Comm_create)
/* clang-format on */

#define AS_ENUMERATOR(name) f_##name,
#define AS_TEXT(name) #name,
enum
{
  FUNCTIONS(AS_ENUMERATOR) n_functions
};
static const char *const names[] = {FUNCTIONS(AS_TEXT)};

struct Count
{
  long long calls, sent, received;
};
static struct Count  counts[n_functions];
static struct Count *peers; /* point-to-point messages to every rank of MPI_COMM_WORLD */

static void count(int function, long long sent, long long received)
{
  ++counts[function].calls;
  counts[function].sent += sent;
  counts[function].received += received;
}

static int sleeps(void)
{
  static int result = -1;
  if (result < 0)
    result = getenv("RHOFLOW_MPI_SLEEP") != NULL;
  return result;
}

static void rest(void)
{
  const struct timespec half_a_millisecond = {0, 500000};
  nanosleep(&half_a_millisecond, NULL);
}

static int rest_until(MPI_Request *request, MPI_Status *status)
{
  for (;;)
    {
      int       done;
      const int error = PMPI_Test(request, &done, status);
      if (error != MPI_SUCCESS || done)
        return error;
      rest();
    }
}

/* The call, or the one that does not wait. */
#define WAIT_FOR(call, start)                                                                                                  \
  MPI_Request request;                                                                                                         \
  if (!sleeps())                                                                                                               \
    return call;                                                                                                               \
  start;                                                                                                                       \
  return rest_until(&request, MPI_STATUS_IGNORE)

static long long bytes(long long n, MPI_Datatype type)
{
  int size = 0;
  if (n > 0)
    PMPI_Type_size(type, &size);
  return n * size;
}

static long long sum(const int *numbers, MPI_Comm comm)
{
  long long result = 0;
  int       n, i;
  PMPI_Comm_size(comm, &n);
  for (i = 0; i < n; ++i)
    result += numbers[i];
  return result;
}

static int size_of(MPI_Comm comm)
{
  int n;
  PMPI_Comm_size(comm, &n);
  return n;
}

static int rank_in(MPI_Comm comm)
{
  int rank;
  PMPI_Comm_rank(comm, &rank);
  return rank;
}

static void count_message(int function, long long sent, int destination, MPI_Comm comm)
{
  MPI_Group here, everywhere;
  int       peer;
  count(function, sent, 0);
  if (destination == MPI_PROC_NULL)
    return;
  if (peers == NULL)
    peers = calloc((size_t)size_of(MPI_COMM_WORLD), sizeof(*peers));
  PMPI_Comm_group(comm, &here);
  PMPI_Comm_group(MPI_COMM_WORLD, &everywhere);
  PMPI_Group_translate_ranks(here, 1, &destination, everywhere, &peer);
  PMPI_Group_free(&here);
  PMPI_Group_free(&everywhere);
  ++peers[peer].calls;
  peers[peer].sent += sent;
}

#define SEND(name, without_waiting)                                                                                            \
  int MPI_##name(const void *data, int n, MPI_Datatype type, int destination, int tag, MPI_Comm comm)                          \
  {                                                                                                                            \
    count_message(f_##name, bytes(n, type), destination, comm);                                                                \
    WAIT_FOR(PMPI_##name(data, n, type, destination, tag, comm),                                                               \
             PMPI_##without_waiting(data, n, type, destination, tag, comm, &request));                                         \
  }
SEND(Send, Isend)
SEND(Ssend, Issend)
SEND(Rsend, Irsend)

#define ISEND(name)                                                                                                            \
  int MPI_##name(const void *data, int n, MPI_Datatype type, int destination, int tag, MPI_Comm comm, MPI_Request *request)    \
  {                                                                                                                            \
    count_message(f_##name, bytes(n, type), destination, comm);                                                                \
    return PMPI_##name(data, n, type, destination, tag, comm, request);                                                        \
  }
ISEND(Isend)
ISEND(Issend)

int MPI_Sendrecv(const void *send, int n_send, MPI_Datatype send_type, int destination, int send_tag, void *receive,
                 int n_receive, MPI_Datatype receive_type, int source, int receive_tag, MPI_Comm comm, MPI_Status *status)
{
  count_message(f_Sendrecv, bytes(n_send, send_type), destination, comm);
  return PMPI_Sendrecv(send, n_send, send_type, destination, send_tag, receive, n_receive, receive_type, source, receive_tag,
                       comm, status);
}

#define REDUCTION(name, without_waiting)                                                                                       \
  int MPI_##name(const void *send, void *receive, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)                          \
  {                                                                                                                            \
    count(f_##name, bytes(n, type), bytes(n, type));                                                                           \
    WAIT_FOR(PMPI_##name(send, receive, n, type, op, comm),                                                                    \
             PMPI_##without_waiting(send, receive, n, type, op, comm, &request));                                              \
  }
REDUCTION(Allreduce, Iallreduce)
REDUCTION(Scan, Iscan)
REDUCTION(Exscan, Iexscan)

int MPI_Iallreduce(const void *send, void *receive, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
  count(f_Iallreduce, bytes(n, type), bytes(n, type));
  return PMPI_Iallreduce(send, receive, n, type, op, comm, request);
}

int MPI_Reduce(const void *send, void *receive, int n, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm)
{
  count(f_Reduce, bytes(n, type), rank_in(comm) == root ? bytes(n, type) : 0);
  WAIT_FOR(PMPI_Reduce(send, receive, n, type, op, root, comm), PMPI_Ireduce(send, receive, n, type, op, root, comm, &request));
}

int MPI_Reduce_scatter(const void *send, void *receive, const int *n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
  count(f_Reduce_scatter, bytes(sum(n, comm), type), bytes(n[rank_in(comm)], type));
  WAIT_FOR(PMPI_Reduce_scatter(send, receive, n, type, op, comm),
           PMPI_Ireduce_scatter(send, receive, n, type, op, comm, &request));
}

int MPI_Bcast(void *data, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
  const int speaks = rank_in(comm) == root;
  count(f_Bcast, speaks ? bytes(n, type) : 0, speaks ? 0 : bytes(n, type));
  WAIT_FOR(PMPI_Bcast(data, n, type, root, comm), PMPI_Ibcast(data, n, type, root, comm, &request));
}

int MPI_Allgather(const void *send, int n_send, MPI_Datatype send_type, void *receive, int n, MPI_Datatype type, MPI_Comm comm)
{
  count(f_Allgather, send == MPI_IN_PLACE ? bytes(n, type) : bytes(n_send, send_type), size_of(comm) * bytes(n, type));
  WAIT_FOR(PMPI_Allgather(send, n_send, send_type, receive, n, type, comm),
           PMPI_Iallgather(send, n_send, send_type, receive, n, type, comm, &request));
}

int MPI_Allgatherv(const void *send, int n_send, MPI_Datatype send_type, void *receive, const int *n, const int *places,
                   MPI_Datatype type, MPI_Comm comm)
{
  count(f_Allgatherv, send == MPI_IN_PLACE ? bytes(n[rank_in(comm)], type) : bytes(n_send, send_type),
        bytes(sum(n, comm), type));
  WAIT_FOR(PMPI_Allgatherv(send, n_send, send_type, receive, n, places, type, comm),
           PMPI_Iallgatherv(send, n_send, send_type, receive, n, places, type, comm, &request));
}

int MPI_Alltoall(const void *send, int n_send, MPI_Datatype send_type, void *receive, int n, MPI_Datatype type, MPI_Comm comm)
{
  const long long received = size_of(comm) * bytes(n, type);
  count(f_Alltoall, send == MPI_IN_PLACE ? received : size_of(comm) * bytes(n_send, send_type), received);
  WAIT_FOR(PMPI_Alltoall(send, n_send, send_type, receive, n, type, comm),
           PMPI_Ialltoall(send, n_send, send_type, receive, n, type, comm, &request));
}

int MPI_Alltoallv(const void *send, const int *n_send, const int *send_places, MPI_Datatype send_type, void *receive,
                  const int *n, const int *places, MPI_Datatype type, MPI_Comm comm)
{
  const long long received = bytes(sum(n, comm), type);
  count(f_Alltoallv, send == MPI_IN_PLACE ? received : bytes(sum(n_send, comm), send_type), received);
  WAIT_FOR(PMPI_Alltoallv(send, n_send, send_places, send_type, receive, n, places, type, comm),
           PMPI_Ialltoallv(send, n_send, send_places, send_type, receive, n, places, type, comm, &request));
}

int MPI_Gather(const void *send, int n_send, MPI_Datatype send_type, void *receive, int n, MPI_Datatype type, int root,
               MPI_Comm comm)
{
  const int root_here = rank_in(comm) == root;
  count(f_Gather, send == MPI_IN_PLACE ? bytes(n, type) : bytes(n_send, send_type),
        root_here ? size_of(comm) * bytes(n, type) : 0);
  WAIT_FOR(PMPI_Gather(send, n_send, send_type, receive, n, type, root, comm),
           PMPI_Igather(send, n_send, send_type, receive, n, type, root, comm, &request));
}

int MPI_Gatherv(const void *send, int n_send, MPI_Datatype send_type, void *receive, const int *n, const int *places,
                MPI_Datatype type, int root, MPI_Comm comm)
{
  const int root_here = rank_in(comm) == root;
  count(f_Gatherv, send == MPI_IN_PLACE ? bytes(n[root], type) : bytes(n_send, send_type),
        root_here ? bytes(sum(n, comm), type) : 0);
  WAIT_FOR(PMPI_Gatherv(send, n_send, send_type, receive, n, places, type, root, comm),
           PMPI_Igatherv(send, n_send, send_type, receive, n, places, type, root, comm, &request));
}

int MPI_Scatter(const void *send, int n_send, MPI_Datatype send_type, void *receive, int n, MPI_Datatype type, int root,
                MPI_Comm comm)
{
  const long long sent = rank_in(comm) == root ? size_of(comm) * bytes(n_send, send_type) : 0;
  count(f_Scatter, sent, receive == MPI_IN_PLACE ? bytes(n_send, send_type) : bytes(n, type));
  WAIT_FOR(PMPI_Scatter(send, n_send, send_type, receive, n, type, root, comm),
           PMPI_Iscatter(send, n_send, send_type, receive, n, type, root, comm, &request));
}

int MPI_Scatterv(const void *send, const int *n_send, const int *places, MPI_Datatype send_type, void *receive, int n,
                 MPI_Datatype type, int root, MPI_Comm comm)
{
  const long long sent = rank_in(comm) == root ? bytes(sum(n_send, comm), send_type) : 0;
  count(f_Scatterv, sent, receive == MPI_IN_PLACE ? bytes(n_send[root], send_type) : bytes(n, type));
  WAIT_FOR(PMPI_Scatterv(send, n_send, places, send_type, receive, n, type, root, comm),
           PMPI_Iscatterv(send, n_send, places, send_type, receive, n, type, root, comm, &request));
}

int MPI_Barrier(MPI_Comm comm)
{
  count(f_Barrier, 0, 0);
  WAIT_FOR(PMPI_Barrier(comm), PMPI_Ibarrier(comm, &request));
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
  count(f_Ibarrier, 0, 0);
  return PMPI_Ibarrier(comm, request);
}

int MPI_Comm_dup(MPI_Comm comm, MPI_Comm *result)
{
  count(f_Comm_dup, 0, 0);
  WAIT_FOR(PMPI_Comm_dup(comm, result), PMPI_Comm_idup(comm, result, &request));
}

int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm *result)
{
  count(f_Comm_split, 0, 0);
  return PMPI_Comm_split(comm, color, key, result);
}

int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm *result)
{
  count(f_Comm_split_type, 0, 0);
  return PMPI_Comm_split_type(comm, type, key, info, result);
}

int MPI_Comm_create(MPI_Comm comm, MPI_Group group, MPI_Comm *result)
{
  count(f_Comm_create, 0, 0);
  return PMPI_Comm_create(comm, group, result);
}

/* What only waits is not counted. */
int MPI_Recv(void *data, int n, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Status *status)
{
  MPI_Request request;
  if (!sleeps())
    return PMPI_Recv(data, n, type, source, tag, comm, status);
  PMPI_Irecv(data, n, type, source, tag, comm, &request);
  return rest_until(&request, status);
}

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
  return sleeps() ? rest_until(request, status) : PMPI_Wait(request, status);
}

/* After a look without a result the rank sleeps: the caller will look again. */
#define LOOK(name, parameters, arguments)                                                                                      \
  int MPI_##name parameters                                                                                                    \
  {                                                                                                                            \
    const int error = PMPI_##name arguments;                                                                                   \
    if (sleeps() && error == MPI_SUCCESS && !*done)                                                                            \
      rest();                                                                                                                  \
    return error;                                                                                                              \
  }
LOOK(Test, (MPI_Request * request, int *done, MPI_Status *status), (request, done, status))
LOOK(Testall, (int n, MPI_Request requests[], int *done, MPI_Status statuses[]), (n, requests, done, statuses))
LOOK(Testsome, (int n, MPI_Request requests[], int *done, int indices[], MPI_Status statuses[]),
     (n, requests, done, indices, statuses))
LOOK(Testany, (int n, MPI_Request requests[], int *index, int *done, MPI_Status *status), (n, requests, index, done, status))
LOOK(Iprobe, (int source, int tag, MPI_Comm comm, int *done, MPI_Status *status), (source, tag, comm, done, status))

/* They look until there is something. */
#define UNTIL_DONE(error, look)                                                                                                \
  do                                                                                                                           \
    error = look;                                                                                                              \
  while (error == MPI_SUCCESS && !done)

int MPI_Waitall(int n, MPI_Request requests[], MPI_Status statuses[])
{
  int error, done = 0;
  if (!sleeps())
    return PMPI_Waitall(n, requests, statuses);
  UNTIL_DONE(error, MPI_Testall(n, requests, &done, statuses));
  return error;
}

int MPI_Waitsome(int n, MPI_Request requests[], int *done_ones, int indices[], MPI_Status statuses[])
{
  int error, done = 0;
  if (!sleeps())
    return PMPI_Waitsome(n, requests, done_ones, indices, statuses);
  UNTIL_DONE(error, MPI_Testsome(n, requests, &done, indices, statuses));
  *done_ones = done;
  return error;
}

int MPI_Waitany(int n, MPI_Request requests[], int *index, MPI_Status *status)
{
  int error, done = 0;
  if (!sleeps())
    return PMPI_Waitany(n, requests, index, status);
  UNTIL_DONE(error, MPI_Testany(n, requests, index, &done, status));
  return error;
}

int MPI_Probe(int source, int tag, MPI_Comm comm, MPI_Status *status)
{
  int error, done = 0;
  if (!sleeps())
    return PMPI_Probe(source, tag, comm, status);
  UNTIL_DONE(error, MPI_Iprobe(source, tag, comm, &done, status));
  return error;
}

/* Largest resident size of this process so far [KiB]. */
static long long peak_memory(void)
{
  char      line[256];
  long long result = 0;
  FILE     *status = fopen("/proc/self/status", "r");
  while (status != NULL && fgets(line, sizeof(line), status) != NULL)
    if (strncmp(line, "VmHWM:", 6) == 0)
      result = atoll(line + 6);
  if (status != NULL)
    fclose(status);
  return result;
}

int MPI_Finalize(void)
{
  const char *const directory = getenv("RHOFLOW_MPI_COUNTS");
  char              name[4096];
  FILE             *file = NULL;
  int               i;
  if (directory != NULL)
    {
      snprintf(name, sizeof(name), "%s/rank_%d.csv", directory, rank_in(MPI_COMM_WORLD));
      file = fopen(name, "w");
      if (file == NULL)
        fprintf(stderr, "mpi_counts: cannot write %s\n", name);
    }
  if (file != NULL)
    {
      fprintf(file, "what,calls,bytes sent,bytes received\n");
      for (i = 0; i < n_functions; ++i)
        if (counts[i].calls > 0)
          fprintf(file, "%s,%lld,%lld,%lld\n", names[i], counts[i].calls, counts[i].sent, counts[i].received);
      for (i = 0; peers != NULL && i < size_of(MPI_COMM_WORLD); ++i)
        if (peers[i].calls > 0)
          fprintf(file, "to %d,%lld,%lld,0\n", i, peers[i].calls, peers[i].sent);
      fprintf(file, "peak memory [KiB],%lld,0,0\n", peak_memory());
      fclose(file);
    }
  return PMPI_Finalize();
}
