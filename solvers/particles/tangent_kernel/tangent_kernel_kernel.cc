#include <solvers/particles/tangent_kernel/tangent_kernel_kernel.h>

#include <cmath>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace tangent_kernel_kernel
{
namespace
{
/// One register: wider vectors would be passed through memory.
using Vector                   = Pack<double>;
constexpr unsigned int vectors = group / (sizeof(Vector) / sizeof(double));
/// Rows whose sums of a group stay in the registers.
constexpr unsigned int block_rows = register_bytes == 64 ? 8 : (register_bytes == 32 ? 2 : 1);

/// `rows` neurons and one group of columns.
template <unsigned int rows>
inline void project_rows(unsigned int d, unsigned int columns, bool bias, const double *w, std::size_t stride, const double *x,
                         double *z)
{
  Vector sum[rows][vectors];
  for (unsigned int r = 0; r < rows; ++r)
    for (unsigned int v = 0; v < vectors; ++v)
      sum[r][v] = Vector{} + (bias ? w[r * stride + d] : 0.);
  for (unsigned int i = 0; i < d; ++i)
    for (unsigned int r = 0; r < rows; ++r)
      for (unsigned int v = 0; v < vectors; ++v)
        sum[r][v] += w[r * stride + i] * as_packs<register_bytes>(x + std::size_t(i) * columns)[v];
  for (unsigned int r = 0; r < rows; ++r)
    for (unsigned int v = 0; v < vectors; ++v)
      as_packs<register_bytes>(z + std::size_t(r) * columns)[v] = sum[r][v];
}
} // namespace

void project(unsigned int n, unsigned int d, unsigned int columns, bool bias, const double *weights, std::size_t stride,
             const double *inputs, double *z)
{
  for (unsigned int p = 0; p < columns; p += group)
    {
      unsigned int j = 0;
      for (; j + block_rows <= n; j += block_rows)
        project_rows<block_rows>(d, columns, bias, weights + j * stride, stride, inputs + p, z + std::size_t(j) * columns + p);
      for (; j < n; ++j)
        project_rows<1>(d, columns, bias, weights + j * stride, stride, inputs + p, z + std::size_t(j) * columns + p);
    }
}

void radii(unsigned int n, unsigned int d, unsigned int columns, const double *centers, std::size_t stride,
           const double *inputs, double *r)
{
  for (unsigned int j = 0; j < n; ++j)
    {
      double *row = r + std::size_t(j) * columns;
      for (unsigned int p = 0; p < columns; ++p)
        row[p] = 0.;
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int p = 0; p < columns; ++p)
          {
            const double difference = centers[j * stride + i] - inputs[std::size_t(i) * columns + p];
            row[p] += difference * difference;
          }
      for (unsigned int p = 0; p < columns; ++p)
        row[p] = std::sqrt(row[p]);
    }
}

void scale_rows(unsigned int n, unsigned int columns, const double *a, std::size_t stride, double *rows)
{
  for (unsigned int j = 0; j < n; ++j)
    for (unsigned int p = 0; p < columns; ++p)
      rows[std::size_t(j) * columns + p] *= a[j * stride];
}

void bump_gradients(unsigned int n, unsigned int columns, double factor, const double *center_components, std::size_t stride,
                    const double *input_components, const double *derivatives, const double *r, double *gradients)
{
  for (unsigned int j = 0; j < n; ++j)
    for (unsigned int p = 0; p < columns; ++p)
      {
        const std::size_t k        = std::size_t(j) * columns + p;
        const double      quotient = factor * derivatives[k] * (center_components[j * stride] - input_components[p]) / r[k];
        gradients[k]               = (r[k] > 0. ? quotient : 0.);
      }
}

void add_products(unsigned int n, unsigned int columns, const double *rows, double *kernel)
{
  constexpr unsigned int part = block_rows;
  static_assert(group % part == 0, "a group consists of whole parts");
  for (unsigned int p = 0; p < columns; p += part)
    for (unsigned int q = p / group * group; q < columns; q += group)
      {
        Vector sum[part][vectors] = {};
        for (unsigned int j = 0; j < n; ++j)
          {
            const double *row = rows + std::size_t(j) * columns;
            for (unsigned int r = 0; r < part; ++r)
              for (unsigned int v = 0; v < vectors; ++v)
                sum[r][v] += row[p + r] * as_packs<register_bytes>(row + q)[v];
          }
        for (unsigned int r = 0; r < part; ++r)
          for (unsigned int v = 0; v < vectors; ++v)
            as_packs<register_bytes>(kernel + std::size_t(p + r) * columns + q)[v] += sum[r][v];
      }
}
} // namespace tangent_kernel_kernel
} // namespace rhoflow
