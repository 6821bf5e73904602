#pragma once

#include <memory>
#include <string>
#include <vector>

namespace rhoflow
{
class FittedOperator;
class NodalPotential;
class SymmetricSystem;
struct Equilibrium;

/// The fitted scheme M dp/dt = −K(e) p near the density p* at which it rests, K = A exp(Φ).
///
/// With the nodal masses m* = M p* and z = M (p − p*)/√m* it reads, to first order in z,
///   dz/dt = −Ã (1 + β X Xᵀ) z,      Ã = (m*)^{−1/2} K diag(p*) (m*)^{−1/2},      X_ij = √m*_i a_i χ_j(ω_i):
/// z/√m* + β (a χ)·δm is β times the change of the free energy's derivative, and Ã is symmetric and positive semi-definite, at
/// rest at √m*. With C = (1 + β X Xᵀ)^{1/2} and w = C z the operator is symmetric,
///   dw/dt = −S w,      S = C Ã C,
/// and rests at C^{−1} √m*; densities of mass one are orthogonal to that. From XᵀX = Q σ Qᵀ (n × n) the roots are of low rank:
///   C^{±1} = 1 + X Q diag(((1 + βσ)^{±1/2} − 1)/σ) Qᵀ Xᵀ.
///
/// Two kinds of rates of decay are asked for: those of S, at which small perturbations decay, and those of Ã, the same with the
/// potential frozen at p*. The smallest positive rate of Ã is α_P/β with the Poincaré constant α_P of ρ*, and since C ≥ 1 no
/// rate of S is below that of Ã with the same number. A logarithmic Sobolev inequality of ρ* with the constant α implies
/// α ≤ α_P (Bakry, Gentil, Ledoux, Analysis and Geometry of Markov Diffusion Operators, 2014, chapter 5).
///
/// Nodes where p* is no number any more, relative to its maximum, hold z = 0. Vectors: [owned nodes].
class LinearisedOperator
{
public:
  enum class Kind
  {
    frozen,    ///< Ã
    linearised ///< S
  };

  /// Moves `fitted` to the equilibrium, without cells that fall back. Collective.
  LinearisedOperator(FittedOperator &fitted, const NodalPotential &potential, const Equilibrium &equilibrium);
  ~LinearisedOperator();

  /// The unit vector at rest.
  const std::vector<double> &rest(Kind kind) const { return kind == Kind::frozen ? frozen_rest : linearised_rest; }
  /// Ã w or S w. Collective.
  std::vector<double> apply(Kind kind, const std::vector<double> &w);
  /// The shift of solve(). Collective.
  void set_shift(double s);
  /// (Ã + s)^{−1} w or C^{−1} (Ã + s)^{−1} C^{−1} w on the complement of what rests. Collective.
  std::vector<double> solve(Kind kind, const std::vector<double> &w);
  /// |C w|² for S, |w|² for Ã, without the part along √m*: s times this is what the shift s adds to wᵀ S w or wᵀ Ã w.
  /// Collective.
  double shifted_size(Kind kind, const std::vector<double> &w) const;
  /// min_d 1/(β Var θ_d): by linear trial functions the smallest rate of Ã is not above it. Collective.
  double rate_estimate() const;
  /// Rates below this drown in the rounding of the largest ones. Collective.
  double smallest_resolved_rate();

  /// Not constant in any direction and without symmetry: for iterations to begin with.
  std::vector<double> generic_vector() const;
  /// Σ v w over all ranks. Collective.
  double       product(const std::vector<double> &v, const std::vector<double> &w) const;
  unsigned int n_modes() const;
  /// How often a linear system was not solved to its tolerance.
  unsigned int n_failures() const { return failures; }

private:
  /// z + X Q diag(factors) Qᵀ Xᵀ z.
  std::vector<double> couple(const std::vector<double> &factors, std::vector<double> z) const;
  void                remove(const std::vector<double> &unit, std::vector<double> &v) const;

  FittedOperator       &fitted;
  const NodalPotential &potential;
  std::vector<double>   root;             ///< √m*, 0 where nothing is kept
  std::vector<double>   density;          ///< p*, 0 where nothing is kept
  std::vector<double>   vectors;          ///< Q, by columns
  std::vector<double>   forward, inverse; ///< factors of C and C^{−1}
  std::vector<double>   frozen_rest, linearised_rest;
  unsigned int          failures = 0;

  std::unique_ptr<SymmetricSystem> system;
};

/// The smallest positive rates, ascending.
struct SpectralGap
{
  std::vector<double> frozen, linearised;
  /// Largest relative difference between what a rate is by the inverse and by the operator.
  double      disagreement = 0.;
  std::string failure; ///< why there are none; empty otherwise
};

/// By SLEPc's EPS (Krylov–Schur) as the largest eigenvalues of the inverses, and again on the complement of what was found
/// until nothing larger turns up there: multiple ones are found as often as they occur. The command line's options with the
/// prefix -gap_ apply. Collective.
SpectralGap find_spectral_gap(FittedOperator &fitted, const NodalPotential &potential, const Equilibrium &equilibrium,
                              unsigned int count = 4);
} // namespace rhoflow
