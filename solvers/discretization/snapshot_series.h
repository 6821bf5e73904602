#pragma once

#include <optional>
#include <string>
#include <vector>

#include <solvers/discretization/cell_series.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class RunDirectory;

/// Files for ParaView that a run writes at some of its output times: those that 'Every n-th output' names, and the last one.
class SnapshotSeries
{
public:
  /// `name`: of the series. `coordinate_names`: of the parameters of a neuron, for the files. Without `writes` nothing is ever
  /// due. Collective.
  SnapshotSeries(const RunDirectory &directory, const std::string &name, const SnapshotParameters &parameters,
                 std::vector<std::string> coordinate_names, bool writes = true);

  /// Whether to write at this output time; asked once at each. `last`: of the run.
  bool due(bool last);

  /// Keeps how many outputs there were; after load() the records have those up to `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

protected:
  std::optional<CellSeries> series; ///< none if nothing is written

private:
  std::string        section;
  SnapshotParameters when;
  unsigned int       n_outputs = 0;
};
} // namespace rhoflow
