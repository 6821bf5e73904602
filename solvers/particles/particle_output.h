#pragma once

#include <optional>

#include <solvers/base/time_series_record.h>

namespace rhoflow
{
class Replicas;
class RunDirectory;

/// Writes neurons as points for ParaView: `particles.pvd` and one `particles/particles_NNNN.vtp` an output time (VTK PolyData,
/// raw appended data, compressed as `Output/Compression` says), as often as `Output/Every n-th output` says. A point's place is
/// its first three coordinates on the mesh (zero where there are fewer); attributes are the coordinates by name, the replica's
/// number and, if asked for, all parameters of the neuron in R^n.
class ParticleOutput
{
public:
  /// Collective.
  ParticleOutput(const RunDirectory &directory, const Replicas &replicas);

  /// At every output time, whether it is one to write at or not; `last`: of the run. Collective; rank 0 writes. Throws RunError
  /// (on every rank) if the disk does not take it.
  void write(double time, bool last);

private:
  const Replicas                 &replicas;
  const RunDirectory             &directory;
  std::optional<TimeSeriesRecord> record; ///< none if nothing is written
  unsigned int                    n_outputs = 0;
};
} // namespace rhoflow
