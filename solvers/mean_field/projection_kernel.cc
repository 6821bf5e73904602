#include <solvers/mean_field/projection_kernel.h>

#include <algorithm>

namespace rhoflow
{
namespace
{
typedef double Vector __attribute__((vector_size(64)));
constexpr unsigned int lanes = 8;
} // namespace

unsigned int projection_padding(unsigned int n) { return (n + lanes - 1) / lanes * lanes; }

void project(std::size_t rows, std::size_t n_nodes, unsigned int n, unsigned int padding, const double *g, const double *basis,
             double *out, std::size_t stride)
{
  const std::size_t step = stride > 0 ? stride : n_nodes;
  const auto load = [](const double *p) {
    Vector v;
    __builtin_memcpy(&v, p, sizeof(Vector));
    return v;
  };
  for (unsigned int column = 0; column < padding; column += lanes)
    for (std::size_t row = 0; row < rows; row += 4)
      {
        // Four rows share one pass over the basis; missing rows repeat the last one and are thrown away.
        Vector        sum[4] = {};
        const double *source[4];
        for (std::size_t r = 0; r < 4; ++r)
          source[r] = g + std::min(row + r, rows - 1) * step;
        for (std::size_t k = 0; k < n_nodes; ++k)
          {
            const Vector b = load(basis + k * padding + column);
            for (std::size_t r = 0; r < 4; ++r)
              sum[r] += source[r][k] * b;
          }
        for (std::size_t r = 0; r < std::min<std::size_t>(4, rows - row); ++r)
          for (unsigned int j = column; j < std::min(column + lanes, n); ++j)
            out[(row + r) * n + j] = sum[r][j - column];
      }
}
} // namespace rhoflow
