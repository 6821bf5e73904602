#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/discretization/output_parameters.h>

namespace rhoflow
{
class CellFields;
class RunDirectory;

/// Writes the density for ParaView: `density.pvd`, one time series that is complete after every output, and the VTU files in
/// `density/` (one `density_NNNN.vtu` an output time, or a PVTU record with several). Cells are Lagrange cells of the degree of
/// the scheme, in single precision as VTU files of deal.II have them.
class DensityOutput
{
public:
  /// Collective.
  DensityOutput(const OutputParameters &parameters, const RunDirectory &directory);

  /// Whether write() would write now: call skip() instead where not, and spare the reconstruction.
  bool due(bool last) const;
  void skip() { ++n_outputs; }

  /// Collective. Throws RunError (on every rank) if the disk does not take it.
  void write(double time, const CellFields &fields);

private:
  OutputParameters                            parameters;
  const RunDirectory                         &directory;
  std::string                                 folder;
  unsigned int                                n_outputs = 0;
  std::vector<std::pair<double, std::string>> entries; ///< time and file of what is on disk
};
} // namespace rhoflow
