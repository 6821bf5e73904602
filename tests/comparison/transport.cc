#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <solvers/base/numerics/random.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/comparison/transport.h>

using namespace rhoflow;

namespace
{
Measure normal_points(std::size_t n, unsigned int D, std::uint64_t seed, double shift = 0.)
{
  CounterRandom random(seed, RandomPurpose::check_points);
  Measure       pieces;
  for (std::size_t i = 0; i < n * D; ++i)
    pieces.points.push_back(random.normal() + (i % D == 0 ? shift : 0.));
  return pieces;
}

TransportDistances on_line(const Measure &first, const Measure &second)
{
  return line_distances(distribution_line(first), distribution_line(second));
}

/// Of n equal points each: the best of all n! assignments.
double by_permutations(const Measure &first, const Measure &second, unsigned int D, unsigned int p)
{
  const std::size_t        n = first.points.size() / D;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t(0));
  double least = 1e300;
  do
    {
      double sum = 0.;
      for (std::size_t i = 0; i < n; ++i)
        {
          double square = 0.;
          for (unsigned int d = 0; d < D; ++d)
            square += std::pow(first.points[i * D + d] - second.points[order[i] * D + d], 2);
          sum += std::pow(square, .5 * p);
        }
      least = std::min(least, sum / static_cast<double>(n));
  } while (std::next_permutation(order.begin(), order.end()));
  return std::pow(least, 1. / p);
}
} // namespace

TEST_CASE("W1 and W2 on the line by hand", "[comparison]")
{
  // 1 → 1.5 and 4 → 3.
  auto found = on_line({{4., 1.}, {}, {}}, {{1.5, 3.}, {}, {}});
  CHECK(found.w1 == Approx(.75).epsilon(1e-14));
  CHECK(found.w2 == Approx(std::sqrt(.5 * (.25 + 1.))).epsilon(1e-14));
  // Weights need not be normalised, pieces without weight count for nothing.
  found = on_line({{0., 2., 99.}, {6., 2., 0.}, {}}, {{1.}, {5.}, {}});
  CHECK(found.w1 == Approx(1.).epsilon(1e-14));
  CHECK(found.w2 == Approx(1.).epsilon(1e-14));
  // An interval and its middle: mean distance w/4, mean square w²/12.
  found = on_line({{1.}, {}, {3.}}, {{1.}, {}, {}});
  CHECK(found.w1 == Approx(.75).epsilon(1e-14));
  CHECK(found.w2 == Approx(std::sqrt(.75)).epsilon(1e-14));
  // Two intervals of one middle: quantiles a (u − ½) and b (u − ½).
  found = on_line({{0.}, {}, {1.}}, {{0.}, {}, {3.}});
  CHECK(found.w1 == Approx(.5).epsilon(1e-14));
  CHECK(found.w2 == Approx(2. / std::sqrt(12.)).epsilon(1e-14));
  // Overlapping intervals with a point among them, against the same in other pieces.
  const Measure whole{{0., 1., .2}, {2., 1., .5}, {2., 1., 0.}};
  const Measure cut{{.25, -.5, .75, 1.25, .2, .2, .75}, {.5, 1., .5, .5, .25, .25, .5}, {.5, 1., .5, .5, 0., 0., .5}};
  found = on_line(whole, cut);
  CHECK(found.w1 < 1e-14);
  CHECK(found.w2 < 1e-7);
}

TEST_CASE("narrow and wide intervals keep their distribution function", "[comparison]")
{
  // Against many points in every interval, which are within a part of it.
  CounterRandom random(8, RandomPurpose::check_points);
  Measure       intervals, points;
  double        widths = 0.;
  for (unsigned int i = 0; i < 300; ++i)
    {
      const double center = random.normal(), width = std::exp(6. * random.normal() - 6.), weight = random.uniform();
      intervals.points.push_back(center);
      intervals.weights.push_back(weight);
      intervals.extents.push_back(width);
      widths = std::max(widths, width);
      for (unsigned int k = 0; k < 200; ++k)
        {
          points.points.push_back(center + width * ((k + .5) / 200. - .5));
          points.weights.push_back(weight / 200.);
        }
    }
  REQUIRE(widths > 100.);
  const DistributionLine line = distribution_line(intervals);
  CHECK(line.F.front() == 0.);
  CHECK(line.F.back() == 1.);
  CHECK(std::is_sorted(line.x.begin(), line.x.end()));
  CHECK(std::is_sorted(line.F.begin(), line.F.end()));
  const auto found = on_line(intervals, points);
  CHECK(found.w1 < widths / 800. + 1e-12);
  CHECK(found.w2 < widths / 200. + 1e-12);
  // A shift is a shift.
  Measure shifted = intervals;
  for (double &x : shifted.points)
    x += 1e-3;
  const auto shift = on_line(intervals, shifted);
  CHECK(shift.w1 == Approx(1e-3).epsilon(1e-9));
  CHECK(shift.w2 == Approx(1e-3).epsilon(1e-9));
}

TEST_CASE("network simplex: all permutations, the line, and shifts", "[comparison]")
{
  for (const unsigned int p : {1u, 2u})
    {
      for (const unsigned int D : {1u, 2u, 3u})
        for (const std::size_t n : {1u, 2u, 5u, 7u})
          {
            const Measure first = normal_points(n, D, 10 * n + D), second = normal_points(n, D, 100 * n + D, .4);
            CHECK(network_distance(first, second, D, p) == Approx(by_permutations(first, second, D, p)).epsilon(1e-7));
          }
      // Weighted points on a line, different numbers of them; those without weight far away.
      Measure       first = normal_points(60, 1, 5), second = normal_points(83, 1, 6, .3);
      CounterRandom random(7, RandomPurpose::check_points);
      for (std::size_t i = 0; i < 60; ++i)
        first.weights.push_back(i % 9 == 0 ? 0. : random.uniform());
      for (std::size_t i = 0; i < 83; ++i)
        second.weights.push_back(7. * random.uniform());
      first.points[0]  = 1e3;
      const auto exact = on_line(first, second);
      CHECK(network_distance(first, second, 1, p) == Approx(p == 1 ? exact.w1 : exact.w2).epsilon(1e-6));

      // Shifted weighted points; the plan is the shift.
      Measure points = normal_points(40, 3, 9), shifted;
      for (std::size_t i = 0; i < 40; ++i)
        points.weights.push_back(.1 + random.uniform());
      shifted = points;
      for (std::size_t i = 0; i < 120; ++i)
        shifted.points[i] += (i % 3 == 0 ? 3. : (i % 3 == 1 ? -4. : 12.));
      CHECK(network_distance(points, shifted, 3, p) == Approx(13.).epsilon(1e-12));
      CHECK(network_distance(points, points, 3, p) == 0.);
    }
}

TEST_CASE("network simplex: the dual of W1 is a lower bound, a plan an upper one", "[comparison]")
{
  // Of 1-Lipschitz functions the best of a few; of plans the product of the two measures.
  const Measure first = normal_points(90, 2, 21), second = normal_points(70, 2, 22, .5);
  const double  found = network_distance(first, second, 2, 1);
  double        least = 0., product = 0.;
  for (unsigned int l = 0; l < 180; ++l)
    {
      const double c = std::cos(l * M_PI / 90.), s = std::sin(l * M_PI / 90.);
      double       mean = 0.;
      for (std::size_t i = 0; i < 90; ++i)
        mean += (c * first.points[2 * i] + s * first.points[2 * i + 1]) / 90.;
      for (std::size_t j = 0; j < 70; ++j)
        mean -= (c * second.points[2 * j] + s * second.points[2 * j + 1]) / 70.;
      least = std::max(least, mean);
    }
  for (std::size_t i = 0; i < 90; ++i)
    for (std::size_t j = 0; j < 70; ++j)
      product += std::hypot(first.points[2 * i] - second.points[2 * j], first.points[2 * i + 1] - second.points[2 * j + 1]) /
                 6300.;
  CHECK(found > least);
  CHECK(found < product);
  CHECK(network_distance(first, second, 2, 2) > found);
}

TEST_CASE("drawing a measure together", "[comparison]")
{
  const unsigned int        D      = GENERATE(1u, 2u, 3u);
  Measure                   points = normal_points(300, D, 31);
  CounterRandom             random(32, RandomPurpose::check_points);
  std::vector<unsigned int> labels;
  double                    total = 0., third = 0.;
  for (std::size_t i = 0; i < 300; ++i)
    {
      points.weights.push_back(random.uniform());
      labels.push_back(static_cast<unsigned int>(i % 3));
      total += points.weights.back();
      third += (i % 3 == 2 ? points.weights.back() : 0.);
    }
  const Quantization found = quantize(points, D, 50, labels, 3);
  REQUIRE(found.points.weights.size() == 50);
  std::vector<double> mean(D, 0.), exact(D, 0.);
  double              mass = 0., labelled = 0.;
  for (std::size_t i = 0; i < 50; ++i)
    {
      CHECK(found.points.weights[i] == Approx(.02).epsilon(1e-10));
      mass += found.points.weights[i];
      labelled += found.label_masses[3 * i + 2];
      for (unsigned int d = 0; d < D; ++d)
        mean[d] += found.points.weights[i] * found.points.points[i * D + d];
    }
  for (std::size_t i = 0; i < 300; ++i)
    for (unsigned int d = 0; d < D; ++d)
      exact[d] += points.weights[i] / total * points.points[i * D + d];
  CHECK(mass == Approx(1.).epsilon(1e-12));
  CHECK(labelled == Approx(third / total).epsilon(1e-12));
  for (unsigned int d = 0; d < D; ++d)
    CHECK(mean[d] == Approx(exact[d]).margin(1e-12));
  // The stated error is the cost of one plan; on a line it is the best one.
  for (const unsigned int p : {1u, 2u})
    {
      const double distance = network_distance(points, found.points, D, p), error = p == 1 ? found.error.w1 : found.error.w2;
      CHECK(distance < error * (1. + 1e-6));
      CHECK(distance > (D == 1 ? 1. - 1e-6 : .6) * error);
    }
  // Whatever the order.
  Measure                   reversed = points;
  std::vector<unsigned int> reversed_labels;
  for (std::size_t i = 0; i < 300; ++i)
    {
      for (unsigned int d = 0; d < D; ++d)
        reversed.points[i * D + d] = points.points[(299 - i) * D + d];
      reversed.weights[i] = points.weights[299 - i];
      reversed_labels.push_back(labels[299 - i]);
    }
  const Quantization again = quantize(reversed, D, 50, reversed_labels, 3);
  CHECK(again.points.points == found.points.points);
  CHECK(again.label_masses == found.label_masses);
}

TEST_CASE("boxes drawn together are cut into boxes", "[comparison]")
{
  // One square in 16 parts: their middles, and the mean square distance (1/4)² (1/12 + 1/12).
  const Quantization  square = quantize({{.5, .5}, {}, {1., 1.}}, 2, 16);
  std::vector<double> first(square.points.points);
  REQUIRE(first.size() == 32);
  for (const double x : first)
    CHECK(std::abs(4. * x - .5 - std::round(4. * x - .5)) < 1e-12);
  CHECK(square.error.w2 == Approx(.25 / std::sqrt(6.)).epsilon(1e-12));
  // A heavy point becomes several, a lattice of points is halved through the middle of its columns.
  const Quantization heavy = quantize({{1., 2.}, {3., 1.}, {}}, 1, 4);
  CHECK(heavy.points.points == std::vector<double>{1., 1., 1., 2.});
  CHECK(heavy.error.w2 == 0.);
  Measure lattice;
  for (int i = 0; i < 9; ++i)
    lattice.points.insert(lattice.points.end(), {2. * (i / 3 - 1), i % 3 - 1.});
  const Quantization halves = quantize(lattice, 2, 2);
  CHECK(halves.points.points.at(0) == Approx(-4. / 3.).epsilon(1e-12));
  CHECK(halves.points.points.at(1) == Approx(0.).margin(1e-12));
  // On a line in thirds.
  const Quantization thirds = quantize({{0.}, {}, {6.}}, 1, 3);
  CHECK(thirds.points.points.at(0) == Approx(-2.).epsilon(1e-12));
  CHECK(thirds.points.points.at(1) == Approx(0.).margin(1e-12));
  CHECK(thirds.points.points.at(2) == Approx(2.).epsilon(1e-12));
}

TEST_CASE("the distance of drawn together Gaussians is near their own", "[comparison]")
{
  const unsigned int D = GENERATE(2u, 3u);
  // In every dimension W1 = W2 = |m| for N(0, I) and N(m, I); random samples of 128 points are .3 (D = 2), .6 (D = 3) apart.
  for (const double m : {0., .3})
    {
      const Measure      first = normal_points(40000, D, 41), second = normal_points(40000, D, 42, m);
      const Quantization one = quantize(first, D, 128), other = quantize(second, D, 128, {}, 1, one.axes);
      for (const unsigned int p : {1u, 2u})
        CHECK(network_distance(one.points, other.points, D, p) == Approx(m).margin(m == 0. ? .07 : .02));
    }
}

TEST_CASE("transport of a density and networks does not depend on the ranks", "[comparison][mpi]")
{
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const unsigned int D = GENERATE(1u, 2u, 3u);
  // Networks above and below the size from which they are drawn together where they live.
  const std::size_t     M       = D == 2 ? 5000 : 50;
  constexpr unsigned    R       = 5;
  const Measure         neurons = normal_points(R * M, D, 51, .1);
  Measure               density = normal_points(700, D, 52), my_density;
  CounterRandom         random(53, RandomPurpose::check_points);
  std::vector<double>   my_neurons;
  std::vector<unsigned> numbers, my_numbers;
  for (std::size_t i = 0; i < 700; ++i)
    {
      density.weights.push_back(random.uniform());
      for (unsigned int d = 0; d < D; ++d)
        density.extents.push_back(.3 * random.uniform());
      if (static_cast<int>(i * i % static_cast<std::size_t>(size)) == rank)
        {
          my_density.weights.push_back(density.weights.back());
          for (unsigned int d = 0; d < D; ++d)
            {
              my_density.points.push_back(density.points[i * D + d]);
              my_density.extents.push_back(density.extents[i * D + d]);
            }
        }
    }
  for (unsigned int r = 0; r < R; ++r)
    {
      numbers.push_back(r);
      if (static_cast<int>(r) % size == rank)
        {
          my_numbers.push_back(r);
          my_neurons.insert(my_neurons.end(), neurons.points.begin() + static_cast<std::ptrdiff_t>(r * M * D),
                            neurons.points.begin() + static_cast<std::ptrdiff_t>((r + 1) * M * D));
        }
    }
  const auto alone  = sampled_transport(density, {neurons.points, M, numbers, R}, D, 40, 4, 3, MPI_COMM_SELF);
  const auto shared = sampled_transport(my_density, {my_neurons, M, my_numbers, R}, D, 40, 4, 3, MPI_COMM_WORLD);
  for (const auto member :
       {&SampledTransport::distance, &SampledTransport::error, &SampledTransport::floor, &SampledTransport::bound})
    {
      CHECK((alone.*member).w1 == (shared.*member).w1);
      CHECK((alone.*member).w2 == (shared.*member).w2);
    }
  CHECK(alone.distance.w1 > 0.);
  CHECK(alone.bound.w1 > alone.floor.w1);
  if (D == 1)
    {
      const auto exact = on_line(density, neurons);
      CHECK(alone.distance.w1 == Approx(exact.w1).epsilon(1e-9));
      CHECK(alone.distance.w2 == Approx(exact.w2).epsilon(1e-9));
      CHECK(alone.error.w1 == 0.);
    }
}
