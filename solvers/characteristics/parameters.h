#pragma once

#include <solvers/base/parameters/snapshot_parameters.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;

/// Section "Characteristics".
struct CharacteristicsParameters
{
  enum class Features
  {
    automatic, ///< exact up to 1000 data nodes
    exact,     ///< all data nodes
    compressed ///< as section "Mean field" says
  };

  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  unsigned int n_per_coordinate = 16;    ///< Gauss points of ρ_0 for each coordinate
  double       neglected_mass   = 1e-12; ///< of the lightest points together, which are left out
  double       tolerance        = 1e-8;  ///< local error of the points, relative and absolute
  Features     features         = Features::automatic;
  bool         write_points     = true;

  SnapshotParameters snapshots; ///< of the points
};
} // namespace rhoflow
