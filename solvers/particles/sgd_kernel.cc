#include <solvers/particles/sgd_kernel.h>

#include <cmath>

namespace rhoflow
{
namespace sgd_kernel
{
namespace
{
/// Eight doubles: one register with AVX-512, two with AVX2, the same results either way.
typedef double         Vector __attribute__((vector_size(64), aligned(64)));
constexpr unsigned int width   = 8;
constexpr unsigned int vectors = lanes / width;

inline const Vector *as_vectors(const double *p)
{
  return reinterpret_cast<const Vector *>(p);
}
inline Vector *as_vectors(double *p)
{
  return reinterpret_cast<Vector *>(p);
}

/// `rows` inputs of one tile: w[i] ← decay·w[i] + Σ_c g_c x_c[i], with all of it in registers.
template <unsigned int rows>
inline void update_rows(unsigned int d, unsigned int i, Vector *w, double decay, unsigned int n_pending,
                        const double *pending_inputs, const Vector *g)
{
  Vector sum[rows][vectors];
  for (unsigned int r = 0; r < rows; ++r)
    for (unsigned int v = 0; v < vectors; ++v)
      sum[r][v] = decay * w[(i + r) * vectors + v];
  for (unsigned int c = 0; c < n_pending; ++c)
    {
      const double *x = pending_inputs + std::size_t(c) * d + i;
      for (unsigned int r = 0; r < rows; ++r)
        for (unsigned int v = 0; v < vectors; ++v)
          sum[r][v] += x[r] * g[c * vectors + v];
    }
  for (unsigned int r = 0; r < rows; ++r)
    for (unsigned int v = 0; v < vectors; ++v)
      w[(i + r) * vectors + v] = sum[r][v];
}

/// `group` columns of half a tile: z_b = Σ_i w[i] x_b[i].
inline void project_group(unsigned int d, unsigned int columns, unsigned int half, const Vector *w, const double *x, Vector *z)
{
  constexpr unsigned int part = vectors / 2;
  Vector                 sum[group][part];
  for (unsigned int b = 0; b < group; ++b)
    for (unsigned int v = 0; v < part; ++v)
      sum[b][v] = Vector{};
  for (unsigned int i = 0; i < d; ++i)
    for (unsigned int b = 0; b < group; ++b)
      for (unsigned int v = 0; v < part; ++v)
        sum[b][v] += x[std::size_t(i) * columns + b] * w[i * vectors + half * part + v];
  for (unsigned int b = 0; b < group; ++b)
    for (unsigned int v = 0; v < part; ++v)
      z[b * vectors + half * part + v] = sum[b][v];
}
} // namespace

void update_and_project(unsigned int n_tiles, unsigned int d, unsigned int columns, double *weights, double decay,
                        unsigned int n_pending, const double *pending_inputs, const double *gradients, unsigned int n_next,
                        const double *next_inputs, double *preactivations)
{
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      Vector *w = as_vectors(weights + std::size_t(tile) * d * lanes);
      if (n_pending > 0)
        {
          const Vector *g = as_vectors(gradients + std::size_t(tile) * columns * lanes);
          unsigned int  i = 0;
          for (; i + 6 <= d; i += 6)
            update_rows<6>(d, i, w, decay, n_pending, pending_inputs, g);
          for (; i + 4 <= d; i += 4)
            update_rows<4>(d, i, w, decay, n_pending, pending_inputs, g);
          for (; i < d; ++i)
            update_rows<1>(d, i, w, decay, n_pending, pending_inputs, g);
        }
      Vector *z = as_vectors(preactivations + std::size_t(tile) * columns * lanes);
      for (unsigned int b = 0; b < n_next; b += group)
        for (unsigned int half = 0; half < 2; ++half)
          project_group(d, columns, half, w, next_inputs + b, z + b * vectors);
    }
}

void correct_group(unsigned int n_tiles, unsigned int columns, unsigned int first, const double *scale, const double *gram,
                   const double *gradients, double *preactivations)
{
  constexpr unsigned int part = vectors / 2;
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      const Vector *g = as_vectors(gradients + std::size_t(tile) * columns * lanes);
      Vector       *z = as_vectors(preactivations + (std::size_t(tile) * columns + first) * lanes);
      for (unsigned int half = 0; half < 2; ++half)
        {
          Vector sum[group][part];
          for (unsigned int b = 0; b < group; ++b)
            for (unsigned int v = 0; v < part; ++v)
              sum[b][v] = scale[first + b] * z[b * vectors + half * part + v];
          for (unsigned int c = 0; c < first; ++c)
            for (unsigned int b = 0; b < group; ++b)
              for (unsigned int v = 0; v < part; ++v)
                sum[b][v] += gram[std::size_t(c) * columns + first + b] * g[c * vectors + half * part + v];
          for (unsigned int b = 0; b < group; ++b)
            for (unsigned int v = 0; v < part; ++v)
              z[b * vectors + half * part + v] = sum[b][v];
        }
    }
}

void arguments_of_column(unsigned int n_tiles, unsigned int columns, unsigned int column, unsigned int first, unsigned int end,
                         const double *gram, const double *gradients, const double *preactivations, double *arguments)
{
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      const Vector *g = as_vectors(gradients + std::size_t(tile) * columns * lanes);
      const Vector *z = as_vectors(preactivations + (std::size_t(tile) * columns + column) * lanes);
      Vector       *t = as_vectors(arguments + std::size_t(tile) * lanes);
      Vector        sum[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        sum[v] = z[v];
      for (unsigned int c = first; c < end; ++c)
        for (unsigned int v = 0; v < vectors; ++v)
          sum[v] += gram[std::size_t(c) * columns + column] * g[c * vectors + v];
      for (unsigned int v = 0; v < vectors; ++v)
        t[v] = sum[v];
    }
}

double weighted_sum(unsigned int n_tiles, const double *a, const double *s)
{
  Vector sum[vectors];
  for (unsigned int v = 0; v < vectors; ++v)
    sum[v] = Vector{};
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    for (unsigned int v = 0; v < vectors; ++v)
      sum[v] += as_vectors(a)[tile * vectors + v] * as_vectors(s)[tile * vectors + v];
  const Vector total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  return ((total[0] + total[1]) + (total[2] + total[3])) + ((total[4] + total[5]) + (total[6] + total[7]));
}

void gradients_of_column(unsigned int n_tiles, unsigned int columns, unsigned int column, double factor, const double *a,
                         const double *derivatives, double *gradients)
{
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      Vector *g = as_vectors(gradients + (std::size_t(tile) * columns + column) * lanes);
      for (unsigned int v = 0; v < vectors; ++v)
        g[v] = factor * as_vectors(a)[tile * vectors + v] * as_vectors(derivatives)[tile * vectors + v];
    }
}

void update_outer(unsigned int n_tiles, bool first_of_batch, bool last_of_batch, double decay, double factor, const double *s,
                  double *sums, double *a)
{
  const unsigned int n = n_tiles * vectors;
  for (unsigned int i = 0; i < n; ++i)
    {
      Vector sum = factor * as_vectors(s)[i];
      if (!first_of_batch)
        sum += as_vectors(sums)[i];
      if (last_of_batch)
        as_vectors(a)[i] = decay * as_vectors(a)[i] + sum;
      else
        as_vectors(sums)[i] = sum;
    }
}

void inner_products(unsigned int n, unsigned int d, unsigned int columns, const double *inputs, const double *transposed,
                    double *gram)
{
  for (unsigned int c = 0; c < n; ++c)
    for (unsigned int b = 0; b < columns; b += group)
      {
        Vector sum{};
        for (unsigned int i = 0; i < d; ++i)
          sum += inputs[std::size_t(c) * d + i] * *as_vectors(transposed + std::size_t(i) * columns + b);
        *as_vectors(gram + std::size_t(c) * columns + b) = sum;
      }
}

void radii_of_bumps(unsigned int n_tiles, unsigned int d, const double *centers, const double *input, double inverse_width,
                    double *radii, double *arguments)
{
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      const Vector *w = as_vectors(centers + std::size_t(tile) * d * lanes);
      Vector        sum[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        sum[v] = Vector{};
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int v = 0; v < vectors; ++v)
          {
            const Vector difference = w[i * vectors + v] - input[i];
            sum[v] += difference * difference;
          }
      for (unsigned int v = 0; v < vectors; ++v)
        as_vectors(radii)[tile * vectors + v] = sum[v];
    }
  for (unsigned int j = 0; j < n_tiles * lanes; ++j)
    {
      radii[j]     = std::sqrt(radii[j]);
      arguments[j] = radii[j] * inverse_width;
    }
}

void add_bump_updates(unsigned int n_tiles, unsigned int d, double factor, const double *a, const double *derivatives,
                      const double *radii, const double *centers, const double *input, double *updates)
{
  for (unsigned int tile = 0; tile < n_tiles; ++tile)
    {
      const Vector *w = as_vectors(centers + std::size_t(tile) * d * lanes);
      Vector       *u = as_vectors(updates + std::size_t(tile) * d * lanes);
      Vector        h[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        for (unsigned int l = 0; l < width; ++l)
          {
            const unsigned int j = (tile * vectors + v) * width + l;
            h[v][l]              = (radii[j] > 0. ? factor * a[j] * derivatives[j] / radii[j] : 0.);
          }
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int v = 0; v < vectors; ++v)
          u[i * vectors + v] += h[v] * (w[i * vectors + v] - input[i]);
    }
}

void apply_bump_updates(unsigned int n_tiles, unsigned int d, double decay, double *updates, double *centers)
{
  const unsigned int n = n_tiles * d * vectors;
  for (unsigned int i = 0; i < n; ++i)
    {
      as_vectors(centers)[i] = decay * as_vectors(centers)[i] + as_vectors(updates)[i];
      as_vectors(updates)[i] = Vector{};
    }
}
} // namespace sgd_kernel
} // namespace rhoflow
