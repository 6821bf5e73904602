#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

#include <solvers/discretization/snapshot_series.h>

namespace rhoflow
{
/// Writes weighted points for ParaView: the series `points` (CellSeries). A point's place is its first
/// three coordinates (zero where there are fewer).
class PointOutput : public SnapshotSeries
{
public:
  /// `coordinate_names`: of the parameters of a neuron, for the files. Collective.
  PointOutput(const RunDirectory &directory, const SnapshotParameters &parameters, std::vector<std::string> coordinate_names,
              bool writes);

  /// This rank's `points` [n][D] and named `fields` of length n. Where due() says so. Collective. Throws RunError (on every
  /// rank) if the disk does not take it.
  void write(double time, unsigned int dimension, const std::vector<double> &points,
             const std::vector<std::pair<std::string, std::vector<double>>> &fields);

private:
  MPI_Comm communicator;
};
} // namespace rhoflow
