#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// What `rhoflow-plot` was asked for.
struct PlotArguments
{
  enum class Action
  {
    plot,
    version,
    help
  };

  /// `arguments`: without the program's name. Throws InputError (parameter empty) with the nearest spelling of an option that
  /// does not exist.
  static PlotArguments parse(const std::vector<std::string> &arguments);
  static std::string   usage();

  Action                   action = Action::plot;
  std::vector<std::string> directories;        ///< of runs and studies
  std::string              output;             ///< directory for pictures and report; empty: that of the run
  std::string              extension = ".png"; ///< of charts
  std::vector<double>      times;              ///< to be shown
  bool                     mesh      = false;
  bool                     potential = false;
  bool                     animation = true;
};
} // namespace rhoflow
