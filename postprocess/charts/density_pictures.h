#pragma once

#include <functional>
#include <string>
#include <vector>

#include <postprocess/charts/density_charts.h>
#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/picture.h>

namespace rhoflow
{
/// What the user asked for.
struct PictureOptions
{
  std::string         folder;             ///< of the pictures; exists
  std::string         extension = ".png"; ///< of charts: ".png" or ".svg"
  std::vector<double> times;              ///< to be shown; empty: spread over the run
  bool                mesh      = false;  ///< edges of cells over densities
  bool                potential = false;  ///< the potential as colour
  bool                animation = true;

  std::function<void(const std::string &)> announce; ///< is told of each file before it is written
};

/// Densities and neurons of a run over time: curves (1-D), maps with contour lines (2-D), pairwise marginals and a view of the
/// three-dimensional density (3-D), with the neurons over them; then an animation beside the risk.
class DensityPictures
{
public:
  /// `warnings` takes what could not be read or done.
  DensityPictures(const RunRecord &run, const PictureOptions &options, std::vector<std::string> &warnings);

  /// `say` is told of each file as it is finished, and of what cannot be made here.
  std::vector<Picture> make(const std::function<void(const std::string &)> &say);

private:
  std::string at(double time) const;                              ///< "t = 5"
  std::string file(const std::string &stem, bool is_chart) const; ///< announced: it is written next

  /// Output times to show, at most `most` unless the user chose.
  std::vector<unsigned int> chosen(unsigned int most);
  std::vector<Snapshot>     load(const std::vector<unsigned int> &which);
  MapSettings               map_settings(const std::vector<unsigned int> &which);

  std::vector<Chart> curves(const std::vector<Snapshot> &shots, const DensityCells::Box &view) const;
  std::vector<Chart> maps(const std::vector<Snapshot> &shots, const MapSettings &settings) const; ///< of all pairs of axes

  Picture              lines();
  Picture              filmstrip_of_maps();
  Picture              marginals();
  Picture              volumes(unsigned int most);
  std::vector<Picture> animation(const std::function<void(const std::string &)> &say); ///< the video, or nothing

  const RunRecord          &run;
  const PictureOptions     &options;
  std::vector<std::string> &warnings;
  SnapshotSeries            series;
};
} // namespace rhoflow
