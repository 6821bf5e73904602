#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/run/time_series_record.h>
#include <solvers/discretization/vtu_cells.h>

namespace rhoflow
{
class RunDirectory;

/// A series of cells with fields for ParaView, in the formats of 'Output/Format': `<series>.pvd` with VTU files (one an output
/// time, or a PVTU record with several), `<series>.xdmf` with HDF5 files. A record is complete after every output.
class CellSeries
{
public:
  /// Makes the folder. Collective.
  CellSeries(const RunDirectory &directory, const std::string &series, const SnapshotParameters &parameters,
             std::vector<std::string> coordinate_names);

  /// Goes on with the records up to `time`. Collective.
  void resume_from(double time);

  /// `cells` gives this rank's part and is called on the ranks of `writers`, once; other ranks pass MPI_COMM_NULL. The ranks
  /// are grouped, and each of `n_groups` groups writes one file together. Collective over the run. Throws RunError on every
  /// rank if the disk does not take it.
  void write(double time, MPI_Comm writers, unsigned int n_groups, const std::function<VtuCells()> &cells);

private:
  void write_vtu(const std::string &file, double time, const VtuCells &cells, MPI_Comm writers, unsigned int n_groups) const;
  std::string write_xdmf(const std::string &file, double time, const VtuCells &cells, MPI_Comm writers,
                         unsigned int n_groups) const;

  const RunDirectory             &directory;
  SnapshotParameters              parameters;
  std::vector<std::string>        coordinates;
  std::optional<TimeSeriesRecord> vtu, xdmf;
};

/// One time of cells that rank 0 has, in the formats of 'Output/Format': `<name>.vtu`; `<name>.xdmf` and `<name>.h5`. Throws
/// std::runtime_error if the disk does not take it.
void write_single_cells(const RunDirectory &directory, const std::string &name, const SnapshotParameters &parameters,
                        const VtuCells &cells, double time, const std::vector<std::string> &coordinates);
} // namespace rhoflow
