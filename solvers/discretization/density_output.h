#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <solvers/discretization/cell_series.h>
#include <solvers/discretization/output_parameters.h>

namespace rhoflow
{
class CellFields;
class CheckpointReader;
class CheckpointWriter;
class RunDirectory;
struct RunContext;

/// Writes the density for ParaView: the series `density` (CellSeries) with the files in `density/`. Cells of VTU files are
/// Lagrange cells of the degree of the scheme, in single precision (VtuCells).
class DensityOutput
{
public:
  /// `coordinate_names`: of the parameters of a neuron, for the files. Collective.
  DensityOutput(const OutputParameters &parameters, const RunDirectory &directory,
                std::vector<std::string> coordinate_names = {});

  /// Prints a note before the first step if the files of the whole run will need more than 1 GB, with the parameters that make
  /// them smaller. `n_points`: of all cells as the mesh is now.
  void announce(const RunContext &context, std::uint64_t n_points) const;

  /// Whether write() would write now: call skip() instead where not, and spare the reconstruction.
  bool due(bool last) const { return series && parameters.due(n_outputs, last); }
  void skip() { ++n_outputs; }

  /// Collective. Throws RunError (on every rank) if the disk does not take it.
  void write(double time, const CellFields &fields);

  /// Keeps how many outputs there were; after load() the records have those up to `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

private:
  OutputParameters          parameters;
  std::optional<CellSeries> series; ///< none if nothing is written
  unsigned int              n_outputs = 0;
};
} // namespace rhoflow
