#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/ranks.h>
#include <solvers/comparison/bootstrap.h>
#include <solvers/comparison/distances.h>
#include <solvers/comparison/transport.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace rhoflow
{
Distances::Distances(unsigned int space_dimension, unsigned int n_directions, unsigned int bins)
  : dimension(space_dimension)
  , n_bins(bins)
{
  if (dimension == 0 || dimension > 3)
    throw std::logic_error("Distances: one to three coordinates");
  for (unsigned int i = 0; i < dimension; ++i)
    for (unsigned int j = 0; j < dimension; ++j)
      vectors.push_back(i == j ? 1. : 0.);
  const double pi = 3.14159265358979323846;
  // On the line there is one direction; on the half circle equal angles; on the half sphere a Fibonacci lattice.
  for (unsigned int l = 0; l < (dimension == 1 ? 1 : n_directions); ++l)
    if (dimension == 1)
      vectors.push_back(1.);
    else if (dimension == 2)
      {
        const double angle = pi * (l + .5) / n_directions;
        vectors.insert(vectors.end(), {std::cos(angle), std::sin(angle)});
      }
    else
      {
        const double height = (l + .5) / n_directions, radius = std::sqrt(1. - height * height);
        const double angle = pi * (3. - std::sqrt(5.)) * l;
        vectors.insert(vectors.end(), {radius * std::cos(angle), radius * std::sin(angle), height});
      }
}

namespace
{
constexpr double unit_mass = 0x1.0p50;

/// x to the nearest integer, |x| < 2^51, in three instructions.
std::int64_t rounded(double x)
{
  constexpr double shift   = 0x1.8p52;
  const double     shifted = x + shift;
  std::int64_t     bits, shift_bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  std::memcpy(&shift_bits, &shift, sizeof bits);
  return bits - shift_bits;
}

const std::vector<double> none;

struct PreparedMeasure
{
  const std::vector<double> &points, &weights, &extents;
  std::size_t                n;
  unsigned int               dimension;
  double                     scale;          ///< unit_mass / total weight
  std::vector<double>        half_diagonals; ///< of boxes, [n]; empty for points

  PreparedMeasure(const std::vector<double> &given_points, const std::vector<double> &given_weights,
                  const std::vector<double> &given_extents, unsigned int space_dimension, MPI_Comm communicator)
    : points(given_points)
    , weights(given_weights)
    , extents(given_extents)
    , n(given_points.size() / space_dimension)
    , dimension(space_dimension)
  {
    if ((!weights.empty() && weights.size() != n) || (!extents.empty() && extents.size() != n * dimension))
      throw std::logic_error("Distances: weights or extents do not belong to these points");
    ExactSum sum;
    for (std::size_t i = 0; i < n; ++i)
      sum.add(weight(i));
    scale = unit_mass / global_sum(sum, communicator);
    if (!extents.empty())
      for (std::size_t i = 0; i < n; ++i)
        {
          double square = 0.;
          for (unsigned int d = 0; d < dimension; ++d)
            square += extents[i * dimension + d] * extents[i * dimension + d];
          half_diagonals.push_back(.5 * std::sqrt(square));
        }
  }

  double weight(std::size_t i) const { return weights.empty() ? 1. : weights[i]; }

  double center(std::size_t i, const double *direction) const
  {
    double sum = 0.;
    for (unsigned int d = 0; d < dimension; ++d)
      sum += points[i * dimension + d] * direction[d];
    return sum;
  }

  /// Of the interval that stands for the box.
  double width(std::size_t i, const double *direction) const
  {
    if (extents.empty())
      return 0.;
    double sum = 0.;
    for (unsigned int d = 0; d < dimension; ++d)
      {
        const double part = extents[i * dimension + d] * direction[d];
        sum += part * part;
      }
    return std::sqrt(sum);
  }
};

/// A distribution function F on a grid by the differences of its means A_b over the bins: A_b − A_{b−1} = jumps[b] + Σ_{c ≤ b}
/// slopes[c]. Positions count bins from the lower end.
struct Deposit
{
  explicit Deposit(unsigned int bins)
    : n_bins(bins)
    , jumps(bins + 2, 0)
    , slopes(bins + 2, 0)
  {}

  std::size_t bin(double position) const { return std::min<std::size_t>(static_cast<std::size_t>(position), n_bins - 1); }

  /// Mass at a point of bin j: the part of the bin behind it goes into A_j.
  void add_point(double position, double mass, std::int64_t total)
  {
    const std::size_t  j    = bin(position);
    const std::int64_t next = rounded(mass * (position - static_cast<double>(j)));
    jumps[j] += total - next;
    jumps[j + 1] += next;
  }

  /// Mass spread evenly over an interval.
  void add_interval(double start, double width, double mass)
  {
    if (width >= 1.)
      {
        const double       density = mass / width;
        const std::int64_t total   = rounded(density);
        add_kink(start, density, total, 1);
        add_kink(start + width, density, total, -1);
        return;
      }
    // In the bins on both sides of a node: inside one bin an interval acts as a point in its middle.
    const double       end   = start + width;
    const std::size_t  split = bin(end);
    const std::int64_t total = rounded(mass);
    if (bin(start) == split)
      add_point(start + .5 * width, mass, total);
    else
      {
        const double       node  = static_cast<double>(split);
        const double       left  = mass * ((node - start) / width);
        const std::int64_t share = rounded(left);
        add_point(.5 * (start + node), left, share);
        add_point(.5 * (node + end), mass - left, total - share);
      }
  }

  /// From here on F has a slope that is larger by `density` a bin. The second differences of the bins' means of ½ (x − z)₊² are
  /// f²/2, f + ½ − f², (1 − f)²/2, with the part f of the bin behind z.
  void add_kink(double position, double density, std::int64_t total, int sign)
  {
    const std::size_t  j     = bin(position);
    const double       f     = static_cast<double>(j + 1) - position;
    const std::int64_t first = rounded(.5 * density * f * f), last = rounded(.5 * density * (1. - f) * (1. - f));
    slopes[j] += sign * first;
    slopes[j + 1] += sign * (total - first - last);
    slopes[j + 2] += sign * last;
  }

  unsigned int              n_bins;
  std::vector<std::int64_t> jumps, slopes;
};

/// The straight lines through the means of F over the bins, at their middles, in units of bins.
struct GridLine : DistributionLine
{
  explicit GridLine(unsigned int bins)
  {
    for (unsigned int b = 0; b < bins + 2; ++b)
      x.push_back(b - .5);
    F.assign(bins + 2, 0.);
    F.back() = 1.;
  }
  /// In the order of the bins: means that fall by round-off do not.
  void set(unsigned int bin, double mean) { F[bin + 1] = std::min(std::max(mean, F[bin]), 1.); }
};

/// Ends of the grids on all ranks that cover the measures: lower ends [projections], then bins' widths [projections].
std::vector<double> make_grids(const std::vector<const PreparedMeasure *> &measures, const std::vector<double> &directions,
                               unsigned int dimension, unsigned int n_bins, MPI_Comm communicator)
{
  const std::size_t   n_projections = directions.size() / dimension;
  std::vector<double> ends(2 * n_projections, std::numeric_limits<double>::infinity()); // the upper ones negated
  for (std::size_t l = 0; l < n_projections; ++l)
    for (const PreparedMeasure *measure : measures)
      for (std::size_t i = 0; i < measure->n; ++i)
        if (measure->weight(i) > 0.)
          {
            const double *const direction = directions.data() + l * dimension;
            // Most boxes lie too far inside to reach an end, whatever the direction.
            const double x     = measure->center(i, direction);
            const double reach = measure->half_diagonals.empty() ? 0. : 1.001 * measure->half_diagonals[i];
            if (x - reach < ends[l] || -x - reach < ends[n_projections + l])
              {
                const double half       = .5 * measure->width(i, direction);
                ends[l]                 = std::min(ends[l], x - half);
                ends[n_projections + l] = std::min(ends[n_projections + l], -x - half);
              }
          }
  MPI_Allreduce(MPI_IN_PLACE, ends.data(), static_cast<int>(ends.size()), MPI_DOUBLE, MPI_MIN, communicator);
  for (std::size_t l = 0; l < n_projections; ++l)
    ends[n_projections + l] = (-ends[n_projections + l] - ends[l]) / n_bins;
  return ends;
}
} // namespace

Distances::Result Distances::collect(const std::vector<Projection> &projections) const
{
  Result       result;
  double       squares = 0., squares_w2 = 0.;
  const double share = 1. / (n_projections() - dimension);
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      const Projection &projection = projections[l];
      if (l < dimension)
        {
          result.coordinates.push_back(projection.w1);
          result.coordinates_w2.push_back(projection.w2);
        }
      else
        {
          result.sliced += share * projection.w1;
          squares_w2 += share * projection.w2 * projection.w2;
          squares += share * projection.squares;
        }
      result.resolution = std::max(result.resolution, projection.width);
    }
  const double length_of_projections[] = {1., .5 * 3.14159265358979323846, 2.};
  result.sliced_w2                     = std::sqrt(squares_w2);
  result.energy                        = std::sqrt(2. * length_of_projections[dimension - 1] * squares);
  return result;
}

Distances::Result Distances::between(const std::vector<double> &points, const std::vector<double> &weights,
                                     const std::vector<double> &extents, const std::vector<double> &other_points,
                                     const std::vector<double> &other_weights, MPI_Comm communicator) const
{
  return between({points, weights, extents}, {other_points, other_weights, {}}, communicator);
}

Distances::Result Distances::between(const Measure &one, const Measure &other_one, MPI_Comm communicator) const
{
  const PreparedMeasure     first(one.points, one.weights, one.extents, dimension, communicator);
  const PreparedMeasure     second(other_one.points, other_one.weights, other_one.extents, dimension, communicator);
  const std::vector<double> grids = make_grids({&first, &second}, vectors, dimension, n_bins, communicator);

  // Differences of the bins' means; sums of integers may be taken before and after the reduction alike.
  const std::size_t         n_values = std::size_t(n_projections()) * n_bins;
  std::vector<std::int64_t> differences(2 * n_values);
  for (const PreparedMeasure *const measure : {&first, &second})
    for (unsigned int l = 0; l < n_projections(); ++l)
      {
        const double *const direction = vectors.data() + std::size_t(l) * dimension;
        const double        lower = grids[l], h = grids[n_projections() + l], per_bin = h > 0. ? 1. / h : 0.;
        Deposit             deposit(n_bins);
        for (std::size_t i = 0; i < measure->n; ++i)
          if (const double weight = measure->weight(i); weight > 0.)
            {
              const double width = measure->width(i, direction);
              const double start = measure->center(i, direction) - .5 * width - lower;
              deposit.add_interval(std::max(start, 0.) * per_bin, width * per_bin, weight * measure->scale);
            }
        std::int64_t        slope = 0;
        std::int64_t *const entry = differences.data() + (measure == &first ? 0 : n_values) + std::size_t(l) * n_bins;
        for (unsigned int b = 0; b < n_bins; ++b)
          {
            slope += deposit.slopes[b];
            entry[b] = deposit.jumps[b] + slope;
          }
      }
  MPI_Allreduce(MPI_IN_PLACE, differences.data(), static_cast<int>(differences.size()), MPI_INT64_T, MPI_SUM, communicator);

  std::vector<Projection> projections(n_projections());
  GridLine                line(n_bins), other_line(n_bins);
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      const std::int64_t *const entry = differences.data() + std::size_t(l) * n_bins, *const other = entry + n_values;
      Projection &projection = projections[l];
      projection.width       = grids[n_projections() + l];
      std::int64_t mass = 0, other_mass = 0;
      for (unsigned int b = 0; b < n_bins; ++b)
        {
          mass += entry[b];
          other_mass += other[b];
          const double difference = static_cast<double>(mass - other_mass) / unit_mass;
          projection.w1 += std::abs(difference);
          projection.squares += difference * difference;
          line.set(b, static_cast<double>(mass) / unit_mass);
          other_line.set(b, static_cast<double>(other_mass) / unit_mass);
        }
      projection.w1 *= projection.width;
      projection.squares *= projection.width;
      projection.w2 = projection.width * line_distances(line, other_line).w2;
    }
  return collect(projections);
}

Distances::Result Distances::sampling_floor(const std::vector<double> &points, std::size_t sample_size,
                                            MPI_Comm communicator) const
{
  const PreparedMeasure     all(points, none, none, dimension, communicator);
  const std::vector<double> grids    = make_grids({&all}, vectors, dimension, n_bins, communicator);
  const std::size_t         n_values = std::size_t(n_projections()) * n_bins;

  // Σ_r F_r and Σ_r F_r² in integers; a sample is on one rank and may be summed there in doubles.
  constexpr double          unit = 0x1.0p22;
  std::vector<std::int64_t> sums(2 * n_values + 1, 0);
  std::vector<double>       jumps(n_bins + 1);
  sums.back() = static_cast<std::int64_t>(all.n / sample_size);
  for (std::size_t first = 0; first + sample_size <= all.n; first += sample_size)
    for (unsigned int l = 0; l < n_projections(); ++l)
      {
        const double h = grids[n_projections() + l], per_bin = h > 0. ? 1. / h : 0.;
        std::fill(jumps.begin(), jumps.end(), 0.);
        for (std::size_t i = first; i < first + sample_size; ++i)
          {
            const double      position = (all.center(i, vectors.data() + std::size_t(l) * dimension) - grids[l]) * per_bin;
            const std::size_t j        = std::min<std::size_t>(static_cast<std::size_t>(position), n_bins - 1);
            const double      next     = position - static_cast<double>(j);
            jumps[j] += 1. - next;
            jumps[j + 1] += next;
          }
        double              cumulative = 0.;
        std::int64_t *const entry      = sums.data() + 2 * std::size_t(l) * n_bins;
        for (unsigned int b = 0; b < n_bins; ++b)
          {
            cumulative += jumps[b];
            const std::int64_t value = rounded(cumulative * (unit / static_cast<double>(sample_size)));
            entry[2 * b] += value;
            entry[2 * b + 1] += value * value;
          }
      }
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_INT64_T, MPI_SUM, communicator);

  const double R = static_cast<double>(sums.back());
  if (R < 2.)
    throw std::logic_error("Distances: the spread over samples needs two of them");
  const double            pi     = 3.14159265358979323846;
  const double            c4     = std::sqrt(2. / (R - 1.)) * std::exp(std::lgamma(.5 * R) - std::lgamma(.5 * (R - 1.)));
  const double            factor = std::sqrt(2. / (pi * R)) / c4 / unit;
  std::vector<Projection> projections(n_projections());
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      double sum = 0., variance = 0.;
      for (std::size_t b = std::size_t(l) * n_bins; b < std::size_t(l + 1) * n_bins; ++b)
        {
          const double total = static_cast<double>(sums[2 * b]), squares = static_cast<double>(sums[2 * b + 1]);
          const double value = std::max(squares - total * total / R, 0.) / (R - 1.);
          sum += std::sqrt(value);
          variance += value;
        }
      projections[l].width   = grids[n_projections() + l];
      projections[l].w1      = factor * sum * projections[l].width;
      projections[l].squares = variance / (R * unit * unit) * projections[l].width;
    }
  return collect(projections);
}

Distances::Bootstrap Distances::bootstrap(const std::vector<double> &points, std::size_t sample_size,
                                          const std::vector<unsigned int> &numbers, unsigned int n_measures,
                                          unsigned int n_resamples, std::uint64_t seed, MPI_Comm communicator) const
{
  const Resampling          resampling(n_measures, seed);
  const unsigned int        G = resampling.n_groups(), bins = std::min(n_bins, 64U);
  const PreparedMeasure     all(points, none, none, dimension, communicator);
  const std::vector<double> grids = make_grids({&all}, vectors, dimension, bins, communicator);

  // What the measures of a group put on the nodes of the grid, in integers.
  constexpr double          unit = 0x1.0p20;
  std::vector<std::int64_t> sums(std::size_t(G) * n_projections() * (bins + 1), 0);
  for (std::size_t r = 0; r < numbers.size(); ++r)
    for (unsigned int l = 0; l < n_projections(); ++l)
      {
        const double        h = grids[n_projections() + l], per_bin = h > 0. ? 1. / h : 0.;
        std::int64_t *const entry = sums.data() +
                                    (std::size_t(resampling.group(numbers[r])) * n_projections() + l) * (bins + 1);
        for (std::size_t i = r * sample_size; i < (r + 1) * sample_size; ++i)
          {
            const double       position = (all.center(i, vectors.data() + std::size_t(l) * dimension) - grids[l]) * per_bin;
            const std::size_t  j        = std::min<std::size_t>(static_cast<std::size_t>(position), bins - 1);
            const std::int64_t next     = rounded(unit * (position - static_cast<double>(j)));
            entry[j] += static_cast<std::int64_t>(unit) - next;
            entry[j + 1] += next;
          }
      }
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_INT64_T, MPI_SUM, communicator);

  // Directions are dealt out to the ranks.
  const std::size_t                n_values = std::size_t(n_resamples) * n_projections();
  std::vector<double>              values(3 * n_values, 0.), masses(G, 0.), functions(G * bins), sum(bins);
  std::vector<std::vector<double>> counts;
  for (unsigned int k = 0; k < n_resamples; ++k)
    counts.push_back(resampling.counts(k));
  for (unsigned int g = 0; g < G; ++g)
    for (unsigned int b = 0; b <= bins; ++b)
      masses[g] += static_cast<double>(sums[std::size_t(g) * n_projections() * (bins + 1) + b]);
  for (unsigned int l = static_cast<unsigned int>(rank_of(communicator)); l < n_projections();
       l += static_cast<unsigned int>(number_of_ranks(communicator)))
    {
      for (unsigned int g = 0; g < G; ++g)
        {
          const std::int64_t *const entry = sums.data() + (std::size_t(g) * n_projections() + l) * (bins + 1);
          std::int64_t              mass  = 0;
          for (unsigned int b = 0; b < bins; ++b)
            {
              mass += entry[b];
              functions[g * bins + b] = static_cast<double>(mass);
            }
        }
      const auto average = [&](const std::vector<double> &times, GridLine &line) {
        double mass = 0.;
        std::fill(sum.begin(), sum.end(), 0.);
        for (unsigned int g = 0; g < G; ++g)
          if (times[g] > 0.)
            {
              mass += times[g] * masses[g];
              for (unsigned int b = 0; b < bins; ++b)
                sum[b] += times[g] * functions[g * bins + b];
            }
        for (unsigned int b = 0; b < bins; ++b)
          line.set(b, sum[b] / mass);
      };
      const double h = grids[n_projections() + l];
      GridLine     line(bins), other_line(bins);
      average(std::vector<double>(G, 1.), line);
      for (unsigned int k = 0; k < n_resamples; ++k)
        {
          average(counts[k], other_line);
          double squares = 0.;
          for (unsigned int b = 0; b < bins; ++b)
            squares += (line.F[b + 1] - other_line.F[b + 1]) * (line.F[b + 1] - other_line.F[b + 1]);
          const TransportDistances distance = line_distances(line, other_line);
          double *const            value    = values.data() + 3 * (std::size_t(k) * n_projections() + l);
          value[0]                          = h * distance.w1;
          value[1]                          = h * distance.w2;
          value[2]                          = h * squares;
        }
    }
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, communicator);

  std::vector<Result> results;
  for (unsigned int k = 0; k < n_resamples; ++k)
    {
      std::vector<Projection> projections(n_projections());
      for (unsigned int l = 0; l < n_projections(); ++l)
        {
          const double *const value = values.data() + 3 * (std::size_t(k) * n_projections() + l);
          projections[l]            = {value[0], value[1], value[2], grids[n_projections() + l]};
        }
      results.push_back(collect(projections));
    }
  Bootstrap  bootstrap = {results.front(), results.front()};
  const auto summarize = [&](const auto &entry) {
    std::vector<double> sample;
    for (Result &result : results)
      sample.push_back(entry(result));
    entry(bootstrap.mean)  = resampling.mean_factor() * mean(sample);
    entry(bootstrap.bound) = resampling.quantile_factor() * order_statistic(sample, .95);
  };
  summarize([](Result &result) -> double & { return result.sliced; });
  summarize([](Result &result) -> double & { return result.sliced_w2; });
  summarize([](Result &result) -> double & { return result.energy; });
  for (unsigned int d = 0; d < dimension; ++d)
    {
      summarize([d](Result &result) -> double & { return result.coordinates[d]; });
      summarize([d](Result &result) -> double & { return result.coordinates_w2[d]; });
    }
  return bootstrap;
}
} // namespace rhoflow
