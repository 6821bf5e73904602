#include <solvers/base/numerics/simd.h>
#include <solvers/particles/sgd/sgd_kernel.h>

#include <cmath>
#include <cstring>
#include <type_traits>

#include <solvers/model/activation/activation_vectors.h>

namespace rhoflow
{
namespace
{
/// 64 bytes: one register with AVX-512, two with AVX2, the same results either way.
template <typename Number>
using VectorOf = Pack<Number, 64>;

constexpr unsigned int vectors = 4; ///< of a tile
constexpr unsigned int group   = SgdKernel<double>::group;
static_assert(SgdKernel<float>::group == group && SgdKernel<double>::lanes * sizeof(double) == vectors * 64 &&
                SgdKernel<float>::lanes * sizeof(float) == vectors * 64,
              "a tile is four registers");

/// The columns of a tile, `columns` of them.
template <typename Number>
inline const VectorOf<Number> *columns_of_tile(std::size_t tile, std::size_t columns, const Number *p)
{
  return as_packs<64>(p) + tile * columns * vectors;
}
template <typename Number>
inline VectorOf<Number> *columns_of_tile(std::size_t tile, std::size_t columns, Number *p)
{
  return as_packs<64>(p) + tile * columns * vectors;
}

/// A register of the machine, of which a vector of 64 bytes is one or several: sums in vectors that are larger than registers
/// go through memory with every addition.
template <typename Number>
using MachineVector = AliasedPack<Number>;

constexpr unsigned int machine_vectors = vectors * 64 / register_bytes; ///< of a tile
/// Machine vectors whose sums for six inputs fit into the registers: 32 with AVX-512, else 16.
constexpr unsigned int at_once = register_bytes == 64 ? vectors : 2;

// The loops over rows, columns and vectors of the next functions are unrolled early, so that their sums never see memory.

/// use(first input, integral constant): blocks of inputs whose sums fit into the registers, the last ones one by one.
template <typename Use>
inline void for_row_blocks(std::size_t d, const Use &use)
{
  std::size_t i = 0;
  for (; i + 6 <= d; i += 6)
    use(i, std::integral_constant<unsigned int, 6>());
  for (; i + 4 <= d; i += 4)
    use(i, std::integral_constant<unsigned int, 4>());
  for (; i < d; ++i)
    use(i, std::integral_constant<unsigned int, 1>());
}

/// `rows` inputs of one tile: w[i] ← decay·w[i] + Σ_c g_c x_c[i]. `w`, and `x` [c][rows]: of these inputs.
template <unsigned int rows, typename Number>
inline void update_rows(VectorOf<Number> *tile, Number decay, unsigned int n_pending, const Number *x,
                        const VectorOf<Number> *gradients)
{
  for (unsigned int m = 0; m < machine_vectors; m += at_once)
    {
      auto *const           w     = reinterpret_cast<MachineVector<Number> *>(tile) + m;
      const auto           *g     = reinterpret_cast<const MachineVector<Number> *>(gradients) + m;
      const Number         *input = x;
      MachineVector<Number> sum[rows * at_once];
#pragma GCC unroll 24
      for (unsigned int k = 0; k < rows * at_once; ++k)
        sum[k] = decay * w[k / at_once * machine_vectors + k % at_once];
      for (unsigned int c = 0; c < n_pending; ++c, input += rows, g += machine_vectors)
#pragma GCC unroll 24
        for (unsigned int k = 0; k < rows * at_once; ++k)
          sum[k] += input[k / at_once] * g[k % at_once];
#pragma GCC unroll 24
      for (unsigned int k = 0; k < rows * at_once; ++k)
        w[k / at_once * machine_vectors + k % at_once] = sum[k];
    }
}

/// `group` columns of a tile: z_b = Σ_i w[i] x_b[i].
template <typename Number>
inline void project_group(std::size_t d, const VectorOf<Number> *tile, const Number *x, VectorOf<Number> *results)
{
  for (unsigned int m = 0; m < machine_vectors; m += at_once)
    {
      const auto           *w     = reinterpret_cast<const MachineVector<Number> *>(tile) + m;
      auto *const           z     = reinterpret_cast<MachineVector<Number> *>(results) + m;
      const Number         *input = x;
      MachineVector<Number> sum[group * at_once];
#pragma GCC unroll 16
      for (unsigned int k = 0; k < group * at_once; ++k)
        sum[k] = MachineVector<Number>{};
      for (std::size_t i = 0; i < d; ++i, input += group, w += machine_vectors)
#pragma GCC unroll 16
        for (unsigned int k = 0; k < group * at_once; ++k)
          sum[k] += input[k / at_once] * w[k % at_once];
#pragma GCC unroll 16
      for (unsigned int k = 0; k < group * at_once; ++k)
        z[k / at_once * machine_vectors + k % at_once] = sum[k];
    }
}

/// σ and σ' of the vectors of a tile, in registers of vector_math.
template <typename Number>
struct MathRegister
{
  using Vector = vector_math::Vector;
};
template <>
struct MathRegister<float>
{
  using Vector = vector_math::SingleVector;
};
template <bool derivative, typename Number, typename Function>
inline void apply_to_tile(const Function &function, const VectorOf<Number> (&t)[vectors], VectorOf<Number> (&s)[vectors],
                          VectorOf<Number> (&slope)[vectors])
{
  using V                  = typename MathRegister<Number>::Vector;
  constexpr unsigned int n = vectors * sizeof(VectorOf<Number>) / sizeof(V);
  V                      argument[n], value[n], math_slope[n];
  std::memcpy(argument, t, sizeof(t));
  activation_functions::apply_all<derivative>(function, argument, value, math_slope);
  std::memcpy(s, value, sizeof(s));
  if (derivative)
    std::memcpy(slope, math_slope, sizeof(slope));
}

/// The lanes of Σ over the vectors of a tile, in pairs.
inline double lane_sum(const VectorOf<double> *sum)
{
  const VectorOf<double> t = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  return ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7]));
}

/// sum += the lanes of one tile's a s, in double.
inline void add_products(const VectorOf<double> *a, const VectorOf<double> *s, VectorOf<double> *sum)
{
  for (unsigned int v = 0; v < vectors; ++v)
    sum[v] += a[v] * s[v];
}
inline void add_products(const VectorOf<float> *a, const VectorOf<float> *s, VectorOf<double> *sum)
{
  for (unsigned int v = 0; v < vectors; ++v)
    {
      const VectorOf<float> product = a[v] * s[v];
      Pack<float, 32>       low, high;
      __builtin_memcpy(&low, &product, sizeof low);
      __builtin_memcpy(&high, reinterpret_cast<const char *>(&product) + sizeof low, sizeof high);
      sum[v] += __builtin_convertvector(low, VectorOf<double>) + __builtin_convertvector(high, VectorOf<double>);
    }
}

template <bool moves_inner, typename Number, typename Function>
void sweep_tiles(const Function &function, std::size_t n_tiles, std::size_t chunk, unsigned int columns,
                 const typename SgdKernel<Number>::Sample &sample, double *sums)
{
  constexpr unsigned int lanes = SgdKernel<Number>::lanes;
  const unsigned int     b     = sample.column;
  Number                 k[group + 1];
  for (unsigned int c = sample.first; c < b; ++c)
    k[c - sample.first] = sample.gram[std::size_t(c) * columns + b];
  const bool corrects = sample.has_previous && b > sample.first;

  VectorOf<double> sum[vectors] = {};
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      if (tile % chunk == 0)
        for (unsigned int v = 0; v < vectors; ++v)
          sum[v] = VectorOf<double>{};
      auto            *a     = as_packs<64>(sample.outer + tile * lanes);
      auto            *s     = as_packs<64>(sample.values + tile * lanes);
      auto            *slope = as_packs<64>(sample.derivatives + tile * lanes);
      const auto      *z     = columns_of_tile(tile, columns, sample.preactivations) + b * vectors;
      auto            *g     = (moves_inner ? columns_of_tile(tile, columns, sample.gradients) : nullptr);
      VectorOf<Number> t[vectors], weight[vectors], value[vectors], derivative[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        {
          t[v]      = z[v];
          weight[v] = a[v];
        }
      if (sample.has_previous)
        {
          if (moves_inner)
            for (unsigned int v = 0; v < vectors; ++v)
              {
                const VectorOf<Number> last = sample.factor * weight[v] * slope[v];
                g[(b - 1) * vectors + v]    = last;
                if (corrects)
                  t[v] += k[b - 1 - sample.first] * last;
              }
          if (sample.moves_outer)
            {
              for (unsigned int v = 0; v < vectors; ++v)
                weight[v] = sample.decay * weight[v] + sample.factor * s[v];
              if (tile + 1 == n_tiles)
                for (unsigned int l = lanes - sample.padding; l < lanes; ++l)
                  weight[l / (lanes / vectors)][l % (lanes / vectors)] = 0;
              for (unsigned int v = 0; v < vectors; ++v)
                a[v] = weight[v];
            }
        }
      for (unsigned int c = sample.first; c + 1 < b; ++c)
        for (unsigned int v = 0; v < vectors; ++v)
          t[v] += k[c - sample.first] * g[c * vectors + v];
      apply_to_tile<moves_inner, Number>(function, t, value, derivative);
      for (unsigned int v = 0; v < vectors; ++v)
        {
          s[v] = value[v];
          if (moves_inner)
            slope[v] = derivative[v];
        }
      add_products(weight, value, sum);
      if ((tile + 1) % chunk == 0 || tile + 1 == n_tiles)
        sums[tile / chunk] = lane_sum(sum);
    }
}
} // namespace

template <typename Number>
void SgdKernel<Number>::update_and_project(std::size_t n_tiles, unsigned int d, unsigned int columns, Number *weights,
                                           Number decay, unsigned int n_pending, const Number *pending_inputs,
                                           const Number *gradients, unsigned int n_next, const Number *next_inputs,
                                           Number *preactivations)
{
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      auto *w = as_packs<64>(weights + tile * d * lanes);
      if (n_pending > 0)
        {
          const auto *g = columns_of_tile(tile, columns, gradients);
          for_row_blocks(d, [&](std::size_t i, auto rows) {
            update_rows<rows, Number>(w + i * vectors, decay, n_pending, pending_inputs + i * n_pending, g);
          });
        }
      auto *z = columns_of_tile(tile, columns, preactivations);
      for (std::size_t b = 0; b < n_next; b += group)
        project_group<Number>(d, w, next_inputs + b * d, z + b * vectors);
    }
}

template <typename Number>
void SgdKernel<Number>::pack(unsigned int n, unsigned int c, unsigned int d, double factor, const double *input,
                             Number *pending_inputs)
{
  for_row_blocks(d, [&](std::size_t i, auto rows) {
    for (unsigned int r = 0; r < rows; ++r)
      pending_inputs[i * n + c * rows + r] = static_cast<Number>(factor * input[i + r]);
  });
}

template <typename Number>
void SgdKernel<Number>::correct_group(std::size_t n_tiles, unsigned int columns, unsigned int first, unsigned int end,
                                      const Number *scale, const Number *gram, const Number *gradients, Number *preactivations)
{
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      const auto      *g = columns_of_tile(tile, columns, gradients);
      auto            *z = columns_of_tile(tile, columns, preactivations) + first * vectors;
      VectorOf<Number> sum[group * vectors];
#pragma GCC unroll 16
      for (unsigned int k = 0; k < group * vectors; ++k)
        sum[k] = scale[first + k / vectors] * z[k];
      const Number *row = gram + first;
      for (unsigned int c = 0; c < end; ++c, row += columns, g += vectors)
#pragma GCC unroll 16
        for (unsigned int k = 0; k < group * vectors; ++k)
          sum[k] += row[k / vectors] * g[k % vectors];
#pragma GCC unroll 16
      for (unsigned int k = 0; k < group * vectors; ++k)
        z[k] = sum[k];
    }
}

template <typename Number>
void SgdKernel<Number>::arguments_of_column(std::size_t n_tiles, unsigned int columns, unsigned int column, unsigned int first,
                                            unsigned int end, const Number *gram, const Number *gradients,
                                            const Number *preactivations, Number *arguments)
{
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      const auto      *g = (first < end ? columns_of_tile(tile, columns, gradients) : nullptr);
      const auto      *z = columns_of_tile(tile, columns, preactivations) + column * vectors;
      auto            *t = as_packs<64>(arguments + tile * lanes);
      VectorOf<Number> sum[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        sum[v] = z[v];
      for (unsigned int c = first; c < end; ++c)
        for (unsigned int v = 0; v < vectors; ++v)
          sum[v] += gram[std::size_t(c) * columns + column] * g[c * vectors + v];
      for (unsigned int v = 0; v < vectors; ++v)
        t[v] = sum[v];
    }
}

template <typename Number>
void SgdKernel<Number>::sweep(const Activation &activation, std::size_t n_tiles, std::size_t chunk, unsigned int columns,
                              const Sample &sample, double *sums)
{
  activation.with_tables([&](Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates) {
    activation_functions::with_function(kind, n_nodes, abscissae, ordinates, [&](const auto &function) {
      if (sample.moves_inner)
        sweep_tiles<true, Number>(function, n_tiles, chunk, columns, sample, sums);
      else
        sweep_tiles<false, Number>(function, n_tiles, chunk, columns, sample, sums);
    });
  });
}

template <typename Number>
void SgdKernel<Number>::chunk_sums(std::size_t n_tiles, std::size_t chunk, const Number *a, const Number *s, double *sums)
{
  for (std::size_t first = 0, i = 0; first < n_tiles; first += chunk, ++i)
    {
      VectorOf<double> sum[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        sum[v] = VectorOf<double>{};
      for (std::size_t tile = first; tile < first + chunk && tile < n_tiles; ++tile)
        add_products(as_packs<64>(a + tile * lanes), as_packs<64>(s + tile * lanes), sum);
      sums[i] = lane_sum(sum);
    }
}

template <typename Number>
void SgdKernel<Number>::gradients_of_column(std::size_t n_tiles, unsigned int columns, unsigned int column, Number factor,
                                            const Number *a, const Number *derivatives, Number *gradients)
{
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      auto *g = columns_of_tile(tile, columns, gradients) + column * vectors;
      for (unsigned int v = 0; v < vectors; ++v)
        g[v] = factor * as_packs<64>(a)[tile * vectors + v] * as_packs<64>(derivatives)[tile * vectors + v];
    }
}

template <typename Number>
void SgdKernel<Number>::update_outer(std::size_t n_tiles, bool first_of_batch, bool last_of_batch, Number decay, Number factor,
                                     const Number *s, Number *sums, Number *a)
{
  const std::size_t n = n_tiles * vectors;
  for (std::size_t i = 0; i < n; ++i)
    {
      VectorOf<Number> sum = factor * as_packs<64>(s)[i];
      if (!first_of_batch)
        sum += as_packs<64>(sums)[i];
      if (last_of_batch)
        as_packs<64>(a)[i] = decay * as_packs<64>(a)[i] + sum;
      else
        as_packs<64>(sums)[i] = sum;
    }
}

template <typename Number>
void SgdKernel<Number>::radii_of_bumps(std::size_t n_tiles, unsigned int d, const Number *centers, const Number *input,
                                       Number inverse_width, Number *radii, Number *arguments)
{
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      const auto      *w = as_packs<64>(centers + tile * d * lanes);
      VectorOf<Number> sum[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        sum[v] = VectorOf<Number>{};
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int v = 0; v < vectors; ++v)
          {
            const VectorOf<Number> difference = w[i * vectors + v] - input[i];
            sum[v] += difference * difference;
          }
      for (unsigned int v = 0; v < vectors; ++v)
        as_packs<64>(radii)[tile * vectors + v] = sum[v];
    }
  for (std::size_t j = 0; j < n_tiles * lanes; ++j)
    {
      radii[j]     = std::sqrt(radii[j]);
      arguments[j] = radii[j] * inverse_width;
    }
}

template <typename Number>
void SgdKernel<Number>::add_bump_updates(std::size_t n_tiles, unsigned int d, Number factor, const Number *a,
                                         const Number *derivatives, const Number *radii, const Number *centers,
                                         const Number *input, Number *updates)
{
  constexpr unsigned int width = lanes / vectors;
  for (std::size_t tile = 0; tile < n_tiles; ++tile)
    {
      const auto      *w = as_packs<64>(centers + tile * d * lanes);
      auto            *u = as_packs<64>(updates + tile * d * lanes);
      VectorOf<Number> h[vectors];
      for (unsigned int v = 0; v < vectors; ++v)
        for (unsigned int l = 0; l < width; ++l)
          {
            const std::size_t j = (tile * vectors + v) * width + l;
            h[v][l]             = (radii[j] > 0 ? factor * a[j] * derivatives[j] / radii[j] : 0);
          }
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int v = 0; v < vectors; ++v)
          u[i * vectors + v] += h[v] * (w[i * vectors + v] - input[i]);
    }
}

template <typename Number>
void SgdKernel<Number>::apply_bump_updates(std::size_t n_tiles, unsigned int d, Number decay, Number *updates, Number *centers)
{
  const std::size_t n = n_tiles * d * vectors;
  for (std::size_t i = 0; i < n; ++i)
    {
      as_packs<64>(centers)[i] = decay * as_packs<64>(centers)[i] + as_packs<64>(updates)[i];
      as_packs<64>(updates)[i] = VectorOf<Number>{};
    }
}

template struct SgdKernel<double>;
template struct SgdKernel<float>;

namespace sgd_kernel
{
void inner_products(unsigned int n, unsigned int d, unsigned int columns, const double *inputs, const double *transposed,
                    double *gram)
{
  for (unsigned int c = 0; c < n; ++c)
    for (unsigned int b = 0; b < columns; b += 8)
      {
        VectorOf<double> sum{};
        for (unsigned int i = 0; i < d; ++i)
          sum += inputs[std::size_t(c) * d + i] * *as_packs<64>(transposed + std::size_t(i) * columns + b);
        *as_packs<64>(gram + std::size_t(c) * columns + b) = sum;
      }
}
} // namespace sgd_kernel
} // namespace rhoflow
