#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
class RunDirectory;

/// Writes weighted points for ParaView: `points.pvd` and one `points/points_NNNN.vtu` an output time. A point's place is its
/// first three coordinates (zero where there are fewer).
class PointOutput
{
public:
  /// Collective.
  explicit PointOutput(const RunDirectory &directory);

  /// This rank's `points` [n][D] and named `fields` of length n. Collective. Throws RunError (on every rank) if the disk does
  /// not take it.
  void write(double time, unsigned int dimension, const std::vector<double> &points,
             const std::vector<std::pair<std::string, std::vector<double>>> &fields);

private:
  MPI_Comm                                    communicator;
  std::string                                 record; ///< path of points.pvd
  std::string                                 folder;
  std::vector<std::pair<double, std::string>> entries;
};
} // namespace rhoflow
