#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <solvers/discretization/line_basis.h>

namespace rhoflow
{
/// Cells in batches of eight lanes, everything the sweeps need of the mesh. Values of a cell are the node values
/// ρ(ξ_i0, ξ_i1, ξ_i2), i0 fastest: `u[batch][node][lane]`. Traces are the values on the 2D sides of a cell:
/// `traces[batch][side][point][lane]`, side 2d + (0 lower, 1 upper), followed by slots for traces of other ranks, traces
/// interpolated to hanging faces, and given fluxes.
struct DGBatches
{
  unsigned int dim               = 0;
  unsigned int n                 = 0;     ///< points along a line, degree + 1
  bool         has_outer_weight  = false; ///< features are linear in the first coordinate
  bool         radially_weighted = false; ///< the last coordinate carries the weight r^kappa

  std::size_t n_cells   = 0;
  std::size_t n_batches = 0;

  std::vector<std::int32_t> neighbor;    ///< [batch][side][lane]: first double of what the side sees, points 8 apart
  std::vector<std::uint8_t> given;       ///< [batch][side]: lanes where that is a flux, not a trace
  std::vector<std::int32_t> feature_row; ///< [batch][lane]: first double of the velocity table's row
  std::vector<double>       place;       ///< [batch][d][lane]: lower corner in units of the extent, lower_d / h_d
  std::vector<double>       size;        ///< [batch][lane]: 2^−level
  std::vector<std::int32_t> layer; ///< [batch][lane]: first double of the last coordinate's line constants (radially_weighted)

  double    coarse_extent[3] = {1., 1., 1.}; ///< h_d at level 0
  LineBasis line;                            ///< Gauss–Legendre
  /// Weighted: for each layer, nodes, weights × weight_mean, lower, upper, lower_lift, upper_lift, stiffness (row-major), mean.
  std::vector<double> layers;
};

/// Positions in the table of one feature cell: values χ-sum ψ at the nodes, then −∂_dψ/h_d at the nodes (d from 1 with
/// an outer weight, from 0 without), then the same on the sides.
struct VelocityTableShape
{
  VelocityTableShape() = default;
  VelocityTableShape(unsigned int dim, unsigned int n, bool has_outer_weight);

  unsigned int n_nodes        = 0; ///< nodes of a feature cell, n^Dω
  unsigned int n_side         = 0; ///< points on one of its sides, n^(Dω−1)
  unsigned int first          = 0; ///< first coordinate of ω
  unsigned int n_rows         = 0; ///< all entries, a multiple of 8
  unsigned int n_padded_nodes = 0; ///< n_nodes rounded up to whole vectors
  unsigned int gradient(unsigned int d) const { return n_nodes + (d - first) * n_nodes; }
  unsigned int side(unsigned int d, unsigned int s) const { return side_start + (2 * (d - first) + s) * n_side; }

  unsigned int side_start = 0;
};

/// One sweep: ∂_t ρ = −∇·(ρ v) =: L(ρ) in every cell by the collocated upwind discontinuous Galerkin method,
///   w_i L_i = Σ_d [ Σ_q w_q ℓ_i'(ξ_q) (v_d/h_d ρ)_q − ℓ_i(1) F_d(1) + ℓ_i(0) F_d(0) ],   F = v⁺ ρ⁻ + v⁻ ρ⁺,
/// then  u ← keep · u + mix · u2 + step · L  (and u2 ← first), new traces, and the sums Σ_a w a ρ that the moments need.
struct StageArguments
{
  const DGBatches          *batches = nullptr;
  const VelocityTableShape *shape   = nullptr;
  const double             *table   = nullptr;
  double                    lambda  = 0.;
  /// Tables of ψ₂ and ψ₃ where the potential is a ψ₁ + ψ₂ + a² ψ₃ with ψ₁ in `table`; both or none, with an outer weight and
  /// without a radial one only.
  const double *constant_table = nullptr, *square_table = nullptr;

  double       *u          = nullptr;
  double       *u2         = nullptr;
  const double *traces_in  = nullptr;
  double       *traces_out = nullptr;
  double       *columns    = nullptr; ///< [cell][point], with an outer weight only

  bool   save    = false; ///< u2 ← u before anything else
  bool   combine = false; ///< u2 ← u2_keep · u2 + u2_mix · (u + u2_step · L)
  double keep = 1., mix = 0., step = 0.;
  double u2_keep = 0., u2_mix = 0., u2_step = 0.;

  /// Also the largest Σ_d |v_d|/h_d over all nodes, and the dissipation ∫ |v|² ρ of every cell; without `advance` only these.
  bool    measure     = false;
  bool    advance     = true;
  double  max_rate    = 0.;
  double *dissipation = nullptr; ///< [batch][lane]
};

void run_stage(StageArguments &arguments, std::size_t first_batch, std::size_t last_batch);

/// The same with the tables of ψ₂ and ψ₃; run_stage() calls it.
void run_quadratic_stage(StageArguments &arguments, std::size_t first_batch, std::size_t last_batch);

/// Σ_a w ρ and Σ_a w a² ρ, as StageArguments::columns; without a radial weight only.
void compute_power_columns(const DGBatches &batches, const double *u, double *constant, double *square);

/// Only the traces and column sums of u.
void compute_traces(const DGBatches &batches, const double *u, double *traces, double *columns, std::size_t first_batch,
                    std::size_t last_batch);

/// Hanging faces in batches of eight coarse faces on the same side of the same axis.
struct HangingBatch
{
  unsigned int d           = 0;
  unsigned int coarse_side = 0;    ///< side of the coarse cell on which the fine ones are
  std::int32_t coarse[8];          ///< trace of the coarse cell
  std::int32_t given[8];           ///< where the coarse cell expects its flux (a dummy slot if it is another rank's)
  std::int32_t fine[4][8];         ///< traces of the fine cells on the face; sub-face number: bits in the order of the axes
  std::int32_t interpolated[4][8]; ///< where the fine cells expect the coarse trace
  std::int32_t feature_row[4][8];
  std::int32_t transfer[4][8]; ///< line transfer parent -> child of the last coordinate (radially_weighted)
  double       place[4][3][8];
  double       size[8]; ///< 2^−level of the fine cells
};

struct HangingArguments
{
  const DGBatches          *batches        = nullptr;
  const VelocityTableShape *shape          = nullptr;
  const double             *table          = nullptr;
  double                    lambda         = 0.;
  const double             *constant_table = nullptr, *square_table = nullptr; ///< as in StageArguments
  const LineTransfer       *halves    = nullptr;                               ///< two, Gauss–Legendre
  const double             *transfers = nullptr; ///< radially_weighted: [transfer][interpolate n², project n²]
};

/// Interpolates coarse traces to the fine sides and gives coarse cells the L2 projection of the fluxes of their fine
/// neighbours, so that what leaves one side enters the other.
void exchange_hanging(const HangingArguments &arguments, const std::vector<HangingBatch> &faces, double *traces);
} // namespace rhoflow
