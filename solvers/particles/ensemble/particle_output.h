#pragma once

#include <cstdint>
#include <optional>

#include <solvers/base/run/time_series_record.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
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

  /// Keeps how many output times there were. Collective.
  void save(CheckpointWriter &checkpoint) const;
  /// Takes that number, and goes on with the record up to the time of the checkpoint. Collective.
  void load(const CheckpointReader &checkpoint);

private:
  const Replicas                 &replicas;
  const RunDirectory             &directory;
  std::optional<TimeSeriesRecord> record; ///< none if nothing is written
  std::uint64_t                   n_outputs = 0;
};
} // namespace rhoflow
