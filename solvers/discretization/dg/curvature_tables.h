#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include <meshes/cell_key.h>
#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/discretization/dg/coupling.h>

namespace rhoflow
{
/// ψ = Σ_j e_j χ_j(ω) with its first and second derivatives at the points of feature cells (Coupling::points()): what gradients
/// of |∇ψ|² need. The derivatives of the modes are tabulated once on every feature cell.
class CurvatureTables
{
public:
  explicit CurvatureTables(const MeanField &mean_field);

  /// Tabulates the modes on the feature cells that are new, of those that the coupling has. Call after its rebuild().
  void rebuild(const DGMesh &mesh, const Coupling &coupling);

  bool has(std::size_t feature) const { return tables[feature] != nullptr; }
  /// Numbers that evaluate() writes, padded.
  std::size_t  n_rows() const { return rows; }
  unsigned int n_points() const { return points; }
  /// ψ [points], ∂_cψ [Dω][points], ∂²ψ/∂ω_c∂ω_d [pairs][points], c ≤ d, those of c = 0 first.
  void evaluate(std::size_t feature, const std::vector<double> &e, double *result) const;
  /// The points, [points][Dω].
  const std::vector<double> &omega(std::size_t feature) const { return tables[feature]->omega; }

private:
  struct Table
  {
    std::vector<double>   omega;
    AlignedVector<double> modes; ///< [mode][row]
  };
  void tabulate(Table &table) const;

  const MeanField                                *field;
  unsigned int                                    points = 0, rows = 0;
  std::unordered_map<CellKey, Table, CellKeyHash> known;
  std::vector<const Table *>                      tables; ///< of every feature cell; null where not needed
};
} // namespace rhoflow
