#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <unordered_map>
#include <vector>

#include <meshes/cell_key.h>
#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/discretization/dg/coupling_kernel.h>
#include <solvers/discretization/dg/dg_mesh.h>

namespace rhoflow
{
class MeanField;

/// Functions of ω that a Coupling tabulates.
struct CoupledModes
{
  unsigned int n, n_double; ///< the first ones are kept in double precision
  unsigned int power;       ///< of a, in their moments
  /// As MeanField::modes().
  std::function<void(unsigned int count, const double *omega, double *values, double *gradients)> evaluate;
};

/// The mean field seen from a mesh: the modes χ_j and their derivatives are tabulated once on every feature cell; a stage then
/// costs one sum over the density for the moments, and one matrix–vector product for the velocities.
class Coupling
{
public:
  /// The modes χ_j of the mean field, with the moments ∫ a χ_j ρ.
  explicit Coupling(const MeanField &mean_field);
  /// Other modes beside those of a mean field, with the moments ∫ a^power χ_j ρ.
  Coupling(const MeanField &mean_field, CoupledModes modes);

  /// Tabulates the modes on the feature cells that are new. Call after every change of the mesh.
  void rebuild(const DGMesh &mesh);

  /// m_j = ∫ a χ_j ρ over all ranks, bitwise the same for every partition. `columns`: the sweeps' sums (features linear in the
  /// first coordinate), `u` the density otherwise. Collective. Throws RunError if they have outgrown every bound.
  std::vector<double> moments(const DGMesh &mesh, const double *u, const double *columns) const;

  /// The mass ∫ a^power ρ at the nodes of a feature cell, [n_nodes], where features are linear in the first coordinate: as the
  /// last call of moments() has summed it.
  void masses(std::size_t feature, double *result) const;
  /// The same of a local cell c of the density `u`, where they are not.
  void masses(const DGMesh &mesh, const double *u, std::size_t c, double *result) const;
  /// Σ w(f)_i T(f)_ij over the feature cells f and the first rows i of the tables T, [modes], with the same bits for every
  /// partition. `weights(f, c, w)` fills w, which has room for `n_blocks` × 8 rows and begins as zeros; c: the local cell where
  /// features are not linear in the first coordinate. Collective. Throws RunError as moments().
  using RowWeights = std::function<void(std::size_t feature, std::size_t cell, double *weights)>;
  std::vector<double> sums(const DGMesh &mesh, unsigned int n_blocks, const BinnedScale &scale,
                           const RowWeights &weights) const;

  /// Fills the velocity table for the residual e.
  void update(const DGMesh &mesh, const std::vector<double> &e);
  /// The potential Ψ (without weight decay) at the nodes of local cell c, [points]; after update().
  void potential(const DGMesh &mesh, std::size_t c, double *psi) const;

  /// The modes on a feature cell, or null where this rank does not need them.
  const ModeTable *modes(std::size_t feature) const { return tables[feature].n_rows > 0 ? &tables[feature] : nullptr; }
  /// Features linear in the first coordinate: the feature cells over which this rank sums, all of them together on all ranks.
  std::size_t first_summed() const { return std::min(first_group * group_size, tables.size()); }
  std::size_t last_summed() const { return std::min(last_group * group_size, tables.size()); }

  /// Points of a feature cell at which velocities are needed, [points][Dω]: its nodes, then those of its sides, in the order of
  /// VelocityTableShape.
  std::vector<double> points(const DGMesh &mesh, const CellKey &key) const;

  const double             *table() const { return velocity_table.data(); }
  double                   *table() { return velocity_table.data(); } ///< for what other fields add
  const VelocityTableShape &shape() const { return table_shape; }
  const MeanField          &mean_field() const { return field; }

private:
  void tabulate(const DGMesh &mesh, const CellKey &key, ModeTable &modes) const;
  void check_capacity(const std::vector<double> &sums, const BinnedScale &scale) const;

  const MeanField   &field;
  const CoupledModes functions;
  VelocityTableShape table_shape;
  BinnedScale        column_scale, moment_scale;
  /// Of a cell of level 0, [n_nodes], where features are not linear in the first coordinate.
  std::vector<double> node_weights;

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
