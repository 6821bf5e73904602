#include <solvers/base/exact_sum.h>
#include <solvers/comparison/distances.h>

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

struct Measure
{
  const std::vector<double> &points, &weights, &extents;
  std::size_t                n;
  unsigned int               dimension;
  double                     scale; ///< unit_mass / total weight

  Measure(const std::vector<double> &given_points, const std::vector<double> &given_weights,
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
    const std::size_t  j = bin(position);
    const double       f = static_cast<double>(j + 1) - position;
    const std::int64_t first = rounded(.5 * density * f * f), last = rounded(.5 * density * (1. - f) * (1. - f));
    slopes[j] += sign * first;
    slopes[j + 1] += sign * (total - first - last);
    slopes[j + 2] += sign * last;
  }

  unsigned int              n_bins;
  std::vector<std::int64_t> jumps, slopes;
};

/// Ends of the grids on all ranks that cover the measures: lower ends [projections], then bins' widths [projections].
std::vector<double> make_grids(const std::vector<const Measure *> &measures, const std::vector<double> &directions,
                               unsigned int dimension, unsigned int n_bins, MPI_Comm communicator)
{
  const std::size_t   n_projections = directions.size() / dimension;
  std::vector<double> ends(2 * n_projections, std::numeric_limits<double>::infinity()); // the upper ones negated
  for (std::size_t l = 0; l < n_projections; ++l)
    for (const Measure *measure : measures)
      for (std::size_t i = 0; i < measure->n; ++i)
        if (measure->weight(i) > 0.)
          {
            const double *const direction = directions.data() + l * dimension;
            const double        x = measure->center(i, direction), half = .5 * measure->width(i, direction);
            ends[l]                 = std::min(ends[l], x - half);
            ends[n_projections + l] = std::min(ends[n_projections + l], -x - half);
          }
  MPI_Allreduce(MPI_IN_PLACE, ends.data(), static_cast<int>(ends.size()), MPI_DOUBLE, MPI_MIN, communicator);
  for (std::size_t l = 0; l < n_projections; ++l)
    ends[n_projections + l] = (-ends[n_projections + l] - ends[l]) / n_bins;
  return ends;
}
} // namespace

Distances::Result Distances::collect(const std::vector<double> &distances, const std::vector<double> &widths) const
{
  Result result;
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      if (l < dimension)
        result.coordinates.push_back(distances[l]);
      else
        result.sliced += distances[l] / (n_projections() - dimension);
      result.resolution = std::max(result.resolution, widths[l]);
    }
  return result;
}

Distances::Result Distances::between(const std::vector<double> &points, const std::vector<double> &weights,
                                     const std::vector<double> &extents, const std::vector<double> &other_points,
                                     const std::vector<double> &other_weights, MPI_Comm communicator) const
{
  const Measure             first(points, weights, extents, dimension, communicator);
  const Measure             second(other_points, other_weights, none, dimension, communicator);
  const std::vector<double> grids = make_grids({&first, &second}, vectors, dimension, n_bins, communicator);

  // First minus second. Sums of integers may be taken before and after the reduction alike.
  std::vector<std::int64_t> difference(std::size_t(n_projections()) * n_bins);
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      const double *const direction = vectors.data() + std::size_t(l) * dimension;
      const double        lower = grids[l], h = grids[n_projections() + l], per_bin = h > 0. ? 1. / h : 0.;
      Deposit             deposit(n_bins);
      for (const Measure *const measure : {&first, &second})
        {
          const double sign = (measure == &first ? 1. : -1.);
          for (std::size_t i = 0; i < measure->n; ++i)
            if (const double weight = measure->weight(i); weight > 0.)
              {
                const double width = measure->width(i, direction);
                const double start = measure->center(i, direction) - .5 * width - lower;
                deposit.add_interval(std::max(start, 0.) * per_bin, width * per_bin, sign * weight * measure->scale);
              }
        }
      std::int64_t slope = 0;
      for (unsigned int b = 0; b < n_bins; ++b)
        {
          slope += deposit.slopes[b];
          difference[std::size_t(l) * n_bins + b] = deposit.jumps[b] + slope;
        }
    }
  MPI_Allreduce(MPI_IN_PLACE, difference.data(), static_cast<int>(difference.size()), MPI_INT64_T, MPI_SUM, communicator);

  std::vector<double> distances, widths(grids.begin() + n_projections(), grids.end());
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      std::int64_t cumulative = 0;
      double       sum        = 0.;
      for (unsigned int b = 0; b < n_bins; ++b)
        {
          cumulative += difference[std::size_t(l) * n_bins + b];
          sum += std::abs(static_cast<double>(cumulative)) / unit_mass;
        }
      distances.push_back(sum * widths[l]);
    }
  return collect(distances, widths);
}

Distances::Result Distances::sampling_floor(const std::vector<double> &points, std::size_t sample_size,
                                            MPI_Comm communicator) const
{
  const Measure             all(points, none, none, dimension, communicator);
  const std::vector<double> grids = make_grids({&all}, vectors, dimension, n_bins, communicator);
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
  const double        pi = 3.14159265358979323846;
  const double        c4 = std::sqrt(2. / (R - 1.)) * std::exp(std::lgamma(.5 * R) - std::lgamma(.5 * (R - 1.)));
  const double        factor = std::sqrt(2. / (pi * R)) / c4 / unit;
  std::vector<double> distances, widths(grids.begin() + n_projections(), grids.end());
  for (unsigned int l = 0; l < n_projections(); ++l)
    {
      double sum = 0.;
      for (std::size_t b = std::size_t(l) * n_bins; b < std::size_t(l + 1) * n_bins; ++b)
        {
          const double total = static_cast<double>(sums[2 * b]), squares = static_cast<double>(sums[2 * b + 1]);
          sum += std::sqrt(std::max(squares - total * total / R, 0.) / (R - 1.));
        }
      distances.push_back(factor * sum * widths[l]);
    }
  return collect(distances, widths);
}
} // namespace rhoflow
