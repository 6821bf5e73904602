#pragma once

#include <cstddef>
#include <vector>

#include <solvers/discretization/dg/dg_kernel.h>

namespace rhoflow
{
/// Constants of order-independent sums whose terms and totals stay below `bound` × 2^10 (see binned_add() in simd.h).
struct BinnedScale
{
  explicit BinnedScale(double bound = 1.);
  double magic_high, magic_low;
  double capacity; ///< |sum| must stay below
};

/// Modes of one feature cell, [mode][row]: the leading ones in double precision, the small ones that follow in single
/// precision, since streaming these tables from memory is what a stage's nonlocal part costs. A view; Coupling has the memory.
struct ModeTable
{
  unsigned int n_rows, n_double, n_single; ///< rows are a multiple of 8
  double      *high;
  float       *low;

  const double *doubles(unsigned int mode) const { return high + static_cast<std::size_t>(mode) * n_rows; }
  const float  *singles(unsigned int mode) const { return low + static_cast<std::size_t>(mode - n_double) * n_rows; }

  double entry(unsigned int row, unsigned int mode) const;
  void   set(unsigned int row, unsigned int mode, double value);
};

/// table[row] = Σ_j e_j T[row][j] for the rows from `first_block` × 8 on.
void evaluate_potential(const ModeTable &modes, const std::vector<double> &e, unsigned int first_block, unsigned int n_blocks,
                        double *table);

/// Column sums Σ_a w a ρ of all local cells into those of the feature cells, sums[feature][high | low][padded node].
void add_columns(std::size_t n_cells, const std::vector<std::size_t> &feature_of, unsigned int n_nodes,
                 unsigned int n_padded_nodes, const double *columns, const BinnedScale &scale, double *sums);

/// Partial moments in lanes: high[mode][8], low[mode][8] += Σ T · column over a group of feature cells, binned once a group.
/// Groups are fixed by the mesh, not by the partition.
class MomentSums
{
public:
  MomentSums(unsigned int n_modes, const BinnedScale &scale);
  /// `columns` [cell][n_blocks × 8], padded with zeros.
  void                 add_group(const ModeTable *modes, std::size_t n_cells, const double *columns, unsigned int n_blocks);
  std::vector<double> &sums() { return data; } ///< [high | low][mode][8]

private:
  unsigned int        n_modes;
  BinnedScale         scale;
  std::vector<double> data;
};

/// Whether all |values| are below the bound (NaN is not).
bool all_below(const std::vector<double> &values, double bound);

/// Σ over lanes of the sweeps' dissipation, order-independent: [high, low].
void add_lanes(const double *values, std::size_t n_batches, const BinnedScale &scale, double *high_low);
} // namespace rhoflow
