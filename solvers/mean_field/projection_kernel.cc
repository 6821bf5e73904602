#include <solvers/mean_field/projection_kernel.h>

#include <algorithm>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace
{
/// The machine's own vectors: wider ones would be passed through memory. The sums of `block_rows` rows and `block_columns`
/// vectors of columns stay in the registers.
using Vector                         = Pack<double>;
constexpr unsigned int lanes         = sizeof(Vector) / sizeof(double);
constexpr unsigned int block_rows    = register_bytes == 64 ? 8 : 4;
constexpr unsigned int block_columns = register_bytes == 32 ? 3 : 2;
/// The row length of a basis is a multiple of it, with any vectors.
constexpr unsigned int padding_unit = 8;

/// Sums of at most block_rows rows, n_rows of them, and n_columns vectors of columns from `column` on. They share one pass over
/// the basis; missing rows repeat the last one and are thrown away. Every sum goes through the nodes in their order, so that it
/// has the same bits in any block.
template <unsigned int n_columns>
void project_block(std::size_t n_rows, std::size_t n_nodes, unsigned int n, unsigned int padding, const double *g,
                   std::size_t stride, const double *basis, unsigned int column, double *out)
{
  Vector        sum[block_rows][n_columns] = {};
  const double *source[block_rows];
  for (std::size_t r = 0; r < block_rows; ++r)
    source[r] = g + std::min(r, n_rows - 1) * stride;
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      Vector b[n_columns];
#pragma GCC unroll 8
      for (unsigned int c = 0; c < n_columns; ++c)
        b[c] = *reinterpret_cast<const UnalignedPack<double> *>(basis + k * padding + column + c * lanes);
#pragma GCC unroll 8
      for (unsigned int r = 0; r < block_rows; ++r)
#pragma GCC unroll 8
        for (unsigned int c = 0; c < n_columns; ++c)
          sum[r][c] += source[r][k] * b[c];
    }
  double stored[block_rows][n_columns * lanes];
#pragma GCC unroll 8
  for (unsigned int r = 0; r < block_rows; ++r)
#pragma GCC unroll 8
    for (unsigned int c = 0; c < n_columns; ++c)
      *reinterpret_cast<UnalignedPack<double> *>(&stored[r][c * lanes]) = sum[r][c];
  const unsigned int n_stored = std::min(n_columns * lanes, n - std::min(n, column));
  for (std::size_t r = 0; r < n_rows; ++r)
    std::copy_n(stored[r], n_stored, out + r * n + column);
}
} // namespace

unsigned int projection_padding(unsigned int n)
{
  return (n + padding_unit - 1) / padding_unit * padding_unit;
}

void project(std::size_t rows, std::size_t n_nodes, unsigned int n, unsigned int padding, const double *g, const double *basis,
             double *out, std::size_t stride)
{
  const std::size_t step = stride > 0 ? stride : n_nodes;
  for (unsigned int column = 0; column < padding;)
    {
      const unsigned int n_columns = padding - column >= block_columns * lanes ? block_columns : 1;
      for (std::size_t row = 0; row < rows; row += block_rows)
        {
          const std::size_t   n_rows = std::min<std::size_t>(block_rows, rows - row);
          const double *const source = g + row * step;
          double *const       to     = out + row * n;
          if (n_columns == block_columns)
            project_block<block_columns>(n_rows, n_nodes, n, padding, source, step, basis, column, to);
          else
            project_block<1>(n_rows, n_nodes, n, padding, source, step, basis, column, to);
        }
      column += n_columns * lanes;
    }
}
} // namespace rhoflow
