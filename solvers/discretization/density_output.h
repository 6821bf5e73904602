#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/snapshot_series.h>

namespace rhoflow
{
class CellFields;
class Progress;

/// Writes the density for ParaView: the series `density` (CellSeries) with the files in `density/`. Cells of VTU files are
/// Lagrange cells of the degree of the scheme, in single precision (VtuCells).
class DensityOutput : public SnapshotSeries
{
public:
  /// `coordinate_names`: of the parameters of a neuron, for the files. Collective.
  DensityOutput(const OutputParameters &parameters, const RunDirectory &directory,
                std::vector<std::string> coordinate_names = {});

  /// Prints a note before the first step if the files of the whole run will need more than 1 GB, with the parameters that make
  /// them smaller. `n_points`: of all cells as the mesh is now.
  void announce(Progress &progress, std::size_t n_output_times, std::uint64_t n_points) const;

  /// Where due() says so. Collective. Throws RunError (on every rank) if the disk does not take it.
  void write(double time, const CellFields &fields);

private:
  OutputParameters parameters;
};
} // namespace rhoflow
