#pragma once

#include <mpi.h>

namespace rhoflow
{
/// Number of this rank.
inline int rank_of(MPI_Comm communicator)
{
  int rank = 0;
  MPI_Comm_rank(communicator, &rank);
  return rank;
}

/// How many ranks there are.
inline int number_of_ranks(MPI_Comm communicator)
{
  int n = 1;
  MPI_Comm_size(communicator, &n);
  return n;
}
} // namespace rhoflow
