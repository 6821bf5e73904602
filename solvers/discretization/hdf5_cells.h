#pragma once

#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/discretization/vtu_cells.h>

namespace rhoflow
{
/// Writes the cells of all ranks of `communicator` into the HDF5 file `path`, in single precision: `points` [nodes][3], `cells`
/// [linear cells][2^D] with the numbers of their nodes from 0, one array [nodes] or [nodes][3] for each field, and the
/// attributes `time` and `coordinates` of the root. Rank 0 writes, and holds a few megabytes of another rank's at a time: HDF5
/// over MPI's files hangs where the file for shared pointers cannot be written.
///
/// Returns on rank 0 the <Grid> that describes the file in an XDMF record, in which it has the name `name`; nothing if there
/// are no cells. Collective. Throws std::runtime_error on every rank, and leaves what was there, if the disk
/// does not take it.
std::string write_hdf5_cells(const VtuCells &cells, const std::string &path, const std::string &name,
                             SnapshotParameters::Compression compression, double time,
                             const std::vector<std::string> &coordinates, MPI_Comm communicator);

/// One <Grid> for the grids of several files of one time.
std::string xdmf_collection(const std::vector<std::string> &grids, double time);
} // namespace rhoflow
