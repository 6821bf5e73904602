#pragma once

#include <set>
#include <string>
#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;
struct Unread;

/// Section "Output": what of the density is written for ParaView, and how.
struct OutputParameters : SnapshotParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);
  /// Those for files of the density, where there are none.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm);

  bool                  write_density = true;
  std::set<std::string> fields{"density", "potential", "velocity", "level", "subdomain"};
  unsigned int          files_per_time = 1;
  double                left_out_below = 0.; ///< of the largest density; cells that are below everywhere are not written
};
} // namespace rhoflow
