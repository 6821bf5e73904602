#include <postprocess/records/snapshots.h>

#include <solvers/base/error.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rhoflow
{
namespace
{
const TimeStep *at_time(const std::vector<TimeStep> &steps, const double time)
{
  for (const TimeStep &step : steps)
    if (std::abs(step.time - time) <= 1e-9 * std::max(1., std::abs(time)))
      return &step;
  return nullptr;
}

/// The interval of weighted values that leaves out `tail` at either end.
std::array<double, 2> central_interval(const std::vector<double> &values, const std::vector<double> &weights, double tail)
{
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  const double          total = weights.empty() ? static_cast<double>(values.size()) :
                                                  std::accumulate(weights.begin(), weights.end(), 0.);
  double                sum   = 0;
  std::array<double, 2> result{{values[order.front()], values[order.back()]}};
  for (const std::size_t i : order)
    {
      const double before = sum;
      sum += weights.empty() ? 1. : weights[i];
      if (before <= tail * total && sum > tail * total)
        result[0] = values[i];
      if (before < (1 - tail) * total && sum >= (1 - tail) * total)
        result[1] = values[i];
    }
  return result;
}
} // namespace

SnapshotSeries::SnapshotSeries(const RunRecord &record, std::vector<std::string> &complaints)
  : run(record)
  , warnings(complaints)
{
  const auto &steps = !run.density.empty() ? run.density : !run.points.empty() ? run.points : run.particles;
  for (const TimeStep &step : steps)
    when.push_back(step.time);
  if (!run.traits.has_time())
    name_of_time = "β";
  for (unsigned int i = 0; i < when.size() && dim == 0; ++i)
    if (const auto first = load(i))
      dim = first->density ? first->density->dimension() :
                             static_cast<unsigned int>(std::min<std::size_t>(3, run.coordinates.size()));
}

std::string SnapshotSeries::axis_name(const unsigned int axis) const
{
  return axis < run.coordinates.size() ? run.coordinates[axis] : "θ" + std::to_string(axis + 1);
}

template <typename Read>
auto SnapshotSeries::guarded(const std::string &file, Read read) -> std::optional<decltype(read(file))>
{
  try
    {
      return read(file);
    }
  catch (const InputError &error)
    {
      if (std::find(warnings.begin(), warnings.end(), error.what()) == warnings.end())
        warnings.emplace_back(error.what());
      return std::nullopt;
    }
}

std::optional<Snapshot> SnapshotSeries::load(const unsigned int i)
{
  Snapshot result;
  result.time = when[i];
  if (const TimeStep *const step = at_time(run.density, when[i]))
    result.density = guarded(step->file, DensityCells::read);
  if (const TimeStep *const step = at_time(run.points, when[i]))
    result.points = guarded(step->file, read_points);
  if (const TimeStep *const step = at_time(run.particles, when[i]))
    result.neurons = guarded(step->file, read_neurons);
  if (!result.density && !result.points && !result.neurons)
    return std::nullopt;
  return result;
}

DensityCells::Box SnapshotSeries::view(const std::vector<unsigned int> &shown)
{
  constexpr double  infinity = std::numeric_limits<double>::infinity();
  constexpr double  tail     = 1e-4;
  DensityCells::Box view{{{infinity, infinity, infinity}}, {{-infinity, -infinity, -infinity}}}, limits = view;
  for (const unsigned int i : shown)
    {
      const auto snapshot = load(i);
      if (!snapshot)
        continue;
      for (unsigned int d = 0; d < dim; ++d)
        {
          std::array<double, 2> interval{{infinity, -infinity}};
          if (snapshot->density)
            {
              const DensityCells::Box domain = snapshot->density->domain();
              interval                       = rhoflow::central_interval(snapshot->density->marginal({d}, {512}, domain), tail);
              limits.lower[d]                = std::min(limits.lower[d], domain.lower[d]);
              limits.upper[d]                = std::max(limits.upper[d], domain.upper[d]);
            }
          else if (snapshot->points)
            interval = central_interval(snapshot->points->coordinates[d], snapshot->points->weights, tail);
          if (snapshot->neurons)
            {
              const auto neurons = central_interval(snapshot->neurons->coordinates[d], {}, 0);
              interval           = {{std::min(interval[0], neurons[0]), std::max(interval[1], neurons[1])}};
            }
          view.lower[d] = std::min(view.lower[d], interval[0]);
          view.upper[d] = std::max(view.upper[d], interval[1]);
        }
    }
  for (unsigned int d = 0; d < dim; ++d)
    {
      const double extent = view.upper[d] - view.lower[d];
      const double margin = extent > 0 ? 0.06 * extent : 0.5;
      view.lower[d]       = view.lower[d] - margin;
      view.upper[d]       = view.upper[d] + margin;
      if (limits.lower[d] < limits.upper[d])
        {
          view.lower[d] = std::max(view.lower[d], limits.lower[d]);
          view.upper[d] = std::min(view.upper[d], limits.upper[d]);
        }
    }
  for (unsigned int d = dim; d < 3; ++d)
    {
      view.lower[d] = 0;
      view.upper[d] = 0;
    }
  return view;
}
} // namespace rhoflow
