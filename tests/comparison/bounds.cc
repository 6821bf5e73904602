#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/random.h>
#include <solvers/comparison/distances.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/comparison/transport.h>

using namespace rhoflow;

namespace
{
/// R networks of M neurons of N(shift, I) in the first coordinate; neurons of one network may share a part.
std::vector<double> networks(unsigned int R, unsigned int M, unsigned int D, double shift, double shared, std::uint64_t seed)
{
  CounterRandom       random(seed, RandomPurpose::check_points);
  std::vector<double> points;
  for (unsigned int r = 0; r < R; ++r)
    {
      std::vector<double> common;
      for (unsigned int d = 0; d < D; ++d)
        common.push_back(shared * random.normal());
      for (unsigned int i = 0; i < M; ++i)
        for (unsigned int d = 0; d < D; ++d)
          points.push_back((d == 0 ? shift : 0.) + common[d] + std::sqrt(1. - shared * shared) * random.normal());
    }
  return points;
}

/// N(0, 1) on n equal intervals between −6 and 6.
Measure gaussian(unsigned int n)
{
  Measure      pieces;
  const double h = 12. / n;
  for (unsigned int i = 0; i < n; ++i)
    {
      const double x = -6. + (i + .5) * h;
      pieces.points.push_back(x);
      pieces.extents.push_back(h);
      pieces.weights.push_back(.5 * (std::erfc(-(x + .5 * h) / std::sqrt(2.)) - std::erfc(-(x - .5 * h) / std::sqrt(2.))));
    }
  return pieces;
}

std::vector<unsigned int> first_numbers(unsigned int R)
{
  std::vector<unsigned int> numbers;
  for (unsigned int r = 0; r < R; ++r)
    numbers.push_back(r);
  return numbers;
}

/// E |N(mean, deviation²)|.
double folded(double mean, double deviation)
{
  const double z = mean / deviation;
  return deviation * std::sqrt(2. / M_PI) * std::exp(-.5 * z * z) + mean * std::erf(z / std::sqrt(2.));
}

/// 2 E|X − Y| − E|X − X'| − E|Y − Y'| of points in R^D, pair by pair.
double squared_energy_distance(const std::vector<double> &x, const std::vector<double> &y, unsigned int D)
{
  const auto mean_distance = [D](const std::vector<double> &a, const std::vector<double> &b) {
    double sum = 0.;
    for (std::size_t i = 0; i < a.size(); i += D)
      for (std::size_t j = 0; j < b.size(); j += D)
        {
          double square = 0.;
          for (unsigned int d = 0; d < D; ++d)
            square += (a[i + d] - b[j + d]) * (a[i + d] - b[j + d]);
          sum += std::sqrt(square);
        }
    return sum * D * D / static_cast<double>(a.size() * b.size());
  };
  return 2. * mean_distance(x, y) - mean_distance(x, x) - mean_distance(y, y);
}
} // namespace

TEST_CASE("W2 and the energy distance from projections", "[comparison]")
{
  const unsigned int D     = GENERATE(1u, 2u, 3u);
  const auto         first = networks(1, 400, D, 0., 0., 1), second = networks(1, 300, D, .5, 0., 2);
  const Distances    distances(D, D == 3 ? 2000 : 60, 4096);
  const auto         found = distances.between(first, {}, {}, second, {}, MPI_COMM_SELF);
  CHECK(found.energy == Approx(std::sqrt(squared_energy_distance(first, second, D))).epsilon(3e-3));
  double squares = 0.;
  for (std::size_t l = 0; l < distances.directions().size() / D; ++l)
    {
      Measure    one, other;
      const auto project = [&](const std::vector<double> &points, Measure &line) {
        for (std::size_t i = 0; i < points.size(); i += D)
          {
            double x = 0.;
            for (unsigned int d = 0; d < D; ++d)
              x += distances.directions()[l * D + d] * points[i + d];
            line.points.push_back(x);
          }
      };
      project(first, one);
      project(second, other);
      const auto exact = line_distances(distribution_line(one), distribution_line(other));
      if (l < D)
        {
          CHECK(found.coordinates[l] == Approx(exact.w1).margin(.1 * found.resolution));
          CHECK(found.coordinates_w2[l] == Approx(exact.w2).margin(.1 * found.resolution));
        }
      else
        squares += exact.w2 * exact.w2 / (static_cast<double>(distances.directions().size()) / D - D);
    }
  CHECK(found.sliced_w2 == Approx(std::sqrt(squares)).margin(.1 * found.resolution));
}

TEST_CASE("W2 of intervals on a grid", "[comparison]")
{
  // Far coarser than the intervals, and far finer: below the stated error.
  const Measure density = gaussian(200);
  const auto    points  = networks(1, 500, 1, .2, 0., 3);
  const auto    exact   = line_distances(distribution_line(density), distribution_line({points, {}, {}}));
  for (const unsigned int bins : {50u, 5000u})
    {
      const auto found =
        Distances(1, 1, bins).between(density.points, density.weights, density.extents, points, {}, MPI_COMM_SELF);
      CHECK(std::abs(found.coordinates_w2[0] - exact.w2) < .1 * found.resolution);
    }
}

TEST_CASE("bounds hold the exact distances on the line", "[comparison]")
{
  constexpr unsigned int R = 8, M = 100, n_trials = 300;
  const Measure          density = gaussian(400);
  const Distances        distances(1, 1, 512);
  for (const double shared : {0., .3})
    for (const double m : {0., .1, 1.})
      {
        // W1 = W2 = m, E² = 2 E|N(m, 2)| − 4/√π for N(0, 1) and N(m, 1).
        const double energy     = std::sqrt(std::max(2. * folded(m, std::sqrt(2.)) - 4. / std::sqrt(M_PI), 0.));
        double       covered[3] = {}, positive[3] = {};
        for (unsigned int trial = 0; trial < n_trials; ++trial)
          {
            const auto neurons = networks(R, M, 1, m, shared, 1000 + trial);
            const auto found = distances.between(density.points, density.weights, density.extents, neurons, {}, MPI_COMM_SELF);
            const auto bound = distances.bootstrap(neurons, M, first_numbers(R), R, 100, trial, MPI_COMM_SELF).bound;
            const double values[3] = {found.coordinates[0], found.coordinates_w2[0], found.energy};
            const double bounds[3] = {bound.coordinates[0], bound.coordinates_w2[0], bound.energy};
            const double exact[3]  = {m, m, energy};
            for (unsigned int i = 0; i < 3; ++i)
              {
                covered[i] += (std::abs(values[i] - exact[i]) <= bounds[i] ? 1. : 0.) / n_trials;
                positive[i] += (values[i] > bounds[i] ? 1. : 0.) / n_trials;
              }
          }
        for (unsigned int i = 0; i < 3; ++i)
          {
            CAPTURE(shared, m, i);
            CHECK(covered[i] > .92);
            // Zero is excluded where it is wrong by far.
            CHECK((m < 1. || positive[i] > .999));
          }
      }
}

TEST_CASE("bounds of transport in the plane and in space", "[comparison]")
{
  const unsigned int     D = GENERATE(2u, 3u);
  constexpr unsigned int R = 8, M = 200, n_trials = 40;
  Measure                density{networks(1, 10000, D, 0., 0., 1), {}, {}};
  density.weights.assign(10000, 1. / 10000.);
  for (const double m : {0., .5})
    {
      double covered[2] = {};
      for (unsigned int trial = 0; trial < n_trials; ++trial)
        {
          const auto neurons = networks(R, M, D, m, 0., 1000 + trial);
          const auto numbers = first_numbers(R);
          const auto found   = sampled_transport(density, {neurons, M, numbers, R}, D, 64, 10, trial, MPI_COMM_SELF);
          covered[0] += (std::abs(found.distance.w1 - m) <= found.bound.w1 ? 1. : 0.) / n_trials;
          covered[1] += (std::abs(found.distance.w2 - m) <= found.bound.w2 ? 1. : 0.) / n_trials;
        }
      for (unsigned int i = 0; i < 2; ++i)
        CHECK(covered[i] > .9);
    }
}
