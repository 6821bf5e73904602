#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/erf.hpp>

#include <solvers/base/random.h>
#include <solvers/comparison/distances.h>

using namespace rhoflow;

namespace
{
/// n equal points at the middle quantiles of N(mean, deviation²).
std::vector<double> gaussian(unsigned int n, double mean, double deviation)
{
  std::vector<double> points;
  for (unsigned int i = 0; i < n; ++i)
    points.push_back(mean + deviation * std::sqrt(2.) * boost::math::erf_inv(2. * (i + .5) / n - 1.));
  return points;
}
} // namespace

TEST_CASE("W1 of a few points on the line", "[comparison]")
{
  const Distances distances(1, 5, 1000);
  // Sorted: 1 → 1.5 and 4 → 3, half of the mass each.
  auto result = distances.between({4., 1.}, {}, {}, {1.5, 3.}, {}, MPI_COMM_SELF);
  CHECK(result.resolution == Approx(0.003));
  CHECK(result.coordinates[0] == Approx(.75).margin(result.resolution));
  CHECK(result.sliced == Approx(result.coordinates[0]));
  // Three quarters at 0, a quarter at 2 against everything at 1; weights need not be normalised.
  result = distances.between({0., 2.}, {6., 2.}, {}, {1.}, {5.}, MPI_COMM_SELF);
  CHECK(result.coordinates[0] == Approx(1.).margin(result.resolution));
  // A point without weight does not even widen the grid.
  result = distances.between({0., 2., 1000.}, {6., 2., 0.}, {}, {1.}, {}, MPI_COMM_SELF);
  CHECK(result.resolution == Approx(0.002));
  CHECK(distances.between({3., 3.}, {}, {}, {3.}, {}, MPI_COMM_SELF).coordinates[0] == 0.);
  // 1 + 2/3 against 2 at masses 1/3: |F − G| is 1/3 on [0, 1], 1/6 on [1, 2] and 1/3 on [2, 4].
  result = distances.between({0., 1., 4.}, {}, {}, {1., 2.}, {}, MPI_COMM_SELF);
  CHECK(result.coordinates[0] == Approx(1. / 3. + 1. / 6. + 2. / 3.).margin(result.resolution));
}

TEST_CASE("W1 of Gaussians", "[comparison]")
{
  const Distances distances(1, 1, 4096);
  CHECK(distances.between(gaussian(20000, 0., 1.), {}, {}, gaussian(20000, 0.3, 1.), {}, MPI_COMM_SELF).coordinates[0] ==
        Approx(0.3).epsilon(1e-4));
  // W1(N(0, 1), N(0, s²)) = |s − 1| E|N(0, 1)|.
  CHECK(distances.between(gaussian(20000, 0., 1.), {}, {}, gaussian(30000, 0., 1.7), {}, MPI_COMM_SELF).coordinates[0] ==
        Approx(0.7 * std::sqrt(2. / 3.14159265358979)).epsilon(1e-3));
}

TEST_CASE("W1 of ordered measures is exact on the coarsest grid", "[comparison]")
{
  // Where one distribution function lies below the other, W1 is the difference of the means, which the deposit keeps.
  CounterRandom       random(3, RandomPurpose::check_points);
  std::vector<double> points, shifted;
  double              sum = 0.;
  for (unsigned int j = 0; j < 100; ++j)
    {
      const double step = 0.1 * random.uniform();
      points.push_back(random.normal());
      shifted.push_back(points.back() + step);
      sum += step;
    }
  const Distances distances(1, 1, 16);
  CHECK(distances.between(points, {}, {}, shifted, {}, MPI_COMM_SELF).coordinates[0] == Approx(sum / 100.).epsilon(1e-12));
}

TEST_CASE("sliced W1 of a shift is the mean projection of the shift", "[comparison]")
{
  CounterRandom       random(1, RandomPurpose::check_points);
  const unsigned int  D = GENERATE(2u, 3u);
  std::vector<double> points, shifted;
  const double        shift[] = {0.3, -0.4, 1.2};
  double              length  = 0.;
  for (unsigned int i = 0; i < D; ++i)
    length += shift[i] * shift[i];
  length = std::sqrt(length);
  for (unsigned int j = 0; j < 500; ++j)
    for (unsigned int i = 0; i < D; ++i)
      {
        points.push_back(random.normal());
        shifted.push_back(points.back() + shift[i]);
      }
  const Distances distances(D, 400, 2000);
  for (std::size_t l = 0; l < distances.directions().size(); l += D)
    {
      double square = 0.;
      for (unsigned int i = 0; i < D; ++i)
        square += distances.directions()[l + i] * distances.directions()[l + i];
      CHECK(square == Approx(1.));
    }
  const auto result = distances.between(points, {}, {}, shifted, {}, MPI_COMM_SELF);
  for (unsigned int i = 0; i < D; ++i)
    CHECK(result.coordinates[i] == Approx(std::abs(shift[i])).margin(result.resolution));
  // Mean of |cos| over the circle 2/π, over the sphere 1/2.
  CHECK(result.sliced == Approx(length * (D == 2 ? 2. / 3.14159265358979 : .5)).epsilon(5e-3));
}

TEST_CASE("distances do not depend on where the points live", "[comparison][mpi]")
{
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  CounterRandom       random(2, RandomPurpose::check_points);
  std::vector<double> points, weights, others, my_points, my_weights, my_others;
  for (int j = 0; j < 1000; ++j)
    {
      weights.push_back(random.uniform());
      if (j * j % size == rank)
        my_weights.push_back(weights.back());
      for (unsigned int i = 0; i < 3; ++i)
        {
          points.push_back(random.normal());
          others.push_back(2. * random.normal());
          if (j * j % size == rank)
            my_points.push_back(points.back());
          if (std::min(j / 700, size - 1) == rank)
            my_others.push_back(others.back());
        }
    }
  const Distances distances(3, 20, 1000);
  const auto      alone  = distances.between(points, weights, {}, others, {}, MPI_COMM_SELF);
  const auto      shared = distances.between(my_points, my_weights, {}, my_others, {}, MPI_COMM_WORLD);
  CHECK(alone.coordinates == shared.coordinates);
  CHECK(alone.sliced == shared.sliced);
  CHECK(alone.resolution == shared.resolution);
}
