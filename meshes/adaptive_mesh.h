#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <mpi.h>

#include <meshes/cell_key.h>
#include <meshes/domain.h>

namespace dealii
{
template <int dim, int spacedim>
class Triangulation;
}

namespace rhoflow
{
/// The key of a cell of a deal.II triangulation of `domain`. `cell` is its iterator. The centre of the cell decides: it lies
/// far from the sides, where round-off could name a neighbour.
template <typename Iterator>
CellKey key_of(const Iterator &cell, const Domain &domain)
{
  CellKey key;
  key.level         = static_cast<std::uint32_t>(cell->level());
  const auto center = cell->center();
  for (unsigned int d = 0; d < center.dimension; ++d)
    key.index[d] = static_cast<std::uint32_t>((center[d] - domain.lower[d]) / (domain.upper[d] - domain.lower[d]) *
                                              std::ldexp(static_cast<double>(domain.subdivisions[d]), cell->level()));
  return key;
}

/// How the values of a cell pass to its children and back.
struct CellTransfer
{
  /// parent values -> values of child `c` with key `child`.
  std::function<void(const CellKey &child, const double *parent_values, double *child_values)> refine;
  /// values of the 2^D children, one after the other in the order of CellKey::child -> parent values.
  std::function<void(const CellKey &parent, const double *children_values, double *parent_values)> coarsen;
};

/// The adaptive mesh of a box: deal.II's p4est triangulation in two and three dimensions, a serial one in one dimension
/// (replicated on every rank: one-dimensional problems are small). 2:1 balanced over faces, edges and corners.
///
/// The result of adapt() is a function of the mesh and the flags alone: the flags are completed (balance, whole families) on
/// the list of all cells before deal.II sees them, so that no decision depends on the partition.
class AdaptiveMesh
{
public:
  AdaptiveMesh(const Domain &domain, MPI_Comm communicator);
  ~AdaptiveMesh();

  const Domain &domain() const { return box; }
  unsigned int  dimension() const { return box.dimension(); }

  /// The ranks that share the cells: the given communicator, MPI_COMM_SELF in one dimension.
  MPI_Comm communicator() const { return comm; }
  /// True on the ranks whose local cells count (in one dimension every rank has all cells, and rank 0 speaks for them).
  bool has_counted_cells() const { return speaking; }

  /// Cells of this rank in Morton order; cells of other ranks that touch them, and their owners.
  const std::vector<CellKey>  &cells() const { return local; }
  const std::vector<CellKey>  &ghosts() const { return ghost; }
  const std::vector<unsigned> &ghost_owners() const { return owner; }
  std::uint64_t                n_global_cells() const { return n_global; }
  unsigned int                 finest_level() const { return finest; }

  /// Extent of a cell along axis d, and position of its lower side (both sides of a face get the same bits).
  double extent(const CellKey &key, unsigned int d) const;
  double position(const CellKey &key, unsigned int d, unsigned int side) const;

  /// The neighbour position of the same level across side (0 lower, 1 upper) of axis d, wrapped around periodic axes;
  /// false at the boundary.
  bool neighbor(const CellKey &key, unsigned int d, unsigned int side, CellKey &result) const;

  /// Refines cells with flag +1 and coarsens whole families with flag −1 where the balance allows (flags in the order of
  /// cells()), moves the `n_values` values a cell holds (`values` [cells][n_values]) through `transfer`, and repartitions.
  /// Returns whether anything changed. Collective.
  bool adapt(const std::vector<signed char> &flags, unsigned int n_values, std::vector<double> &values,
             const CellTransfer &transfer);

  /// All cells of the mesh in its order, as four numbers each, on every rank: what recreate() takes. Collective.
  std::vector<std::uint64_t> all_cells() const;
  /// This rank's part of that list, of which the parts follow each other in the order of the ranks.
  std::vector<std::uint64_t> listed_cells() const;
  /// Makes the mesh that has these cells, from one that has not been adapted yet, on any number of ranks. Returns the places of
  /// this rank's cells in the list, in the order of cells(): the order of the list depends on the ranks that made it. Throws
  /// std::logic_error if no mesh of this box has them. Collective.
  std::vector<std::uint64_t> recreate(const std::vector<std::uint64_t> &cells);
  /// The same of a list that covers a part of the box only. Around these cells the mesh is as coarse as the balance allows, and
  /// the place of a cell there is no_place.
  std::vector<std::uint64_t>     recreate_part(const std::vector<std::uint64_t> &cells);
  static constexpr std::uint64_t no_place = ~std::uint64_t{0};

  /// The deal.II triangulation, for `dim` = dimension(); std::logic_error for another `dim`. Adapting the mesh through it is
  /// not possible: adapt() alone keeps the lists of cells.
  template <int dim>
  const dealii::Triangulation<dim, dim> &triangulation() const;

private:
  template <int dim>
  struct Implementation;
  struct Base;

  void                       update_lists();
  std::vector<std::uint64_t> recreate(const std::vector<std::uint64_t> &cells, bool covers_the_box);

  Domain                box;
  MPI_Comm              comm;
  bool                  speaking;
  std::unique_ptr<Base> implementation;
  std::vector<CellKey>  local;
  std::vector<CellKey>  ghost;
  std::vector<unsigned> owner;
  std::uint64_t         n_global = 0;
  unsigned int          finest   = 0;
};

/// The cells of a mesh of the box `from`, in the form of AdaptiveMesh::all_cells(), as cells of a mesh of `to`, which has whole
/// coarse cells more. Throws InputError (parameter empty) for two boxes that are no such pair.
std::vector<std::uint64_t> cells_in_larger_box(std::vector<std::uint64_t> cells, const Domain &from, const Domain &to);

/// Completes refinement flags on the list of all cells of a mesh (a function of its arguments alone): cells flagged +1 are
/// refined, further cells are refined for the 2:1 balance over faces, edges and corners, and those families are coarsened that
/// are flagged −1 as a whole and leave the mesh balanced. `periodic` and `n_cells` (subdivisions) describe the box.
/// Returns the completed flags.
std::vector<signed char> complete_flags(const std::vector<CellKey> &cells, const std::vector<signed char> &flags,
                                        const Domain &domain);
} // namespace rhoflow
