#include <solvers/base/exact_sum.h>
#include <solvers/comparison/distances.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
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
constexpr double unit_mass = 0x1.0p52;

struct Measure
{
  const std::vector<double> &points;
  const std::vector<double> &weights;
  std::size_t                n;
  double                     scale; ///< unit_mass / total weight

  Measure(const std::vector<double> &given_points, const std::vector<double> &given_weights, unsigned int dimension,
          MPI_Comm communicator)
    : points(given_points)
    , weights(given_weights)
    , n(given_points.size() / dimension)
  {
    ExactSum sum;
    for (std::size_t i = 0; i < n; ++i)
      sum.add(weight(i));
    scale = unit_mass / global_sum(sum, communicator);
  }

  double weight(std::size_t i) const { return weights.empty() ? 1. : weights[i]; }
};

double projection(const double *point, const double *direction, unsigned int dimension)
{
  double sum = 0.;
  for (unsigned int i = 0; i < dimension; ++i)
    sum += point[i] * direction[i];
  return sum;
}
} // namespace

Distances::Result Distances::between(const std::vector<double> &points, const std::vector<double> &weights,
                                     const std::vector<double> &other_points, const std::vector<double> &other_weights,
                                     MPI_Comm communicator) const
{
  const Measure      measures[2]   = {Measure(points, weights, dimension, communicator),
                                      Measure(other_points, other_weights, dimension, communicator)};
  const unsigned int n_projections = static_cast<unsigned int>(vectors.size() / dimension);

  // Ends of the grids, the upper ones negated.
  std::vector<double> ends(2 * n_projections, std::numeric_limits<double>::infinity());
  for (const Measure &measure : measures)
    for (std::size_t i = 0; i < measure.n; ++i)
      if (measure.weight(i) > 0.)
        for (unsigned int l = 0; l < n_projections; ++l)
          {
            const double x = projection(measure.points.data() + i * dimension, vectors.data() + l * dimension, dimension);
            ends[l]        = std::min(ends[l], x);
            ends[n_projections + l] = std::min(ends[n_projections + l], -x);
          }
  MPI_Allreduce(MPI_IN_PLACE, ends.data(), static_cast<int>(ends.size()), MPI_DOUBLE, MPI_MIN, communicator);

  // Mass of the first measure minus that of the second at every point of the grids.
  const std::size_t         n_nodes = std::size_t(n_bins) + 1;
  std::vector<std::int64_t> difference(n_projections * n_nodes, 0);
  std::vector<double>       width(n_projections);
  for (unsigned int l = 0; l < n_projections; ++l)
    width[l] = (-ends[n_projections + l] - ends[l]) / n_bins;
  for (int sign = 1, m = 0; m < 2; ++m, sign = -1)
    for (std::size_t i = 0; i < measures[m].n; ++i)
      if (const double weight = measures[m].weight(i); weight > 0.)
        {
          const double       mass  = weight * measures[m].scale;
          const std::int64_t total = std::llround(mass);
          for (unsigned int l = 0; l < n_projections; ++l)
            {
              const double x =
                projection(measures[m].points.data() + i * dimension, vectors.data() + l * dimension, dimension) - ends[l];
              const double       position = (width[l] > 0. ? x / width[l] : 0.);
              const std::size_t  below    = std::min<std::size_t>(static_cast<std::size_t>(position), n_bins - 1);
              const std::int64_t above    = std::llround(mass * (position - static_cast<double>(below)));
              difference[l * n_nodes + below] += sign * (total - above);
              difference[l * n_nodes + below + 1] += sign * above;
            }
        }
  MPI_Allreduce(MPI_IN_PLACE, difference.data(), static_cast<int>(difference.size()), MPI_INT64_T, MPI_SUM, communicator);

  Result result;
  for (unsigned int l = 0; l < n_projections; ++l)
    {
      std::int64_t cumulative = 0;
      double       sum        = 0.;
      for (unsigned int b = 0; b < n_bins; ++b)
        {
          cumulative += difference[l * n_nodes + b];
          sum += std::abs(static_cast<double>(cumulative)) / unit_mass;
        }
      const double distance = sum * width[l];
      if (l < dimension)
        result.coordinates.push_back(distance);
      else
        result.sliced += distance / (n_projections - dimension);
      result.resolution = std::max(result.resolution, width[l]);
    }
  return result;
}
} // namespace rhoflow
