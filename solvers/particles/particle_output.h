#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
class Replicas;
class RunDirectory;

/// Writes neurons as points for ParaView: `particles.pvd` and one `particles/particles_NNNN.vtp` an output time (VTK PolyData,
/// raw appended data). A point's place is its first three coordinates on the mesh (zero where there are fewer); attributes are
/// the coordinates by name, the replica's number and, if asked for, all parameters of the neuron in R^n.
class ParticleOutput
{
public:
  /// Collective.
  ParticleOutput(const RunDirectory &directory, const Replicas &replicas);

  /// Collective; rank 0 writes. Throws RunError (on every rank) if the disk does not take it.
  void write(double time);

private:
  const Replicas                             &replicas;
  std::string                                 record; ///< path of particles.pvd
  std::string                                 folder;
  std::vector<std::pair<double, std::string>> entries;
};
} // namespace rhoflow
