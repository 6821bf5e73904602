#pragma once

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Characteristics".
struct CharacteristicsParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        parse(dealii::ParameterHandler &prm);

  unsigned int n_per_coordinate = 16;    ///< Gauss points of ρ_0 for each coordinate
  double       neglected_mass   = 1e-12; ///< of the lightest points together, which are left out
  double       tolerance        = 1e-8;  ///< local error of the points, relative and absolute
  bool         exact_features   = true;  ///< all data nodes instead of compressed features
  bool         write_points     = true;
};
} // namespace rhoflow
