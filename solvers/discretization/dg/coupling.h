#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include <meshes/cell_key.h>
#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/discretization/dg/coupling_kernel.h>
#include <solvers/discretization/dg/dg_mesh.h>

namespace rhoflow
{
class MeanField;

/// The mean field seen from a mesh: the modes χ_j and their derivatives are tabulated once on every feature cell; a stage then
/// costs one sum over the density for the moments, and one matrix–vector product for the velocities.
class Coupling
{
public:
  explicit Coupling(const MeanField &mean_field);

  /// Tabulates the modes on the feature cells that are new. Call after every change of the mesh.
  void rebuild(const DGMesh &mesh);

  /// m_j = ∫ a χ_j ρ over all ranks, bitwise the same for every partition. `columns`: the sweeps' sums (features linear in the
  /// first coordinate), `u` the density otherwise. Collective. Throws RunError if they have outgrown every bound.
  std::vector<double> moments(const DGMesh &mesh, const double *u, const double *columns) const;

  /// Fills the velocity table for the residual e.
  void update(const DGMesh &mesh, const std::vector<double> &e);
  /// The potential Ψ (without weight decay) at the nodes of local cell c, [points]; after update().
  void potential(const DGMesh &mesh, std::size_t c, double *psi) const;

  /// The modes on a feature cell, or null where this rank does not need them.
  const ModeTable *modes(std::size_t feature) const { return tables[feature].n_rows > 0 ? &tables[feature] : nullptr; }
  /// Features linear in the first coordinate: the feature cells over which this rank sums, all of them together on all ranks.
  std::size_t first_summed() const { return std::min(first_group * group_size, tables.size()); }
  std::size_t last_summed() const { return std::min(last_group * group_size, tables.size()); }

  const double             *table() const { return velocity_table.data(); }
  const VelocityTableShape &shape() const { return table_shape; }
  const MeanField          &mean_field() const { return field; }

private:
  void tabulate(const DGMesh &mesh, const CellKey &key, ModeTable &modes) const;
  void check_capacity(const std::vector<double> &sums, const BinnedScale &scale) const;

  const MeanField   &field;
  VelocityTableShape table_shape;
  BinnedScale        column_scale, moment_scale;

  /// The tables of all feature cells that this rank needs lie one behind the other, in the order in which a stage reads them.
  AlignedVector<double>                               doubles;
  std::vector<float, AlignedAllocator<float>>         singles;
  std::unordered_map<CellKey, ModeTable, CellKeyHash> known;
  std::vector<ModeTable>                              tables; ///< of every feature cell; without rows where not needed
  std::vector<double>                                 velocity_table;
  mutable std::vector<double>                         column_sums; ///< workspace of moments()
  std::vector<double>                                 residual;
  /// Moments are summed over groups of feature cells, and these are dealt out to the ranks.
  static constexpr std::size_t group_size  = 16;
  std::size_t                  first_group = 0, last_group = 0;
  bool                         everyone_sums = false; ///< every rank sums all groups instead
};
} // namespace rhoflow
