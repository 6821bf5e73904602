#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/fokker_planck/moment_jacobian.h>

namespace rhoflow
{
class FittedOperator;
class NodalPotential;

/// How implicit equations are solved.
struct StageSettings
{
  bool         newton           = false; ///< matrix-free Newton instead of Anderson's method
  double       tolerance        = 1e-11; ///< of the residual e, relative to the larger of 1 and |c|
  unsigned int max_iterations   = 100;
  double       linear_tolerance = 1e-12;
};

/// What the solution of an implicit equation took.
struct StageResult
{
  bool         converged  = false;
  unsigned int iterations = 0; ///< evaluations of the map in moment space
  unsigned int linear     = 0; ///< Krylov iterations, all together
  unsigned int fallbacks  = 0; ///< times that cells had to fall back for the sign
  std::string  failure;        ///< what did not converge
};

/// The equation of every implicit step,
///   (s M + K(e)) p = b,      e = m(p) − c:
/// one linear system for a given residual e, and a fixed point F(e) = 0 in the n numbers e. PETSc's SNES iterates there
/// (Anderson's method on J⁻¹ F with what earlier steps tell of the derivative, or Newton's with matrix-free derivatives), not
/// on the mesh. The command line's PETSc options with the prefix -moments_ apply.
class ImplicitStage
{
public:
  ImplicitStage(const NodalPotential &potential, FittedOperator &fitted_operator, const StageSettings &settings);
  ~ImplicitStage();

  /// p and e hold the first guess, then the solution. `frozen`: at the given e, one linear system; e is then set to m(p) − c.
  ///
  /// If `keep_sign`, cells around negative values fall back to monotone fluxes and the equation is solved again, until nothing
  /// negative is left beyond the accuracy of the linear solver, which is set to zero; the mass is that of the equation,
  /// Σ M p = Σ b / s, to round-off. Collective.
  StageResult solve(double s, const std::vector<double> &b, std::vector<double> &p, std::vector<double> &e, bool frozen,
                    bool keep_sign);

  /// What is known of the derivative, for the stage of the next mesh.
  MomentJacobian       &jacobian() { return derivative; }
  const MomentJacobian &jacobian() const { return derivative; }

private:
  struct Snes;

  void iterate(std::vector<double> &e, bool newton, StageResult &result);
  void evaluate(const std::vector<double> &e, std::vector<double> &moments_residual);
  /// Marks the cells around negative values. Returns false if nothing but round-off is negative.
  bool mark_negative(const std::vector<double> &p) const;
  void restore_mass(double mass, std::vector<double> &p) const;

  const NodalPotential &potential;
  FittedOperator       &fitted;
  StageSettings         settings;
  double                small; ///< |e − G(e)| at the end

  MomentJacobian derivative;
  // evaluations since the derivative last learned, e and F
  std::vector<std::pair<std::vector<double>, std::vector<double>>> evaluations;

  // of the present equation
  double                     shift = 0.;
  const std::vector<double> *right = nullptr;
  std::vector<double>        solution;
  unsigned int               n_evaluations = 0, n_linear = 0;
  bool                       linear_failed   = false;
  double                     linear_residual = 0.;
  double                     last_size       = 0.; ///< |F| of the last evaluation
  double                     last_tolerance  = 0.; ///< of its linear system
  bool                       exact_systems   = false;
  std::vector<double>        operator_e; ///< that the operator was made for; empty: it must be made anew
};
} // namespace rhoflow
