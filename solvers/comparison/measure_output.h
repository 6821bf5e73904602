#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/run/statistics.h>
#include <solvers/comparison/transport.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class RunDirectory;
struct ComparisonParameters;

/// Name in measures/ of the density at the output time `number`.
std::string measure_file_name(std::size_t number);

/// Writes a density for `rhoflow --distance`, if 'Comparison/Write measures' says so: `measures/density_NNNN.csv` with the
/// columns `mass`, the coordinates, and `width <coordinate>` of boxes over which the mass is spread evenly (0 for points), and
/// `measures/times.csv` with the time of every file and the distances W1 and W2 (at most) that drawing it together made.
class MeasureOutput
{
public:
  /// Collective.
  /// `names`: of the coordinates. The directory lives longer.
  MeasureOutput(std::vector<std::string> names, const ComparisonParameters &parameters, const RunDirectory &directory);

  bool writes() const { return times != nullptr; }

  /// `density`: this rank's part, with weights. The same bits on any number of ranks. Collective.
  void write(double time, const Measure &density);

  /// Keeps the list of the measures that were written, if any are, which says how to name the next. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

private:
  const RunDirectory         &directory;
  MPI_Comm                    communicator;
  std::vector<std::string>    names;
  std::size_t                 n_points = 0;
  std::unique_ptr<Statistics> times;
};
} // namespace rhoflow
