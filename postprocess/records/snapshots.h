#pragma once

#include <optional>
#include <string>
#include <vector>

#include <postprocess/records/density_cells.h>
#include <postprocess/records/run_record.h>
#include <postprocess/records/vtk_files.h>

namespace rhoflow
{
/// What a run wrote at an output time; at least one of the three is there.
struct Snapshot
{
  double                       time = 0;
  std::optional<DensityCells>  density;
  std::optional<WrittenPoints> points;
  std::optional<Neurons>       neurons;
};

/// The output times of a run, and one after the other what was written at them.
class SnapshotSeries
{
public:
  /// Times are those of the density, without one of the points, without these of the neurons. Files that cannot be read later
  /// on are reported in `warnings`, once each.
  SnapshotSeries(const RunRecord &run, std::vector<std::string> &warnings);

  const std::vector<double> &times() const { return when; }
  bool                       empty() const { return when.empty(); }

  /// "t" or "β".
  const std::string &symbol() const { return name_of_time; }

  /// Axes on which there is something to see: those of the mesh, or of the neurons.
  unsigned int dimension() const { return dim; }
  std::string  axis_name(unsigned int axis) const;

  /// Reads the files; the neurons are those of the same time, if there are any. Empty if none could be read.
  std::optional<Snapshot> load(unsigned int i);

  /// A box that holds all but a share of 10⁻⁴ of the mass at either end of every axis, at all the given times, with a margin,
  /// and no larger than the domain: most of a mesh is empty, and axes that stay the same let pictures be compared.
  DensityCells::Box view(const std::vector<unsigned int> &shown);

private:
  template <typename Read>
  auto guarded(const std::string &file, Read read) -> std::optional<decltype(read(file))>;

  const RunRecord          &run;
  std::vector<std::string> &warnings;
  std::vector<double>       when;
  std::string               name_of_time = "t";
  unsigned int              dim          = 0;
};
} // namespace rhoflow
