#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/discretization/cell_series.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class RunDirectory;

/// Writes weighted points for ParaView: the series `points` (CellSeries). A point's place is its first
/// three coordinates (zero where there are fewer).
class PointOutput
{
public:
  /// `coordinate_names`: of the parameters of a neuron, for the files. Collective.
  PointOutput(const RunDirectory &directory, const SnapshotParameters &parameters, std::vector<std::string> coordinate_names);

  /// Whether to call write() at this output time; asked once at each. `last`: of the run.
  bool due(bool last) { return parameters.due(n_outputs++, last); }

  /// This rank's `points` [n][D] and named `fields` of length n. Collective. Throws RunError (on every rank) if the disk does
  /// not take it.
  void write(double time, unsigned int dimension, const std::vector<double> &points,
             const std::vector<std::pair<std::string, std::vector<double>>> &fields);

  /// Keeps how many outputs there were; after load() the records have those up to `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

private:
  MPI_Comm           communicator;
  SnapshotParameters parameters;
  CellSeries         series;
  unsigned int       n_outputs = 0;
};
} // namespace rhoflow
