#pragma once

#include <memory>
#include <vector>

namespace rhoflow
{
class FittedOperator;

/// The equation (K + s M) diag(p) u = b of the ratios u to a density p at which the operator rests: it is symmetric, and
/// constants are what it (nearly) annihilates, as multigrid likes it. Conjugate gradients until the error's energy norm is
/// small: what p weighs little counts little, as it must where p spans hundreds of decades. The command line's PETSc options
/// with the prefix -gap_linear_ apply.
class SymmetricSystem
{
public:
  /// At the operator's present exponents; p: [owned nodes], u = b where it is 0. The preconditioner is made with the shift
  /// `preconditioner_shift`: with a shift that rounding errors hide, constants would turn up in it with either sign.
  /// Collective.
  SymmetricSystem(const FittedOperator &fitted, const std::vector<double> &p, double s, double preconditioner_shift);
  ~SymmetricSystem();

  /// b becomes u. Returns false if the iteration did not converge. Collective.
  bool solve(std::vector<double> &b, double tolerance);

private:
  struct Petsc;
  std::unique_ptr<Petsc> petsc;
};
} // namespace rhoflow
