#include <solvers/mean_field/thinning.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <solvers/base/numerics/random.h>
#include <solvers/base/progress.h>
#include <solvers/mean_field/pivoted_directions.h>
#include <solvers/mean_field/projection_kernel.h>
#include <solvers/mean_field/thinning_kernel.h>

namespace rhoflow
{
namespace
{
constexpr std::uint64_t max_rounds = 10;
/// Pivots and columns of Q at most: what a few seconds are enough for with 60,000 nodes.
constexpr std::size_t max_pivots = 1000, max_columns = 400;
/// Pivots whose features are in memory at once.
constexpr std::size_t chunk = 64;

/// S W g: the sketches of weighted features.
class Sketch
{
public:
  /// Of about `wanted` numbers; the vectors themselves if these are not longer.
  Sketch(const LearningProblem &learning_problem, const std::vector<double> &weight_roots, std::size_t wanted)
    : problem(learning_problem)
    , root(weight_roots)
    , is_identity(wanted >= root.size())
    , length((std::min(wanted, root.size()) + 15) / 16 * 16)
  {
    if (is_identity)
      return;
    entries.resize(root.size());
    CounterRandom     random(0, RandomPurpose::node_sketch);
    const std::size_t part = length / SketchEntry::n_sums;
    for (SketchEntry &entry : entries)
      for (unsigned int i = 0; i < SketchEntry::n_sums; ++i)
        {
          const std::uint64_t bits = random.integer(2 * part);
          entry.sum[i]             = static_cast<std::uint32_t>(i * part + bits / 2);
          entry.sign[i]            = (bits % 2 == 0 ? 1. : -1.) / std::sqrt(static_cast<double>(SketchEntry::n_sums));
        }
  }

  std::size_t size() const { return length; }

  /// [N][size].
  std::vector<double> operator()(const std::vector<double> &points, const std::function<void()> &tick) const
  {
    const std::size_t   K = root.size(), n_omega = problem.n_feature_parameters(), n_points = points.size() / n_omega;
    std::vector<double> result(n_points * length, 0.), g(sketch_width * K, 0.), sums(sketch_width * length);
    for (std::size_t first = 0; first < n_points; first += sketch_width)
      {
        const std::size_t count = std::min<std::size_t>(sketch_width, n_points - first);
        problem.features(static_cast<unsigned int>(count), &points[first * n_omega], g.data(), nullptr);
        if (is_identity)
          for (std::size_t v = 0; v < count; ++v)
            for (std::size_t k = 0; k < K; ++k)
              result[(first + v) * length + k] = root[k] * g[v * K + k];
        else
          {
            std::fill(sums.begin(), sums.end(), 0.);
            sketch_vectors(K, entries.data(), root.data(), g.data(), sums.data());
            for (std::size_t v = 0; v < count; ++v)
              for (std::size_t i = 0; i < length; ++i)
                result[(first + v) * length + i] = sums[i * sketch_width + v];
          }
        tick();
      }
    return result;
  }

private:
  const LearningProblem     &problem;
  const std::vector<double> &root;
  bool                       is_identity;
  std::size_t                length;
  std::vector<SketchEntry>   entries;
};

/// rows ← rows R⁻¹ for rows [count][padding] and the leading block [n][n] of the upper triangular R, whose rows have `stride`
/// entries. By substitution: the diagonal of R falls by ten powers of ten, and an inverse would lose more than it must.
void divide(std::vector<double> &rows, const std::vector<double> &upper, std::size_t stride, std::size_t n,
            unsigned int padding)
{
  constexpr unsigned int width   = 32;
  constexpr std::size_t  block   = 64;
  const std::size_t      n_parts = (n + width - 1) / width;
  // For each part of the columns: what those before it contribute, and the inverse of the block on the diagonal.
  std::vector<double> before(n_parts * padding * width, 0.), inverse(n_parts * width * width, 0.);
  for (std::size_t part = 0; part < n_parts; ++part)
    {
      const std::size_t first = part * width, size = std::min<std::size_t>(width, n - first);
      for (std::size_t i = 0; i < first; ++i)
        std::copy_n(&upper[i * stride + first], size, &before[(part * padding + i) * width]);
      double *const block_inverse = &inverse[part * width * width];
      for (std::size_t i = size; i-- > 0;)
        {
          block_inverse[i * width + i] = 1.;
          for (std::size_t l = i + 1; l < size; ++l)
            for (std::size_t j = l; j < size; ++j)
              block_inverse[i * width + j] -= upper[(first + i) * stride + first + l] * block_inverse[l * width + j];
          for (std::size_t j = i; j < size; ++j)
            block_inverse[i * width + j] /= upper[(first + i) * stride + first + i];
        }
    }
  std::vector<double> rest(block * width), quotient(block * width);
  for (std::size_t begin = 0; begin < rows.size(); begin += block * padding)
    {
      const std::size_t count = std::min(block, (rows.size() - begin) / padding);
      for (std::size_t part = 0; part < n_parts; ++part)
        {
          const std::size_t first = part * width, size = std::min<std::size_t>(width, n - first);
          project(count, first, width, width, &rows[begin], &before[part * padding * width], rest.data(), padding);
          for (std::size_t k = 0; k < count; ++k)
            for (std::size_t j = 0; j < width; ++j)
              rest[k * width + j] = j < size ? rows[begin + k * padding + first + j] - rest[k * width + j] : 0.;
          project(count, width, width, width, rest.data(), &inverse[part * width * width], quotient.data());
          for (std::size_t k = 0; k < count; ++k)
            std::copy_n(&quotient[k * width], size, &rows[begin + k * padding + first]);
        }
    }
}

/// [n][m] of [m][n].
std::vector<double> transpose(const std::vector<double> &a, std::size_t m, std::size_t n)
{
  std::vector<double> result(n * m);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      result[j * m + i] = a[i * n + j];
  return result;
}

/// aᵀ b for a [count][a_padding], b [count][b_padding], the first n columns of a: [n][b_padding].
std::vector<double> product_of_columns(const std::vector<double> &a, unsigned int a_padding, std::size_t n,
                                       const std::vector<double> &b, unsigned int b_padding)
{
  constexpr std::size_t block = 256;
  const std::size_t     count = b.size() / b_padding;
  std::vector<double>   sum(n * b_padding, 0.), transposed(n * block), part(n * b_padding);
  for (std::size_t first = 0; first < count; first += block)
    {
      const std::size_t size = std::min(block, count - first);
      for (std::size_t k = 0; k < size; ++k)
        for (std::size_t i = 0; i < n; ++i)
          transposed[i * size + k] = a[(first + k) * a_padding + i];
      project(n, size, b_padding, b_padding, transposed.data(), &b[first * b_padding], part.data());
      for (std::size_t i = 0; i < sum.size(); ++i)
        sum[i] += part[i];
    }
  return sum;
}

/// a b for the first n rows of a [n][count] and b [count][padding]: [n][padding]. A few hundred terms at once, so that these
/// rows of b stay in the cache.
std::vector<double> product_of_rows(const std::vector<double> &a, std::size_t n, const std::vector<double> &b,
                                    unsigned int padding)
{
  constexpr std::size_t block = 256;
  const std::size_t     count = b.size() / padding;
  std::vector<double>   sum(n * padding, 0.), part(n * padding);
  for (std::size_t first = 0; first < count; first += block)
    {
      project(n, std::min(block, count - first), padding, padding, &a[first], &b[first * padding], part.data(), count);
      for (std::size_t i = 0; i < sum.size(); ++i)
        sum[i] += part[i];
    }
  return sum;
}

/// Makes the columns of rows [count][padding] orthonormal, n of them, which must be nearly so already. What rounding leaves is
/// the square of the condition number times as large, so that a second pass may be needed. Returns n, or how many columns come
/// before the first one that is a combination of them; the others are zero then.
std::size_t orthonormalise(std::vector<double> &rows, std::size_t n, unsigned int padding, unsigned int n_passes)
{
  for (unsigned int pass = 0; pass < n_passes; ++pass)
    {
      const std::vector<double> gram = product_of_columns(rows, padding, n, rows, padding);
      const std::size_t         size = n;
      std::vector<double>       upper(size * size, 0.);
      for (std::size_t i = 0; i < n; ++i)
        {
          double *const row = &upper[i * size];
          std::copy_n(&gram[i * padding] + i, n - i, row + i);
          for (std::size_t l = 0; l < i; ++l)
            for (std::size_t j = i; j < n; ++j)
              row[j] -= upper[l * size + i] * upper[l * size + j];
          if (!(row[i] > 1e-12))
            {
              n = i;
              break;
            }
          const double diagonal = std::sqrt(row[i]);
          for (std::size_t j = i; j < n; ++j)
            row[j] /= diagonal;
        }
      divide(rows, upper, size, n, padding);
      for (std::size_t k = 0; n < size && k < rows.size(); k += padding)
        std::fill(&rows[k] + n, &rows[k] + size, 0.);
    }
  return n;
}
} // namespace

double Thinning::memory(const std::size_t n_nodes)
{
  // Q and Q trimmed, the features of a few pivots twice, sketch and its sums.
  return static_cast<double>(n_nodes) * (8. * (2. * max_columns + 3. * chunk) + sizeof(SketchEntry)) +
         8. * max_pivots * (4. * 4096. + 12. * max_pivots);
}

Thinning::Thinning(const LearningProblem &learning_problem, const std::vector<double> &samples,
                   const RandomPoints &random_points, const double tolerance, Progress *const progress)
  : problem(learning_problem)
  , n_nodes(learning_problem.n_nodes())
  , tick([progress] {
    if (progress != nullptr)
      progress->update(0., {{"preparing", "features"}});
  })
  , root(n_nodes)
{
  for (std::size_t k = 0; k < n_nodes; ++k)
    root[k] = std::sqrt(problem.weights()[k]);
  find_pivots(samples, random_points, tolerance);
  if (n_pivots == 0)
    return;
  make_basis();
  append_targets();
  choose_nodes();
  interpolate();
}

void Thinning::find_pivots(const std::vector<double> &samples, const RandomPoints &random_points, const double tolerance)
{
  // The kernel has twice the error of c, and points that no round has looked at have a few times that of those it has.
  const double        limit   = std::max(0.05 * tolerance, 1e-13);
  const std::size_t   n_omega = problem.n_feature_parameters();
  const std::size_t   most    = std::min(max_pivots, n_nodes);
  const Sketch        sketch(problem, root, 2 * most);
  PivotedDirections   directions(sketch.size());
  std::vector<double> sketches_of_pivots;
  double              scale = 0.;
  for (std::uint64_t round = 0; round <= max_rounds && directions.size() < most; ++round)
    {
      const std::vector<double> points   = round == 0 ? samples :
                                                        random_points(round, std::max<std::size_t>(400, directions.size()));
      const std::vector<double> sketches = sketch(points, tick), norms = norms_of(sketches, sketch.size());
      scale                                = std::max(scale, *std::max_element(norms.begin(), norms.end()));
      const std::vector<std::size_t> found = directions.extend(sketches, (round == 0 ? 1. : 2.) * limit * scale, most, tick);
      for (const std::size_t i : found)
        {
          pivots.insert(pivots.end(), &points[i * n_omega], &points[i * n_omega] + n_omega);
          sketches_of_pivots.insert(sketches_of_pivots.end(), &sketches[i * sketch.size()],
                                    &sketches[i * sketch.size()] + sketch.size());
        }
      // Among many directions a few are always missing.
      if (50 * found.size() <= directions.size())
        break;
    }
  // Once more among the pivots alone, since those that random points brought may be longer than many before them.
  PivotedDirections   ordered(sketch.size());
  std::vector<double> unordered;
  unordered.swap(pivots);
  const std::vector<std::size_t> order = ordered.extend(sketches_of_pivots, 0., directions.size(), tick);
  n_pivots                             = order.size();
  factor.assign(n_pivots * n_pivots, 0.);
  for (std::size_t j = 0; j < n_pivots; ++j)
    {
      pivots.insert(pivots.end(), &unordered[order[j] * n_omega], &unordered[order[j] * n_omega] + n_omega);
      for (std::size_t i = 0; i <= j; ++i)
        factor[i * n_pivots + j] = ordered.dot(i, &sketches_of_pivots[order[j] * sketch.size()]);
      // Q may miss a part of what the modes may.
      if (factor[j * n_pivots + j] > 0.3 * std::sqrt(tolerance) * scale)
        n = std::min(j + 1, max_columns);
    }
}

void Thinning::for_features_of_pivots(
  std::size_t                                                                                                    n_used,
  const std::function<void(std::size_t, std::size_t, const std::vector<double> &, const std::vector<double> &)> &use) const
{
  const std::size_t   n_omega = problem.n_feature_parameters();
  std::vector<double> g(chunk * n_nodes), rows(n_nodes * chunk, 0.);
  for (std::size_t first = 0; first < n_used; first += chunk)
    {
      const std::size_t count = std::min(chunk, n_used - first);
      problem.features(static_cast<unsigned int>(count), &pivots[first * n_omega], g.data(), nullptr);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < n_nodes; ++k)
          g[i * n_nodes + k] *= root[k];
      for (std::size_t k = 0; k < n_nodes; ++k)
        for (std::size_t i = 0; i < count; ++i)
          rows[k * chunk + i] = g[i * n_nodes + k];
      use(first, count, rows, g);
      tick();
    }
}

void Thinning::make_basis()
{
  // One column more for the targets.
  padding = projection_padding(static_cast<unsigned int>(n + 1));
  q.assign(n_nodes * padding, 0.);
  for_features_of_pivots(n, [&](std::size_t first, std::size_t count, const std::vector<double> &rows, const auto &) {
    for (std::size_t k = 0; k < n_nodes; ++k)
      std::copy_n(&rows[k * chunk], count, &q[k * padding + first]);
  });
  divide(q, factor, n_pivots, n, padding);
  n = orthonormalise(q, n, padding, 1);
}

void Thinning::append_targets()
{
  std::vector<double> rest(n_nodes);
  double              before = 0., after = 0.;
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      rest[k] = root[k] * problem.targets()[k];
      before += rest[k] * rest[k];
    }
  for (unsigned int pass = 0; pass < 2; ++pass)
    {
      const std::vector<double> c = product_of_columns(rest, 1, 1, q, padding);
      after                       = 0.;
      for (std::size_t k = 0; k < n_nodes; ++k)
        {
          for (std::size_t j = 0; j < n; ++j)
            rest[k] -= c[j] * q[k * padding + j];
          after += rest[k] * rest[k];
        }
    }
  if (!(after > 1e-24 * before))
    return; // round-off
  for (std::size_t k = 0; k < n_nodes; ++k)
    q[k * padding + n] = rest[k] / std::sqrt(after);
  ++n;
}

void Thinning::choose_nodes()
{
  // |(W G R⁻¹)_k|² up to a few ten percent, from products with random vectors.
  constexpr unsigned int n_vectors = 16;
  const unsigned int     all       = projection_padding(static_cast<unsigned int>(n_pivots));
  CounterRandom          random(0, RandomPurpose::node_sketch, 1);
  std::vector<double>    mixed(all * n_vectors, 0.);
  for (std::size_t i = n_pivots; i-- > 0;)
    for (unsigned int v = 0; v < n_vectors; ++v)
      {
        double sum = random.normal() / std::sqrt(static_cast<double>(n_vectors));
        for (std::size_t j = i + 1; j < n_pivots; ++j)
          sum -= factor[i * n_pivots + j] * mixed[j * n_vectors + v];
        mixed[i * n_vectors + v] = sum / factor[i * n_pivots + i];
      }
  std::vector<double> products(n_nodes * n_vectors, 0.), part(n_nodes * n_vectors);
  of_pivots.assign(all * padding, 0.);
  for_features_of_pivots(
    n_pivots, [&](std::size_t first, std::size_t count, const std::vector<double> &rows, const std::vector<double> &features) {
      std::vector<double> factors(chunk * n_vectors, 0.);
      std::copy_n(&mixed[first * n_vectors], count * n_vectors, factors.begin());
      project(n_nodes, chunk, n_vectors, n_vectors, rows.data(), factors.data(), part.data());
      for (std::size_t i = 0; i < products.size(); ++i)
        products[i] += part[i];
      // While these features are there.
      const std::vector<double> on_basis = product_of_rows(features, count, q, padding);
      std::copy(on_basis.begin(), on_basis.end(), &of_pivots[first * padding]);
    });

  std::vector<double> leverage(n_nodes, 0.);
  for (unsigned int k = 0; k < n_nodes; ++k)
    for (unsigned int v = 0; v < n_vectors; ++v)
      leverage[k] += products[k * n_vectors + v] * products[k * n_vectors + v];

  // Candidates: the nodes of most leverage, and as many others drawn without replacement (Efraimidis, Spirakis, Inf. Process.
  // Lett. 97, 2006).
  std::vector<std::pair<double, unsigned int>> order;
  for (unsigned int k = 0; k < n_nodes; ++k)
    if (leverage[k] > 0.)
      order.emplace_back(-leverage[k], k);
  const std::size_t half = std::min(order.size(), 2 * n_pivots);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(half), order.end());
  CounterRandom waiting(0, RandomPurpose::node_sketch, 2);
  for (std::size_t i = half; i < order.size(); ++i)
    order[i].first = std::log(waiting.uniform()) / order[i].first;
  const std::size_t n_candidates = std::min(order.size(), 2 * half);
  std::partial_sort(order.begin() + static_cast<std::ptrdiff_t>(half),
                    order.begin() + static_cast<std::ptrdiff_t>(n_candidates), order.end());
  std::vector<unsigned int> candidates;
  for (std::size_t i = 0; i < n_candidates; ++i)
    candidates.push_back(order[i].second);

  // Pivots among the rows of W G R⁻¹, and as many of the candidates that were drawn.
  std::vector<double> rows = rows_of_pivots(candidates);
  std::vector<bool>   taken(n_candidates, false);
  for (const std::size_t i : PivotedDirections(all).extend(rows, 0., n_pivots, tick))
    taken[i] = true;
  std::size_t others = n_pivots;
  for (std::size_t i = n_candidates; i-- > 0 && others > 0;)
    if (!taken[i])
      {
        taken[i] = true;
        --others;
      }
  for (std::size_t i = 0; i < n_candidates; ++i)
    if (taken[i])
      chosen.push_back(candidates[i]);
  std::sort(chosen.begin(), chosen.end());
  features_of_chosen = problem.features_of(chosen);
}

std::vector<double> Thinning::rows_of_pivots(const std::vector<unsigned int> &nodes) const
{
  const unsigned int  all = projection_padding(static_cast<unsigned int>(n_pivots));
  std::vector<double> g(n_pivots * nodes.size()), rows(nodes.size() * all, 0.);
  problem.features_of(nodes)(static_cast<unsigned int>(n_pivots), pivots.data(), g.data(), nullptr);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (std::size_t j = 0; j < n_pivots; ++j)
      rows[i * all + j] = root[nodes[i]] * g[j * nodes.size() + i];
  divide(rows, factor, n_pivots, n_pivots, all);
  return rows;
}

void Thinning::interpolate()
{
  // With W G_S R⁻¹ = Q_S U, least squares over S are c = (Qᵀ W G R⁻¹ U⁻¹) (Q_Sᵀ W g_S).
  const unsigned int        all    = projection_padding(static_cast<unsigned int>(n_pivots));
  const std::size_t         m      = chosen.size();
  const std::vector<double> scaled = rows_of_pivots(chosen);
  std::vector<double>       rows   = scaled;
  // Features with kinks may have directions that the chosen nodes do not see.
  const std::size_t n_seen = orthonormalise(rows, n_pivots, all, 2);
  tick();
  std::vector<double> functionals = transpose(of_pivots, all, padding);
  divide(functionals, factor, n_pivots, n_seen, all);
  divide(functionals, product_of_columns(rows, all, n_seen, scaled, all), all, n_seen, all);
  p.assign(m * padding, 0.);
  project(m, all, padding, padding, rows.data(), transpose(functionals, padding, all).data(), p.data());
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < padding; ++j)
      p[i * padding + j] *= root[chosen[i]];
}

std::vector<double> Thinning::coefficients(const std::vector<double> &points) const
{
  const std::size_t   n_omega = problem.n_feature_parameters(), n_points = points.size() / n_omega;
  std::vector<double> g(chunk * chosen.size()), result(n_points * n);
  for (std::size_t first = 0; first < n_points; first += chunk)
    {
      const std::size_t count = std::min(chunk, n_points - first);
      features_of_chosen(static_cast<unsigned int>(count), &points[first * n_omega], g.data(), nullptr);
      project(count, chosen.size(), static_cast<unsigned int>(n), padding, g.data(), p.data(), &result[first * n]);
    }
  return result;
}
} // namespace rhoflow
