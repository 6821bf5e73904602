#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <solvers/comparison/transport.h>

namespace rhoflow
{
/// A measure as a run wrote it.
struct WrittenMeasure
{
  Measure            pieces;
  TransportDistances error;          ///< to what the run had, at most
  unsigned int       n_networks = 0; ///< the points are these, one after the other, equally large; 0: a density
};

/// What a run directory holds for `rhoflow --distance`, read one output time after the other: its density (`measures/`, by
/// MeasureOutput), or else the neurons of its networks (`particles.pvd`, by ParticleOutput) as points of equal weight. Behind
/// the directory's name `:particles` asks for the networks beside a density.
///
/// All members throw InputError if files are missing, cut off, or not of rhoflow's own making.
class WrittenMeasures
{
public:
  explicit WrittenMeasures(const std::string &run);

  const std::string &directory() const { return root; }
  /// Whether `:particles` was asked for.
  bool                            of_networks_beside() const { return asked_for_particles; }
  const std::vector<std::string> &names() const { return coordinates; }
  /// ∞ of a density at rest.
  const std::vector<double> &times() const { return all_times; }

  WrittenMeasure read(std::size_t index) const;

private:
  void           open_density();
  void           open_particles();
  WrittenMeasure read_density(std::size_t index) const;

  std::string                     root;
  bool                            asked_for_particles = false, has_density = false;
  std::vector<std::string>        coordinates;
  std::vector<double>             all_times;
  std::vector<TransportDistances> errors; ///< of a density's files
  std::vector<std::string>        files;  ///< paths
};

/// The neurons in a file of ParticleOutput, and the names of their coordinates.
std::pair<WrittenMeasure, std::vector<std::string>> read_particles(const std::string &path);
} // namespace rhoflow
