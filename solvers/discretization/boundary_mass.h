#pragma once

namespace rhoflow
{
class ParameterBinding;

/// What section "Domain" says about mass in the cells at the sides of the box.
struct BoundaryMassParameters
{
  void bind(ParameterBinding &p);
  /// Throws InputError if the limit is below the warning.
  void check() const;

  double boundary_warning = 1e-6; ///< the user is warned above it [mass]
  double boundary_limit   = 1e-2; ///< the run stops above it [mass]
};
} // namespace rhoflow
