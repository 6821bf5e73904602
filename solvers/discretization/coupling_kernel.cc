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
  , partial(modes * n_lanes, 0.)
{}

void MomentSums::add(const ModeTable &modes, const double *column, unsigned int n_blocks)
{
  for (unsigned int block = 0; block < n_blocks; ++block)
    {
      const Vector  m    = load(column + block * n_lanes);
      const double *rows = modes.data() + block * n_modes * n_lanes;
      for (unsigned int j = 0; j < n_modes; ++j)
        store(partial.data() + j * n_lanes, load(partial.data() + j * n_lanes) + m * load(rows + j * n_lanes));
    }
}

void MomentSums::close_group()
{
  for (unsigned int j = 0; j < n_modes; ++j)
    {
      Vector high = load(data.data() + j * n_lanes), low = load(data.data() + (n_modes + j) * n_lanes);
      binned_add(high, low, load(partial.data() + j * n_lanes), scale.magic_high, scale.magic_low);
      store(data.data() + j * n_lanes, high);
      store(data.data() + (n_modes + j) * n_lanes, low);
      store(partial.data() + j * n_lanes, Vector{});
    }
}

void add_lanes(const double *values, std::size_t n_batches, const BinnedScale &scale, double *high_low)
{
  for (std::size_t i = 0; i < n_batches * n_lanes; ++i)
    binned_add(high_low[0], high_low[1], values[i], scale.magic_high, scale.magic_low);
}
} // namespace rhoflow
