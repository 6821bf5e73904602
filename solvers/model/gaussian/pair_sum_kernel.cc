#include <solvers/model/gaussian/pair_sum_kernel.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <solvers/base/numerics/simd.h>
#include <solvers/model/gaussian/asin_kernel.h>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

namespace
{
// A tile of row × column neurons keeps its products in registers: 24 of the 32 with AVX-512, 12 of the 16 with AVX2.
constexpr unsigned int panel      = NeuronPanels::panel;
constexpr unsigned int tile_rows  = lanes == 8 ? 8 : 4;
constexpr unsigned int tile_width = 3; // vectors
static_assert(panel % tile_rows == 0 && panel % (tile_width * lanes) == 0, "tiles must fill a panel");

using Tile = Vector[tile_rows][tile_width];

inline Vector clamp(Vector x)
{
  return max(min(x, broadcast(1.)), broadcast(-1.));
}

/// products[a][v] = Σ_k left_k[a] right_k[v]. A function of its own: the constants of what follows would take registers from
/// the sums.
__attribute__((noinline)) void tile_products(unsigned int dimension, const double *left, const double *right, Tile &products)
{
  Tile sums;
  for (unsigned int a = 0; a < tile_rows; ++a)
    for (unsigned int v = 0; v < tile_width; ++v)
      sums[a][v] = broadcast(0.);
  for (unsigned int k = 0; k < dimension; ++k, left += panel, right += panel)
    {
      Vector column_part[tile_width];
      for (unsigned int v = 0; v < tile_width; ++v)
        column_part[v] = load(right + v * lanes);
      for (unsigned int a = 0; a < tile_rows; ++a)
        {
          const Vector row_part = broadcast(left[a]);
          for (unsigned int v = 0; v < tile_width; ++v)
            sums[a][v] = sums[a][v] + row_part * column_part[v];
        }
    }
  for (unsigned int a = 0; a < tile_rows; ++a)
    for (unsigned int v = 0; v < tile_width; ++v)
      products[a][v] = sums[a][v];
}

inline bool all_at_most(Vector x, double bound)
{
  double lane[lanes];
  store(lane, x);
  bool within = true;
  for (const double entry : lane)
    within = within && entry <= bound;
  return within;
}

/// Calls function(i, j, products) for all tiles: products[a][v] of neuron i + a of `row` with the neurons j + v lanes, ... of
/// `column`.
template <typename Function>
inline void for_all_tiles(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column, const Function &function)
{
  const std::size_t size  = static_cast<std::size_t>(neurons.dimension) * panel;
  const double     *left  = &neurons.components[row * size];
  const double     *right = &neurons.components[column * size];
  for (unsigned int j = 0; j < panel; j += tile_width * lanes)
    for (unsigned int i = 0; i < panel; i += tile_rows)
      {
        Tile products;
        tile_products(neurons.dimension, left + i, right + j, products);
        function(i, j, products);
      }
}

/// ΣΣ c_i c_j K(products), K = `small` for the tiles without any product above ½, `value` otherwise.
template <typename Small, typename Function>
inline double pair_sum(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column, const Small &small,
                       const Function &value)
{
  const double *ci = &neurons.coefficients[row * panel], *cj = &neurons.coefficients[column * panel];
  Vector        total = broadcast(0.);
  for_all_tiles(neurons, row, column, [&](unsigned int i, unsigned int j, const Tile &products) {
    Vector columns[tile_width];
    for (unsigned int v = 0; v < tile_width; ++v)
      columns[v] = load(cj + j + v * lanes);
    const auto add = [&](const auto &function) {
      for (unsigned int a = 0; a < tile_rows; ++a)
        {
          Vector part = broadcast(0.);
          for (unsigned int v = 0; v < tile_width; ++v)
            part = part + columns[v] * function(i + a, j + v * lanes, products[a][v]);
          total = total + broadcast(ci[i + a]) * part;
        }
    };
    Vector largest = abs(products[0][0]);
    for (unsigned int a = 0; a < tile_rows; ++a)
      for (unsigned int v = 0; v < tile_width; ++v)
        largest = max(largest, abs(products[a][v]));
    if (all_at_most(largest, 0.5))
      add(small);
    else
      add(value);
  });
  return sum(total);
}
} // namespace

NeuronPanels::NeuronPanels(unsigned int d, std::uint64_t n_neurons)
  : dimension(d)
  , n_panels((n_neurons + panel - 1) / panel)
  , components(size() * dimension, 0.)
  , coefficients(size(), 0.)
{}

double erf_pairs(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column)
{
  return 2. / pi *
         pair_sum(
           neurons, row, column, [](unsigned int, unsigned int, Vector p) { return small_arc_sine(p); },
           [](unsigned int, unsigned int, Vector p) { return arc_sine(clamp(p)); });
}

double relu_pairs(const NeuronPanels &neurons, std::uint64_t row, std::uint64_t column)
{
  return pair_sum(
    neurons, row, column, [](unsigned int, unsigned int, Vector p) { return arc_cosine_kernel(p, small_arc_sine(p)); },
    [](unsigned int, unsigned int, Vector p) {
      const Vector c = clamp(p);
      return arc_cosine_kernel(c, arc_sine(c));
    });
}

double cosine_pairs(const NeuronPanels &neurons, const std::vector<double> &lengths, std::uint64_t row, std::uint64_t column)
{
  const double *qi = &lengths[row * panel], *qj = &lengths[column * panel];
  const auto    value = [=](unsigned int i, unsigned int j, Vector p) {
    const Vector q = load(qj + j), spread = broadcast(-0.5) * (broadcast(qi[i] * qi[i]) + q * q);
    return broadcast(0.5) * (exp(spread + p) + exp(spread - p));
  };
  return pair_sum(neurons, row, column, value, value);
}

double series_pairs(const NeuronPanels &neurons, const PairSeries &series, std::uint64_t row, std::uint64_t column,
                    SteepPairs &steep)
{
  // The largest |c| for which a level leaves no more than the tolerance: |c|^n T_n T'_n.
  const unsigned int  n_levels = series.n_levels;
  std::vector<double> reach(n_levels);
  for (unsigned int l = 0; l < n_levels; ++l)
    {
      const double left = series.tails[row * n_levels + l] * series.tails[column * n_levels + l];
      reach[l] = left <= series.tolerance ? 1. : std::pow(series.tolerance / left, 1. / (PairSeries::level_step * (l + 1)));
    }

  const unsigned int n_even = series.n_even(), n_odd = series.n_odd();
  const double      *even_i = &series.even[row * n_even * panel], *even_j = &series.even[column * n_even * panel];
  const double      *odd_i = &series.odd[row * n_odd * panel], *odd_j = &series.odd[column * n_odd * panel];
  const double      *ci = &neurons.coefficients[row * panel], *cj = &neurons.coefficients[column * panel];
  Vector             total = broadcast(0.);

  for_all_tiles(neurons, row, column, [&](unsigned int i, unsigned int j, const Tile &products) {
    double cosines[tile_rows][tile_width * lanes];
    Vector largest = broadcast(0.);
    for (unsigned int a = 0; a < tile_rows; ++a)
      for (unsigned int v = 0; v < tile_width; ++v)
        store(&cosines[a][v * lanes], clamp(products[a][v]));
    if (row == column)
      for (unsigned int a = 0; a < tile_rows; ++a)
        if (i + a >= j && i + a < j + tile_width * lanes)
          cosines[a][i + a - j] = 0.;
    for (unsigned int a = 0; a < tile_rows; ++a)
      for (unsigned int v = 0; v < tile_width; ++v)
        largest = max(largest, abs(load(&cosines[a][v * lanes])));
    double lane[lanes];
    store(lane, largest);
    const double largest_cosine = *std::max_element(lane, lane + lanes);

    unsigned int level = 0;
    while (level + 1 < n_levels && reach[level] < largest_cosine)
      ++level;
    const double       limit      = reach[level];
    const unsigned int even_terms = std::min(n_even, (level + 1) * PairSeries::level_step / 2);
    const unsigned int odd_terms  = std::min(n_odd, (level + 1) * PairSeries::level_step / 2);

    // Horner's scheme in c², four rows at a time in registers.
    constexpr unsigned int rows = 4;
    for (unsigned int a = 0; a < tile_rows; a += rows)
      {
        Vector even_sum[rows][tile_width], odd_sum[rows][tile_width], square[rows][tile_width];
        for (unsigned int b = 0; b < rows; ++b)
          for (unsigned int v = 0; v < tile_width; ++v)
            {
              const Vector c = load(&cosines[a + b][v * lanes]);
              square[b][v]   = c * c;
              even_sum[b][v] = odd_sum[b][v] = broadcast(0.);
            }
        const auto horner = [&](unsigned int n_terms, const double *of_row, const double *of_column,
                                Vector(&result)[rows][tile_width]) {
          for (unsigned int n = n_terms; n-- > 0;)
            {
              Vector columns[tile_width];
              for (unsigned int v = 0; v < tile_width; ++v)
                columns[v] = load(of_column + n * panel + j + v * lanes);
              for (unsigned int b = 0; b < rows; ++b)
                {
                  const Vector factor = broadcast(of_row[n * panel + i + a + b]);
                  for (unsigned int v = 0; v < tile_width; ++v)
                    result[b][v] = result[b][v] * square[b][v] + factor * columns[v];
                }
            }
        };
        horner(even_terms, even_i, even_j, even_sum);
        horner(odd_terms, odd_i, odd_j, odd_sum);
        for (unsigned int b = 0; b < rows; ++b)
          {
            Vector part = broadcast(0.);
            for (unsigned int v = 0; v < tile_width; ++v)
              {
                const Vector c     = load(&cosines[a + b][v * lanes]);
                const Vector value = even_sum[b][v] + c * odd_sum[b][v];
                const Vector kept  = abs(c) > broadcast(limit) ? broadcast(0.) : value;
                part               = part + load(cj + j + v * lanes) * kept;
              }
            total = total + broadcast(ci[i + a + b]) * part;
          }
      }
    if (limit < largest_cosine)
      for (unsigned int a = 0; a < tile_rows; ++a)
        for (unsigned int b = 0; b < tile_width * lanes; ++b)
          if (std::abs(cosines[a][b]) > limit)
            {
              steep.row.push_back(row * panel + i + a);
              steep.column.push_back(column * panel + j + b);
              steep.cosine.push_back(cosines[a][b]);
            }
  });
  return sum(total);
}

void weighted_rows(unsigned int n_rows, unsigned int n_moments, const double *values, const double *table, unsigned int stride,
                   double *moments)
{
  // `width` vectors of sums at a time stay in registers.
  const auto sum_columns = [&](auto width, unsigned int first) {
    Vector sums[decltype(width)::value];
    for (Vector &entry : sums)
      entry = broadcast(0.);
    const double *row = table + first;
    for (unsigned int i = 0; i < n_rows; ++i, row += stride)
      for (unsigned int v = 0; v < decltype(width)::value; ++v)
        sums[v] = sums[v] + broadcast(values[i]) * load(row + v * lanes);
    for (unsigned int v = 0; v < decltype(width)::value; ++v)
      store(moments + first + v * lanes, sums[v]);
  };
  unsigned int m = 0;
  for (; m + 8 * lanes <= n_moments; m += 8 * lanes)
    sum_columns(std::integral_constant<unsigned int, 8>(), m);
  for (; m < n_moments; m += lanes)
    sum_columns(std::integral_constant<unsigned int, 1>(), m);
}
} // namespace kernel
} // namespace rhoflow
