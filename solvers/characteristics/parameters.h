#pragma once

#include <optional>

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
  /// Makes the choices that need no solution: the tolerance.
  void parse(const dealii::ParameterHandler &prm);
  /// Another tolerance, unless one is given.
  void set_automatic_tolerance(double value) { tolerance = given_tolerance.value_or(value); }
  /// Replaces "automatic" in the handler by what was chosen.
  void record(dealii::ParameterHandler &prm) const;

  unsigned int n_per_coordinate = 0;     ///< Gauss points of ρ_0 for each coordinate; 0: to be chosen
  double       neglected_mass   = 1e-12; ///< of the lightest points together, which are left out
  double       tolerance        = 1e-8;  ///< local error of the points, relative and absolute; set by parse()
  Features     features         = Features::automatic;
  bool         write_points     = true;

  SnapshotParameters snapshots; ///< of the points

private:
  std::optional<unsigned int> given_n;
  std::optional<double>       given_tolerance;
};
} // namespace rhoflow
