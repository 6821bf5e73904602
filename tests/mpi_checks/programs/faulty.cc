// Commits the error against MPI that it is told to, on two ranks.
#include <cstring>
#include <iostream>

#include <mpi.h>

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const auto asked = [&](const char *fault) { return argc > 1 && std::strcmp(argv[1], fault) == 0; };
  double     value = rank, other = 0.;
  if (asked("nothing"))
    {
      MPI_Request requests[2];
      MPI_Irecv(&other, 1, MPI_DOUBLE, 1 - rank, 7, MPI_COMM_WORLD, &requests[0]);
      MPI_Isend(&value, 1, MPI_DOUBLE, 1 - rank, 7, MPI_COMM_WORLD, &requests[1]);
      MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
      MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    }
  else if (asked("different_calls"))
    {
      if (rank == 0)
        MPI_Barrier(MPI_COMM_WORLD);
      else
        MPI_Bcast(&value, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    }
  else if (asked("different_roots"))
    MPI_Bcast(&value, 1, MPI_DOUBLE, rank, MPI_COMM_WORLD);
  else if (asked("different_sizes"))
    {
      double values[2] = {1., 2.};
      MPI_Allreduce(MPI_IN_PLACE, values, 1 + rank, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    }
  else if (asked("different_operations"))
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, rank == 0 ? MPI_SUM : MPI_MAX, MPI_COMM_WORLD);
  else if (asked("missing_call"))
    {
      if (rank == 0)
        MPI_Barrier(MPI_COMM_WORLD);
    }
  else if (asked("lost_message"))
    {
      if (rank == 0)
        MPI_Send(&value, 1, MPI_DOUBLE, 1, 7, MPI_COMM_WORLD);
    }
  else if (asked("open_request"))
    {
      MPI_Request request;
      if (rank == 0)
        MPI_Isend(&value, 1, MPI_DOUBLE, 1, 7, MPI_COMM_WORLD, &request);
      else
        MPI_Recv(&value, 1, MPI_DOUBLE, 0, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
  else if (asked("changed_message"))
    {
      MPI_Request request;
      MPI_Isend(&value, 1, MPI_DOUBLE, 1 - rank, 7, MPI_COMM_WORLD, &request);
      value = 17.;
      MPI_Wait(&request, MPI_STATUS_IGNORE);
      MPI_Recv(&value, 1, MPI_DOUBLE, 1 - rank, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
  else if (asked("open_communicator"))
    {
      MPI_Comm copy;
      MPI_Comm_dup(MPI_COMM_WORLD, &copy);
    }
  else if (asked("open_type"))
    {
      MPI_Datatype type;
      MPI_Type_contiguous(3, MPI_DOUBLE, &type);
      MPI_Type_commit(&type);
    }
  else
    std::cout << "unknown fault" << std::endl;
  MPI_Finalize();
}
