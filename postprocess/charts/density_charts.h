#pragma once

#include <string>
#include <vector>

#include <postprocess/drawing/chart.h>
#include <postprocess/records/snapshots.h>

namespace rhoflow
{
/// How maps of a density look.
struct MapSettings
{
  DensityCells::Box view;
  bool              mesh      = false; ///< edges of the cells (in two dimensions)
  bool              potential = false; ///< colours show Ψ, the density is in the contour lines (in two dimensions)
  bool              neurons   = true;
  double            highest   = 0; ///< density at the dark end of the colours; 0: the largest one
  bool              bar       = true;
};

/// Shares of the mass that the contour lines of a map enclose.
const std::vector<double> &contour_shares();

/// The density along one axis: in one dimension as it is, otherwise its marginal.
ChartSeries density_curve(const Snapshot &snapshot, unsigned int axis, const DensityCells::Box &view);

/// Neurons along one axis as a histogram with the area 1.
ChartSeries neuron_histogram(const Neurons &neurons, unsigned int axis, const DensityCells::Box &view);

/// The (marginal) density over two axes as colours with contour lines, the neurons as points. Without a density the weighted
/// points of characteristics, or the neurons alone.
Chart density_map(const Snapshot &snapshot, unsigned int x_axis, unsigned int y_axis, const SnapshotSeries &series,
                  const MapSettings &settings);

/// The marginal that density_map() shows.
Grid map_marginal(const DensityCells &density, unsigned int x_axis, unsigned int y_axis, const DensityCells::Box &view);

/// Lines on which a grid has one of the levels; interrupted by NaN.
ChartSeries contour_lines(const Grid &grid, const std::vector<double> &levels);
} // namespace rhoflow
