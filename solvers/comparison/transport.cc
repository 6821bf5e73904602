#include <solvers/comparison/transport.h>

// LEMON is used by its templates alone: its library has nothing that is needed here.
#define LEMON_ONLY_TEMPLATES
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <stdexcept>

namespace rhoflow
{
TransportDistances line_distances(const DistributionLine &first, const DistributionLine &second)
{
  const std::vector<double> &x = first.x, &F = first.F, &y = second.x, &G = second.F;
  double                     w1 = 0., squares = 0., u = 0., slope = 0., other_slope = 0.;
  // Divisions cost the most: one for each piece, when it is entered.
  for (std::size_t i = 0, j = 0, last_i = x.size(), last_j = y.size(); true;)
    {
      while (i + 1 < F.size() && F[i + 1] <= u)
        ++i;
      while (j + 1 < G.size() && G[j + 1] <= u)
        ++j;
      if (i + 1 >= F.size() || j + 1 >= G.size())
        break;
      if (i != last_i)
        slope = (x[i + 1] - x[i]) / (F[i + 1] - F[i]);
      if (j != last_j)
        other_slope = (y[j + 1] - y[j]) / (G[j + 1] - G[j]);
      last_i            = i;
      last_j            = j;
      const double next = std::min(F[i + 1], G[j + 1]), h = next - u;
      const double left  = x[i] - y[j] + (u - F[i]) * slope - (u - G[j]) * other_slope;
      const double right = x[i] - y[j] + (next - F[i]) * slope - (next - G[j]) * other_slope;
      if (left * right >= 0.)
        w1 += .5 * h * std::abs(left + right);
      else
        w1 += .5 * h * (left * left + right * right) / (std::abs(left) + std::abs(right));
      squares += h * (1. / 3.) * (left * left + left * right + right * right);
      u = next;
    }
  return {w1, std::sqrt(squares)};
}

DistributionLine distribution_line(const Measure &pieces)
{
  // The density rises at the lower end of an interval and falls by as much at the upper one.
  struct Event
  {
    double x, density, mass;
  };
  std::vector<Event> events;
  events.reserve(pieces.points.size() * (pieces.extents.empty() ? 1 : 2));
  double total = 0.;
  for (std::size_t i = 0; i < pieces.points.size(); ++i)
    if (const double weight = pieces.weight(i); weight > 0.)
      {
        const double width = pieces.extents.empty() ? 0. : pieces.extents[i];
        if (width > 0.)
          {
            events.push_back({pieces.points[i] - .5 * width, weight / width, 0.});
            events.push_back({pieces.points[i] + .5 * width, -weight / width, 0.});
          }
        else
          events.push_back({pieces.points[i], 0., weight});
      }
  if (events.empty())
    throw std::logic_error("distribution_line: no mass");
  std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) {
    return a.x != b.x ? a.x < b.x : (a.density != b.density ? a.density < b.density : a.mass < b.mass);
  });

  DistributionLine line;
  line.x.reserve(2 * events.size());
  line.F.reserve(2 * events.size());
  // Densities of narrow intervals are large and cancel: what stays of their round-off must not count on a long way.
  long double density = 0.L, F = 0.L;
  double      x = events.front().x;
  line.x.push_back(x);
  line.F.push_back(0.);
  const auto add = [&](double place, long double value) {
    if (place == line.x.back() && static_cast<double>(value) == line.F.back())
      return;
    line.x.push_back(place);
    line.F.push_back(std::max(static_cast<double>(value), line.F.back()));
  };
  for (const Event &event : events)
    {
      if (event.x > x)
        {
          F += std::max(density, 0.L) * (event.x - x);
          x = event.x;
          add(x, F);
        }
      density += event.density;
      if (event.mass > 0.)
        {
          F += event.mass;
          add(x, F);
        }
    }
  total = line.F.back();
  for (double &value : line.F)
    value /= total;
  return line;
}

namespace
{
constexpr std::int64_t total_units = std::int64_t(1) << 30;

/// The pieces that carry mass and what they carry, `total_units` in all.
std::pair<std::vector<std::size_t>, std::vector<std::int64_t>> units_of(const Measure &pieces, std::size_t n)
{
  double total = 0.;
  for (std::size_t i = 0; i < n; ++i)
    total += pieces.weight(i);
  if (!(total > 0.))
    throw std::logic_error("network_distance: no mass");
  std::vector<std::int64_t> units(n);
  std::vector<double>       remainders(n);
  std::int64_t              missing = total_units;
  for (std::size_t i = 0; i < n; ++i)
    {
      const double share = pieces.weight(i) / total * static_cast<double>(total_units);
      units[i]           = static_cast<std::int64_t>(share);
      remainders[i]      = share - static_cast<double>(units[i]);
      missing -= units[i];
    }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; missing > 0; i = (i + 1) % n, --missing)
    ++units[order[i]];

  std::pair<std::vector<std::size_t>, std::vector<std::int64_t>> result;
  for (std::size_t i = 0; i < n; ++i)
    if (units[i] > 0)
      {
        result.first.push_back(i);
        result.second.push_back(units[i]);
      }
  return result;
}
} // namespace

double network_distance(const Measure &first, const Measure &second, unsigned int dimension, unsigned int p)
{
  if (p != 1 && p != 2)
    throw std::logic_error("network_distance: p is 1 or 2");
  const auto [sources, supplies] = units_of(first, first.points.size() / dimension);
  const auto [sinks, demands]    = units_of(second, second.points.size() / dimension);

  std::vector<double> costs;
  costs.reserve(sources.size() * sinks.size());
  double largest = 0.;
  for (const std::size_t i : sources)
    for (const std::size_t j : sinks)
      {
        double square = 0.;
        for (unsigned int d = 0; d < dimension; ++d)
          {
            const double difference = first.points[i * dimension + d] - second.points[j * dimension + d];
            square += difference * difference;
          }
        costs.push_back(p == 1 ? std::sqrt(square) : square);
        largest = std::max(largest, costs.back());
      }
  if (!std::isfinite(largest))
    throw std::logic_error("network_distance: points are not finite");
  if (largest == 0.)
    return 0.;

  using Graph                        = lemon::StaticDigraph;
  const int                        n = static_cast<int>(sources.size()), m = static_cast<int>(sinks.size());
  std::vector<std::pair<int, int>> arcs; // in the order of the costs
  arcs.reserve(costs.size());
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < m; ++j)
      arcs.emplace_back(i, n + j);
  Graph graph;
  graph.build(n + m, arcs.begin(), arcs.end());

  using Simplex = lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t>;
  Simplex                      simplex(graph, true);
  Graph::NodeMap<std::int64_t> supply(graph);
  Graph::ArcMap<std::int64_t>  cost(graph);
  for (int i = 0; i < n; ++i)
    supply[graph.node(i)] = supplies[i];
  for (int j = 0; j < m; ++j)
    supply[graph.node(n + j)] = -demands[j];
  for (std::size_t a = 0; a < costs.size(); ++a)
    cost[graph.arc(static_cast<int>(a))] = std::llround(costs[a] / largest * 0x1.0p40);
  simplex.supplyMap(supply).costMap(cost);
  if (simplex.run(Simplex::BLOCK_SEARCH) != Simplex::OPTIMAL)
    throw std::logic_error("network_distance: no optimal plan");

  double sum = 0.;
  for (std::size_t a = 0; a < costs.size(); ++a)
    if (const std::int64_t flow = simplex.flow(graph.arc(static_cast<int>(a))); flow > 0)
      sum += static_cast<double>(flow) * costs[a];
  sum /= static_cast<double>(total_units);
  return p == 1 ? sum : std::sqrt(sum);
}
} // namespace rhoflow
