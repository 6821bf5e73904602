#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include <mpi.h>

#include <meshes/adaptive_mesh.h>
#include <solvers/discretization/dg/dg_kernel.h>

namespace rhoflow
{
/// The discontinuous Galerkin space on one state of an adaptive mesh: batches of cells, what each side sees, hanging faces, the
/// exchange of traces between ranks, and the feature cells on which modes are tabulated. Rebuilt when the mesh changes.
class DGMesh
{
public:
  /// `has_outer_weight`: features are linear in the first coordinate; `kappa`: weight r^kappa of the last coordinate (0: none).
  DGMesh(const AdaptiveMesh &mesh, unsigned int degree, bool has_outer_weight, double kappa);

  const AdaptiveMesh              &mesh() const { return adaptive_mesh; }
  const DGBatches                 &batches() const { return data; }
  const std::vector<HangingBatch> &hanging_faces() const { return hanging; }

  unsigned int dimension() const { return data.dim; }
  unsigned int points_per_cell() const { return n_points; }
  std::size_t  n_cells() const { return data.n_cells; }
  /// Doubles of a field and of a trace array.
  std::size_t n_values() const { return data.n_batches * n_points * 8; }
  std::size_t n_traces() const { return trace_size; }

  /// Position of node i of cell c in a field.
  std::size_t at(std::size_t c, unsigned int i) const { return ((c / 8) * n_points + i) * 8 + c % 8; }
  /// The nodes of a cell, [points][dim], and the weights of the quadrature ∫ g(θ) u(θ) r^kappa dθ ≈ Σ w u, [points].
  void nodes(const CellKey &key, double *points) const;
  void weights(const CellKey &key, double *w) const;
  /// The element along axis d of a cell.
  const LineBasis &line(const CellKey &key, unsigned int d) const;

  /// Cells on which the modes are tabulated: projections of all cells of all ranks onto ω-space if the features are linear in
  /// the first coordinate (index[0] = 0), else the local cells and those ghosts that hanging faces need.
  const std::vector<CellKey> &feature_cells() const { return features; }
  /// Feature cells that this rank's sweeps use.
  const std::vector<char> &feature_used() const { return used; }
  /// The feature cell of a local cell.
  std::size_t                     feature_of(std::size_t c) const { return feature_index[c]; }
  const std::vector<std::size_t> &feature_of_cells() const { return feature_index; }

  void start_exchange(const double *traces);
  void finish_exchange(double *traces);

  /// Transfer of fields between mesh states, [points] a cell: exact interpolation to children, L2 projection to parents.
  CellTransfer cell_transfer() const;

  const LineTransfer        *halves() const { return legendre_halves.data(); }
  const std::vector<double> &layer_transfers() const { return transfer_records; }

private:
  struct HangingItem
  {
    CellKey                     coarse;
    unsigned int                d, side;
    std::int32_t                coarse_trace = -1, given = 1;
    std::array<std::int32_t, 4> fine, interpolated;
    std::array<CellKey, 4>      fine_key;
    std::array<std::size_t, 4>  fine_feature;
  };
  struct Peer
  {
    int                       rank;
    std::vector<std::int32_t> send, receive; ///< first doubles of traces
    std::vector<double>       send_buffer, receive_buffer;
  };

  void         build_features();
  void         build_static_data();
  void         build_neighbors();
  void         build_hanging(const std::vector<HangingItem> &items);
  void         build_exchange(const std::vector<std::vector<std::uint32_t>> &requests,
                              const std::vector<std::vector<std::int32_t>>  &slots);
  CellKey      feature_key(const CellKey &key) const;
  std::int32_t layer_record(const CellKey &key) const;
  std::int32_t new_slot();
  std::int32_t local_trace(std::size_t cell, unsigned int side) const;

  const AdaptiveMesh &adaptive_mesh;
  DGBatches           data;
  double              kappa;
  unsigned int        n_points, n_side;
  std::size_t         n_slots = 0, trace_size = 0;

  std::unordered_map<CellKey, std::size_t, CellKeyHash> local_index, ghost_index, feature_lookup;

  std::vector<CellKey>     features;
  std::vector<char>        used;
  std::vector<std::size_t> feature_index;

  /// Elements of the weighted coordinate by (level, index).
  mutable std::map<std::pair<unsigned int, unsigned int>, std::pair<LineBasis, std::int32_t>> layers;

  std::array<LineTransfer, 2> legendre_halves;
  std::vector<double>         transfer_records;
  std::vector<HangingBatch>   hanging;
  std::vector<Peer>           peers;
  std::vector<MPI_Request>    pending;
};
} // namespace rhoflow
