#pragma once

#include <vector>

#include <solvers/discretization/dg/equidistant_line.h>
#include <solvers/model/measure.h>

namespace rhoflow
{
class Coupling;
class MomentFunctionals;

/// What is written, drawn and compared of an evolved density. The evolved polynomial ρ_h may be negative in places; here it
/// gets a representation that is not: values v_e ≥ 0 at the equidistant points of every cell whose polynomial has the mass of
/// ρ_h, its first and second moments ∫ θ_d ρ, ∫ θ_d θ_e ρ, and the moments m_j = ∫ a χ_j ρ that drive the dynamics, all with
/// the quadrature of the scheme.
///
/// In each cell negative values are set to zero and the others scaled back to the cell's mass (to zero if that is negative).
/// The result v⁰ is multiplied by a tilt that is positive everywhere,
///   v = v⁰ g(Σ_k μ_k ψ_k),      g(t) = exp(t) for t < 0, 1 + t for t ≥ 0,
/// with ψ_k the k-th functional's density (MomentFunctionals). Like the I-projection (g = exp; I. Csiszár, Ann. Probab. 3,
/// 1975) v is the density with the prescribed moments that is nearest to v⁰ in a divergence, relative entropy where v < v⁰ and
/// χ² where v > v⁰, which keeps the thin tails of v⁰ thin: there exp(t) is astronomic. μ solves a convex problem of a few tens
/// of unknowns by Newton's method. A density that was nowhere negative is kept to round-off.
///
/// All sums are order-independent: the result is bitwise the same on any number of ranks.
class PositiveDensity
{
public:
  /// `values` [cells][points]: ρ_h at the Gauss points. Collective. Throws RunError if they are not finite or hold no mass.
  PositiveDensity(const DGMesh &mesh, const Coupling &coupling, const std::vector<double> &values);

  /// v at the equidistant points, [cells][points], all ≥ 0.
  const std::vector<double> &values() const { return v; }

  double mass() const { return evolved_mass; }
  /// ∫ max(−ρ_h, 0) by the quadrature of the scheme, and the least value at its points.
  double negative_mass() const { return evolved_negative_mass; }
  double minimum() const { return evolved_minimum; }
  /// Largest deviation of a functional from the evolved one, relative to the root mean square of its integrand under v⁰.
  double deviation() const { return largest_deviation; }
  /// ∫ |v − v⁰|: what the tilt moved.
  double       tilted_mass() const { return changed_mass; }
  unsigned int iterations() const { return n_iterations; }

  /// v as boxes over which a mass is spread evenly, of this rank; in one dimension rank 0 has them all. Over all ranks the sum
  /// of the weights, which are > 0, is the mass, up to 1e-9 of it and to negative cells.
  /// Every cell in n^D equal boxes, n = 8, 4, 2, 1 with D = 3 (twice as many for each coordinate less), the more the more
  /// mass it has; cells without a noticeable mass are left out. A box gets the integral of v over it, without what is
  /// negative between the points of v, scaled to the cell's mass. Along each axis the boxes of a cell are then drawn together
  /// a little towards one of its sides, so that the first moments ∫ θ_d v of the cell are right too.
  Measure boxes() const;

private:
  /// Newton's method for goal − L(v) − ε (μ − μ°) = 0 with μ° = 0, and then μ° the solution before (proximal point method: ε
  /// bounds μ in directions in which functionals are dependent on the support of v⁰). `goal`: the functionals of ρ_h. Improves
  /// v and the deviation if it can.
  void tilt(const MomentFunctionals &functionals, const std::vector<double> &goal, const std::vector<double> &start,
            double epsilon);

  const DGMesh     &mesh;
  EquidistantPoints equidistant;

  std::vector<double> v;
  double              evolved_mass = 0., evolved_negative_mass = 0., evolved_minimum = 0.;
  double              largest_deviation = 0., changed_mass = 0.;
  unsigned int        n_iterations = 0;
};
} // namespace rhoflow
