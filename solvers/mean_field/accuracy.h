#pragma once

namespace rhoflow
{
class ParameterBinding;

/// Section "Accuracy": what the choices that a user leaves to the program aim at.
struct AccuracyParameters
{
  void bind(ParameterBinding &p);

  double functionals = 1e-4; ///< relative error of the risk
  double density     = 1e-2; ///< negative mass of the evolved density
  bool   estimate    = true; ///< the errors of the functionals

  /// What a functional is measured by: errors of a risk R are relative to R, but to this part of the first risk at least, where
  /// R goes to zero.
  static constexpr double floor = 1e-3;
};
} // namespace rhoflow
