#include <solvers/discretization/coupling_kernel.h>

#include <cmath>

#include <solvers/discretization/simd.h>

namespace rhoflow
{
BinnedScale::BinnedScale(double bound)
{
  const int exponent = std::ilogb(bound > 0. ? bound : 1.) + 1 + 12 - 52;
  magic_high         = std::ldexp(1.5, 52 + exponent);
  magic_low          = std::ldexp(1.5, 22 + exponent);
  capacity           = std::ldexp(1., 50 + exponent);
}

void evaluate_potential(const ModeTable &modes, const std::vector<double> &e, unsigned int first_block, unsigned int n_blocks,
                        double *table)
{
  const std::size_t n_modes = e.size();
  for (unsigned int block = first_block; block < n_blocks; ++block)
    {
      const double *rows = modes.data() + block * n_modes * n_lanes;
      // Four sums hide the latency of the multiply-adds.
      Vector      sum[4] = {};
      std::size_t j      = 0;
      for (; j + 4 <= n_modes; j += 4)
        for (std::size_t i = 0; i < 4; ++i)
          sum[i] += e[j + i] * load(rows + (j + i) * n_lanes);
      for (; j < n_modes; ++j)
        sum[0] += e[j] * load(rows + j * n_lanes);
      store(table + block * n_lanes, (sum[0] + sum[1]) + (sum[2] + sum[3]));
    }
}

void add_columns(std::size_t n_cells, const std::vector<std::size_t> &feature_of, unsigned int n_padded_nodes,
                 const double *columns, const BinnedScale &scale, double *sums)
{
  for (std::size_t c = 0; c < n_cells; ++c)
    {
      const double *column = columns + c * n_padded_nodes;
      double *const high   = sums + 2 * feature_of[c] * n_padded_nodes;
      double *const low    = high + n_padded_nodes;
      for (unsigned int i = 0; i < n_padded_nodes; i += n_lanes)
        {
          Vector h = load(high + i), l = load(low + i);
          binned_add(h, l, load(column + i), scale.magic_high, scale.magic_low);
          store(high + i, h);
          store(low + i, l);
        }
    }
}

MomentSums::MomentSums(unsigned int modes, const BinnedScale &s)
  : n_modes(modes)
  , scale(s)
  , data(2 * modes * n_lanes, 0.)
{}

void MomentSums::add_group(const ModeTable *const *modes, std::size_t n_cells, const double *columns, unsigned int n_blocks)
{
  // A tile of modes stays in registers while the group's tables stream by.
  constexpr unsigned int tile = 8;
  for (unsigned int first = 0; first < n_modes; first += tile)
    {
      const unsigned int n      = first + tile <= n_modes ? tile : n_modes - first;
      Vector             sum[tile] = {};
      for (std::size_t cell = 0; cell < n_cells; ++cell)
        for (unsigned int block = 0; block < n_blocks; ++block)
          {
            const Vector  m    = load(columns + (cell * n_blocks + block) * n_lanes);
            const double *rows = modes[cell]->data() + (block * n_modes + first) * n_lanes;
            if (n == tile)
              for (unsigned int j = 0; j < tile; ++j)
                sum[j] += m * load(rows + j * n_lanes);
            else
              for (unsigned int j = 0; j < n; ++j)
                sum[j] += m * load(rows + j * n_lanes);
          }
      for (unsigned int j = 0; j < n; ++j)
        {
          double *const high_part = data.data() + (first + j) * n_lanes;
          double *const low_part  = high_part + n_modes * n_lanes;
          Vector        high = load(high_part), low = load(low_part);
          binned_add(high, low, sum[j], scale.magic_high, scale.magic_low);
          store(high_part, high);
          store(low_part, low);
        }
    }
}

void add_lanes(const double *values, std::size_t n_batches, const BinnedScale &scale, double *high_low)
{
  for (std::size_t i = 0; i < n_batches * n_lanes; ++i)
    binned_add(high_low[0], high_low[1], values[i], scale.magic_high, scale.magic_low);
}
} // namespace rhoflow
