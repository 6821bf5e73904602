#include <solvers/discretization/dg/coupling_kernel.h>

#include <cmath>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
using namespace wide_vector;

BinnedScale::BinnedScale(double bound)
{
  const int exponent = std::ilogb(bound > 0. ? bound : 1.) + 1 + 12 - 52;
  magic_high         = std::ldexp(1.5, 52 + exponent);
  magic_low          = std::ldexp(1.5, 22 + exponent);
  capacity           = std::ldexp(1., 50 + exponent);
}

double ModeTable::entry(unsigned int row, unsigned int mode) const
{
  return mode < n_double ? doubles(mode)[row] : static_cast<double>(singles(mode)[row]);
}

void ModeTable::set(unsigned int row, unsigned int mode, double value)
{
  if (mode < n_double)
    high[static_cast<std::size_t>(mode) * n_rows + row] = value;
  else
    low[static_cast<std::size_t>(mode - n_double) * n_rows + row] = static_cast<float>(value);
}

namespace
{
void load(const float *p, Register &v)
{
  Pack<float, register_bytes / 2> singles;
  std::memcpy(&singles, p, sizeof(singles));
  v = __builtin_convertvector(singles, Register);
}

template <typename Half>
void load(const float *p, Halves<Half> &v)
{
  load(p, v.low);
  load(p + sizeof(Half) / sizeof(double), v.high);
}

Vector load(const float *p)
{
  Vector v;
  load(p, v);
  return v;
}

using wide_vector::load;

/// Vectors whose sums stay in the registers, with what they are multiplied by.
constexpr unsigned int max_blocks = register_lanes == 2 ? 3 : 5, max_sums = register_lanes;

/// table[row] = Σ_j e_j T[j][row] for `n` blocks of eight rows from `row` on, which stay in registers.
template <unsigned int n>
void combine(const ModeTable &modes, const double *e, unsigned int row, double *table)
{
  Vector sum[n] = {};
  for (unsigned int j = 0; j < modes.n_double; ++j)
    for (unsigned int b = 0; b < n; ++b)
      sum[b] += e[j] * load(modes.doubles(j) + row + b * n_lanes);
  for (unsigned int j = modes.n_double; j < modes.n_double + modes.n_single; ++j)
    for (unsigned int b = 0; b < n; ++b)
      sum[b] += e[j] * load(modes.singles(j) + row + b * n_lanes);
  for (unsigned int b = 0; b < n; ++b)
    store(table + row + b * n_lanes, sum[b]);
}
} // namespace

void evaluate_potential(const ModeTable &modes, const std::vector<double> &e, unsigned int first_block, unsigned int n_blocks,
                        double *table)
{
  unsigned int block = first_block;
  for (; block + max_blocks <= n_blocks; block += max_blocks)
    combine<max_blocks>(modes, e.data(), block * n_lanes, table);
  for (; block + 2 <= n_blocks; block += 2)
    combine<2>(modes, e.data(), block * n_lanes, table);
  if (block < n_blocks)
    combine<1>(modes, e.data(), block * n_lanes, table);
}

void add_columns(std::size_t n_cells, const std::vector<std::size_t> &feature_of, unsigned int n_nodes,
                 unsigned int n_padded_nodes, const double *columns, const BinnedScale &scale, double *sums)
{
  for (std::size_t c = 0; c < n_cells; ++c)
    {
      const double *column = columns + c * n_nodes;
      double *const high   = sums + 2 * feature_of[c] * n_padded_nodes;
      double *const low    = high + n_padded_nodes;
      unsigned int  i      = 0;
      for (; i + n_lanes <= n_nodes; i += n_lanes)
        {
          Vector h = load(high + i), l = load(low + i);
          binned_add(h, l, load(column + i), scale.magic_high, scale.magic_low);
          store(high + i, h);
          store(low + i, l);
        }
      // What is left over (9 = 8 + 1, 25 = 24 + 1) is not worth a vector.
      for (; i < n_nodes; ++i)
        binned_add(high[i], low[i], column[i], scale.magic_high, scale.magic_low);
    }
}

MomentSums::MomentSums(unsigned int modes, const BinnedScale &s)
  : n_modes(modes)
  , scale(s)
  , data(2 * modes * n_lanes, 0.)
{}

namespace
{
/// sum[j] += Σ column · T[j] over the group's cells, for up to `tile` modes, which stay in registers while the tables stream
/// by.
template <unsigned int tile, typename Rows>
void sum_tile(Vector *sum, unsigned int n, std::size_t n_cells, const double *columns, unsigned int n_blocks,
              unsigned int n_rows, const Rows &rows_of)
{
  for (std::size_t cell = 0; cell < n_cells; ++cell)
    {
      const auto *rows = rows_of(cell);
      for (unsigned int block = 0; block < n_blocks; ++block)
        {
          const Vector m = load(columns + (cell * n_blocks + block) * n_lanes);
          if (n == tile)
            for (unsigned int j = 0; j < tile; ++j)
              sum[j] += m * load(rows + j * n_rows + block * n_lanes);
          else
            for (unsigned int j = 0; j < n; ++j)
              sum[j] += m * load(rows + j * n_rows + block * n_lanes);
        }
    }
}
} // namespace

void MomentSums::add_group(const ModeTable *modes, std::size_t n_cells, const double *columns, unsigned int n_blocks)
{
  if (n_cells == 0)
    return;
  constexpr unsigned int tile     = max_sums;
  const unsigned int     n_double = modes[0].n_double, n_rows = modes[0].n_rows;
  for (unsigned int first = 0; first < n_modes;)
    {
      const bool         in_double = first < n_double;
      const unsigned int end       = in_double ? n_double : n_modes;
      const unsigned int n         = first + tile <= end ? tile : end - first;
      Vector             sum[tile] = {};
      if (in_double)
        sum_tile<tile>(sum, n, n_cells, columns, n_blocks, n_rows,
                       [&](std::size_t cell) { return modes[cell].doubles(first); });
      else
        sum_tile<tile>(sum, n, n_cells, columns, n_blocks, n_rows,
                       [&](std::size_t cell) { return modes[cell].singles(first); });
      for (unsigned int j = 0; j < n; ++j)
        {
          double *const high_part = data.data() + (first + j) * n_lanes;
          double *const low_part  = high_part + n_modes * n_lanes;
          Vector        high = load(high_part), low = load(low_part);
          binned_add(high, low, sum[j], scale.magic_high, scale.magic_low);
          store(high_part, high);
          store(low_part, low);
        }
      first += n;
    }
}

bool all_below(const std::vector<double> &values, double bound)
{
  // Without a branch, so that the loop becomes vector instructions.
  std::size_t below = 0;
  for (const double value : values)
    below += std::abs(value) < bound ? 1 : 0;
  return below == values.size();
}

void add_lanes(const double *values, std::size_t n_batches, const BinnedScale &scale, double *high_low)
{
  for (std::size_t i = 0; i < n_batches * n_lanes; ++i)
    binned_add(high_low[0], high_low[1], values[i], scale.magic_high, scale.magic_low);
}
} // namespace rhoflow
