#pragma once

#include <string>

#include <postprocess/records/snapshots.h>

namespace rhoflow
{
class PictureWindow;

struct VolumeSettings
{
  DensityCells::Box view;
  bool              potential         = false; ///< surfaces coloured by Ψ instead of a cloud
  double            largest_potential = 0;     ///< |Ψ| at the ends of the colours
  bool              mesh              = false; ///< edges of the cells that hold nearly all mass
  bool              neurons           = true;
  double            text_size         = 14; ///< [units]
};

/// The largest |Ψ| on the surfaces that draw_volume() would show.
double largest_potential(const Snapshot &snapshot, const VolumeSettings &settings);

/// A density in three dimensions, as a cloud whose opacity grows with the density (or as the surfaces that enclose 50 % and 90
/// % of the mass, coloured by Ψ), with a bar of its colours, the neurons as points, in a box with named axes; all axes are
/// stretched to similar lengths. In a part of a window: lower left corner and size [units].
void draw_volume(PictureWindow &window, const Snapshot &snapshot, const SnapshotSeries &series, const VolumeSettings &settings,
                 double x, double y, double width, double height);
} // namespace rhoflow
