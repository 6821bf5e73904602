// Datatypes and operations, and the end of the program, at which nothing may be open.
#include "record.h"

#include <cstdio>
#include <unistd.h>

using namespace rhoflow::mpi_checks;

extern "C" {

int MPI_Type_contiguous(int count, MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_contiguous(count, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_vector(int count, int block, int stride, MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_vector(count, block, stride, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_indexed(int count, const int *blocks, const int *places, MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_indexed(count, blocks, places, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_create_hvector(int count, int block, MPI_Aint stride, MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_create_hvector(count, block, stride, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_create_hindexed(int count, const int *blocks, const MPI_Aint *places, MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_create_hindexed(count, blocks, places, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_create_struct(int count, const int *blocks, const MPI_Aint *places, const MPI_Datatype *types,
                           MPI_Datatype *result)
{
  const int error = PMPI_Type_create_struct(count, blocks, places, types, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_create_resized(MPI_Datatype old, MPI_Aint lower, MPI_Aint extent, MPI_Datatype *result)
{
  const int error = PMPI_Type_create_resized(old, lower, extent, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_create_subarray(int dim, const int *sizes, const int *subsizes, const int *starts, int order, MPI_Datatype old,
                             MPI_Datatype *result)
{
  const int error = PMPI_Type_create_subarray(dim, sizes, subsizes, starts, order, old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_dup(MPI_Datatype old, MPI_Datatype *result)
{
  const int error = PMPI_Type_dup(old, result);
  record().types.made(*result);
  return error;
}

int MPI_Type_free(MPI_Datatype *type)
{
  record().types.freed(*type);
  return PMPI_Type_free(type);
}

int MPI_Op_create(MPI_User_function *function, int commutes, MPI_Op *op)
{
  const int error = PMPI_Op_create(function, commutes, op);
  record().operations.made(*op);
  return error;
}

int MPI_Op_free(MPI_Op *op)
{
  record().operations.freed(*op);
  return PMPI_Op_free(op);
}

int MPI_Finalize()
{
  compare({"MPI_Finalize"}, MPI_COMM_WORLD);
  const std::string found = findings();
  int               any = found.empty() ? 0 : 1, rank = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (any != 0)
    std::fprintf(stderr, "mpi_checks: at the end of rank %d\n%s", rank, found.c_str());
  PMPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  const int error = PMPI_Finalize();
  if (any != 0)
    {
      std::fflush(nullptr);
      _exit(86);
    }
  return error;
}
}
