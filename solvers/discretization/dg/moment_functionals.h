#pragma once

#include <vector>

#include <solvers/discretization/dg/equidistant_line.h>
#include <solvers/discretization/dg/positive_density_kernel.h>

namespace rhoflow
{
class Coupling;

/// Mass, first and second moments, and the moments of the modes as functionals of the values at the equidistant points:
///   L_k(v) = Σ_e measure_e v_e ψ_k(e).
/// Coordinates are relative to the box (its centre and half width; the first one to max |a| alone if features are linear in
/// it).
class MomentFunctionals
{
public:
  MomentFunctionals(const DGMesh &mesh, const Coupling &coupling, const EquidistantPoints &equidistant);

  unsigned int size() const { return layout.n_functionals(); }
  /// The measure of every point, [cells][points].
  const std::vector<double> &measure() const { return point_measure; }

  /// Scales ψ_k such that Σ measure v ψ_k² = Σ measure v; zero if that is less than `least` times as large. Collective.
  void normalize(const std::vector<double> &v, double least);
  /// Replaces functionals of the same power of the first coordinate by combinations of them that are orthonormal,
  /// Σ measure v ψ_k ψ_l = δ_kl Σ measure v: neighbours in a table of modes may differ by 1e-8 of their size where v lives.
  /// What is dependent to round-off becomes zero. Collective.
  void orthonormalize(const std::vector<double> &v);

  /// L_k(v), exact sums. Collective.
  std::vector<double> integrals(const std::vector<double> &v) const;
  /// Gram matrix Σ measure s ψ_k ψ_l for 0 ≤ s ≤ v of orthonormalize(), row-major, upper half. Collective.
  std::vector<double> gram(const std::vector<double> &s) const;
  /// t = Σ_k c_k ψ_k at all points.
  void combine(const std::vector<double> &c, std::vector<double> &t) const;

private:
  void                build_rows(std::size_t feature, const CellKey &key, const Coupling &coupling);
  std::vector<double> columns(const std::vector<double> &v) const;
  /// Calls work(feature) for every feature cell that this rank sums over, and end() after each group.
  template <typename Work, typename End>
  void for_each_group(const Work &work, const End &end) const;

  const DGMesh                    &mesh;
  const EquidistantPoints         &equidistant;
  TiltLayout                       layout;
  unsigned int                     n_modes;
  std::size_t                      first_summed, last_summed;
  std::vector<double>              point_measure;
  std::vector<double>              lines; ///< [cells][powers][n_line]
  std::vector<std::vector<double>> rows;  ///< [feature][node][functional], empty where not needed
  double                           total = 1.;
};
} // namespace rhoflow
