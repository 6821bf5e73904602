#include <solvers/boltzmann/density_places.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/maximise_dual.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
constexpr unsigned int n_cells[]     = {0, 96, 32, 16};
constexpr double       mass_outside  = 1e-9; ///< of the outermost cells along an axis
constexpr double       mass_left_out = 1e-4; ///< of the snapshots, for which the far tails do not count
constexpr unsigned int max_boxes     = 60;
constexpr double       smallest_gain = 0.9; ///< a box that shrinks by less is kept
constexpr double       growth        = 0.5; ///< of a box on a side where it is too small

/// Features that are good enough to find a place.
std::unique_ptr<MeanField> coarse_field(const LearningProblem &problem, const Domain &box, const MeanFieldParameters &given,
                                        const double compression)
{
  MeanFieldParameters parameters = given;
  parameters.tolerance           = std::max(compression, given.tolerance);
  const auto first               = static_cast<std::ptrdiff_t>(problem.n_parameters() - problem.n_feature_parameters());
  return std::make_unique<MeanField>(problem, std::vector<double>(box.lower.begin() + first, box.lower.end()),
                                     std::vector<double>(box.upper.begin() + first, box.upper.end()), parameters);
}

BoltzmannSolution maximise(const DualProblem &dual, const double beta, std::vector<double> start)
{
  constexpr double       gradient  = 1e-8;
  constexpr unsigned int max_steps = 200;
  return maximise_dual(dual, beta, std::move(start), gradient, max_steps, [](unsigned int, double) {});
}

struct Solved
{
  Measure masses;
  Domain  domain; ///< of the coarse mesh
};

Solved solve(const LearningProblem &problem, Domain box, const MeanFieldParameters &given, const double beta)
{
  constexpr double       compression    = 1e-6;
  constexpr unsigned int nodes_per_cell = 2;
  box.refinement                        = 0;
  box.set_subdivisions(n_cells[box.dimension()]);
  const auto        field = coarse_field(problem, box, given, compression);
  const DualProblem dual(*field, box, nodes_per_cell, MPI_COMM_SELF);
  const auto        solution = maximise(dual, beta, std::vector<double>(field->n_modes(), 0.));
  return {dual.masses(solution.state), box};
}

/// The masses of the cells along an axis.
std::vector<double> marginal(const Solved &solved, const unsigned int axis)
{
  const unsigned int  dim = solved.domain.dimension(), n = solved.domain.subdivisions[axis];
  const double        lower = solved.domain.lower[axis], width = (solved.domain.upper[axis] - lower) / n;
  std::vector<double> cells(n, 0.);
  for (std::size_t i = 0; i < solved.masses.weights.size(); ++i)
    {
      const auto cell = static_cast<unsigned int>((solved.masses.points[i * dim + axis] - lower) / width);
      cells[std::min(cell, n - 1)] += solved.masses.weights[i];
    }
  return cells;
}

/// Grows or shrinks the box along an axis. Returns whether it has changed.
bool fit(const Solved &solved, const unsigned int axis, const bool is_radius, std::vector<double> &lower,
         std::vector<double> &upper)
{
  const std::vector<double> cells = marginal(solved, axis);
  const std::size_t         n     = cells.size();
  const double              from = solved.domain.lower[axis], extent = solved.domain.upper[axis] - from,
               width     = extent / static_cast<double>(n);
  const bool  closed     = is_radius && from == 0.;
  const bool  grow_lower = !closed && cells.front() > mass_outside, grow_upper = cells.back() > mass_outside;
  std::size_t first = 0, last = n;
  while (first < n && cells[first] <= mass_outside)
    ++first;
  while (last > first && cells[last - 1] <= mass_outside)
    --last;
  if (grow_lower || grow_upper)
    {
      lower[axis] = grow_lower ? from - growth * extent : from;
      upper[axis] = from + extent + (grow_upper ? growth * extent : 0.);
      if (is_radius)
        lower[axis] = std::max(lower[axis], 0.);
      return true;
    }
  lower[axis] = closed ? from : from + (static_cast<double>(first) - 1.) * width;
  upper[axis] = from + (static_cast<double>(last) + 1.) * width;
  if (upper[axis] - lower[axis] < smallest_gain * extent)
    return true;
  lower[axis] = from;
  upper[axis] = from + extent;
  return false;
}

void add_snapshot(Measure masses, const std::size_t dim, DensityPlaces &places)
{
  masses.extents.clear();
  drop_light_points(masses, dim, mass_left_out);
  places.snapshots.push_back(std::move(masses));
}
} // namespace

DensityPlaces boltzmann_places(const LearningProblem &problem, const Domain &domain, const MeanFieldParameters &parameters,
                               const std::vector<double> &inverse_temperatures)
{
  const unsigned int dim = problem.n_parameters();
  DensityPlaces      places;
  if (!domain.is_automatic())
    {
      places.lower = domain.lower;
      places.upper = domain.upper;
      for (const double beta : inverse_temperatures)
        add_snapshot(solve(problem, domain, parameters, beta).masses, dim, places);
      return places;
    }
  // A multiple of the box of the initial law is as good as any to begin with.
  PilotFlow start(problem, parameters.weight_decay, 0.);
  places.lower = start.lower;
  places.upper = start.upper;
  for (unsigned int d = 0; d < dim; ++d)
    {
      // Densities are often symmetric around zero.
      const double reach = 2. * std::max(std::abs(places.lower[d]), std::abs(places.upper[d]));
      places.lower[d]    = -reach;
      places.upper[d]    = reach;
    }
  enlarge_to_round_numbers(problem.parameter_names(), places.lower, places.upper);
  std::vector<double> lower = places.lower, upper = places.upper;
  for (const double beta : inverse_temperatures)
    {
      for (unsigned int n_boxes = 0;; ++n_boxes)
        {
          if (n_boxes == max_boxes)
            throw InputError(
              Refusal::missing, "Domain/Lower corner",
              "no box was found outside of which there is less than 1e-9 of the Boltzmann density. Does it exist? "
              "Set 'Mean field/Weight decay', or give both corners of a box.");
          Domain box = domain;
          box.set_box(lower, upper);
          const Solved solved  = solve(problem, box, parameters, beta);
          bool         changed = false;
          for (unsigned int d = 0; d < dim; ++d)
            changed = fit(solved, d, problem.parameter_names()[d] == "r", lower, upper) || changed;
          if (changed)
            continue;
          add_snapshot(solved.masses, dim, places);
          break;
        }
      if (places.snapshots.size() == 1)
        {
          places.lower = lower;
          places.upper = upper;
        }
      for (unsigned int d = 0; d < dim; ++d)
        {
          places.lower[d] = std::min(places.lower[d], lower[d]);
          places.upper[d] = std::max(places.upper[d], upper[d]);
        }
    }
  return places;
}

unsigned int enough_subdivisions(const LearningProblem &problem, Domain box, const MeanFieldParameters &parameters,
                                 const unsigned int nodes_per_cell, const double tolerance)
{
  constexpr double       compression = 1e-8, part = 0.1;
  constexpr unsigned int most[] = {0, 1U << 16, 512, 64};
  const double           beta   = parameters.inverse_temperature;
  const auto             field  = coarse_field(problem, box, parameters, compression);
  std::vector<double>    e(field->n_modes(), 0.);
  for (unsigned int n = n_cells[box.dimension()] / 4;; n *= 2)
    {
      box.set_subdivisions(n);
      const DualProblem dual(*field, box, nodes_per_cell, MPI_COMM_SELF), finer(*field, box, nodes_per_cell + 1, MPI_COMM_SELF);
      const auto        solution = maximise(dual, beta, e);
      e                          = solution.state.e;
      const double difference    = std::abs(finer.evaluate(e, beta, false).log_partition - solution.state.log_partition) / beta;
      const double scale         = problem.n_nodes() == 0 ? 1. / beta : field->risk(solution.state.moments);
      if (difference <= part * tolerance * scale || 2 * n > most[box.dimension()])
        return n;
    }
}
} // namespace rhoflow
