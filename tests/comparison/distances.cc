#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/special_functions/erf.hpp>

#include <solvers/base/numerics/random.h>
#include <solvers/comparison/distances.h>
#include <solvers/discretization/dg/positive_density.h>

#include "../discretization/rough_density.h"

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

/// ∫ |F − G| between intervals (centre, width, mass) and points of equal mass, from one end of a linear piece to the next.
double exact_distance(const std::vector<double> &centers, const std::vector<double> &widths, const std::vector<double> &weights,
                      const std::vector<double> &points)
{
  std::vector<double> ends  = points;
  double              total = 0.;
  for (std::size_t i = 0; i < centers.size(); ++i)
    {
      ends.insert(ends.end(), {centers[i] - .5 * widths[i], centers[i] + .5 * widths[i]});
      total += weights[i];
    }
  std::sort(ends.begin(), ends.end());
  // `side`: the limit from the left or from the right, where only points jump.
  const auto difference = [&](double x, bool from_right) {
    double sum = 0.;
    for (std::size_t i = 0; i < centers.size(); ++i)
      sum += weights[i] / total * std::min(std::max((x - centers[i]) / widths[i] + .5, 0.), 1.);
    for (const double point : points)
      sum -= (point < x || (from_right && point == x) ? 1. : 0.) / static_cast<double>(points.size());
    return sum;
  };
  double result = 0.;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i)
    if (ends[i + 1] > ends[i])
      {
        const double left = difference(ends[i], true), right = difference(ends[i + 1], false), h = ends[i + 1] - ends[i];
        if (left * right >= 0.)
          result += .5 * h * std::abs(left + right);
        else
          result += .5 * h * (left * left + right * right) / (std::abs(left) + std::abs(right));
      }
  return result;
}

/// E |N(mean, deviation²)|.
double folded(double mean, double deviation)
{
  const double z = mean / deviation;
  return deviation * std::sqrt(2. / 3.14159265358979323846) * std::exp(-.5 * z * z) + mean * std::erf(z / std::sqrt(2.));
}

DataSetProblem problem_in(unsigned int D)
{
  return DataSetProblem(D == 2 ? ParticleNeuron::Type::weighted_ridge : ParticleNeuron::Type::ridge, D == 2 ? 1 : D, 4);
}
} // namespace

TEST_CASE("W1 of intervals and points on the line", "[comparison]")
{
  CounterRandom       random(5, RandomPurpose::check_points);
  std::vector<double> centers, widths, weights, points;
  for (unsigned int i = 0; i < 60; ++i)
    {
      centers.push_back(random.normal());
      widths.push_back(std::exp(3. * random.normal() - 4.)); // from far below a bin to many bins
      weights.push_back(random.uniform());
      points.push_back(.2 + 1.2 * random.normal());
    }
  const double exact    = exact_distance(centers, widths, weights, points);
  double       previous = 0.;
  for (const unsigned int n_bins : {100u, 10000u})
    {
      const auto   result = Distances(1, 1, n_bins).between(centers, weights, widths, points, {}, MPI_COMM_SELF);
      const double error  = std::abs(result.coordinates[0] - exact);
      CHECK(error < .1 * result.resolution);
      if (n_bins > 100)
        CHECK(error < .05 * previous);
      previous = error;
    }
  // Behind all points: the difference of the means, exactly on the coarsest grid.
  double mean = 0., total = 0.;
  for (std::size_t i = 0; i < centers.size(); ++i)
    {
      mean += weights[i] * centers[i];
      total += weights[i];
    }
  for (const double behind : {-300., 300.})
    CHECK(Distances(1, 1, 16).between(centers, weights, widths, {behind}, {}, MPI_COMM_SELF).coordinates[0] ==
          Approx(std::abs(behind - mean / total)).epsilon(1e-12));
}

TEST_CASE("W1 of evenly filled boxes", "[comparison]")
{
  const unsigned int  D = GENERATE(1u, 2u, 3u);
  std::vector<double> center, extent;
  for (unsigned int d = 0; d < D; ++d)
    {
      center.push_back(1. + d);
      extent.push_back(.5 * (d + 1.));
    }
  const Distances distances(D, 30, 999);
  const auto      to_middle = distances.between(center, {}, extent, center, {}, MPI_COMM_SELF);
  for (unsigned int d = 0; d < D; ++d)
    CHECK(to_middle.coordinates[d] == Approx(.25 * extent[d]).epsilon(3e-3));
  // Points in the box's own distribution come near it.
  std::vector<double> filling;
  for (unsigned int i = 0; i < 1000; ++i)
    for (unsigned int d = 0; d < D; ++d)
      filling.push_back(center[d] + extent[d] * ((i + .5) / 1000. - .5));
  const auto to_filling = distances.between(center, {}, extent, filling, {}, MPI_COMM_SELF);
  for (unsigned int d = 0; d < D; ++d)
    CHECK(to_filling.coordinates[d] < 5e-4 * extent[d]);

  // Across the axes an interval of the same variance stands for a box: many boxes together are what they should be.
  if (D != 2)
    return;
  const Distances diagonals(2, 2, 4000);      // (1, 1)/√2 and (−1, 1)/√2
  const double    exact = std::sqrt(.5) / 3.; // E |u_1 + u_2|/√2, both uniform on (−½, ½)
  double          error = 0.;
  for (const int n : {1, 2, 16})
    {
      std::vector<double> centers;
      for (int i = 0; i < n * n; ++i)
        centers.insert(centers.end(), {(i % n + .5) / n - .5, (i / n + .5) / n - .5});
      const double found =
        diagonals.between(centers, {}, std::vector<double>(2 * n * n, 1. / n), {0., 0.}, {}, MPI_COMM_SELF).sliced;
      if (n == 1)
        CHECK(found == Approx(.25).epsilon(1e-5));
      error = std::abs(found - exact);
    }
  CHECK(error < 2e-4);
}

TEST_CASE("W1 of a projected density", "[comparison]")
{
  // The product of mixtures of Gaussians with the means below, k = 2; cells are wider than the deviation.
  const std::vector<double> means     = {-1.13, -.31, .77};
  const double              deviation = .2;
  const unsigned int        D         = GENERATE(1u, 2u, 3u);
  const auto                problem   = problem_in(D);
  const RoughDensity        density(problem, 2, D == 3 ? 12 : 16, deviation, MPI_COMM_SELF);
  const PositiveDensity     positive(*density.mesh, *density.coupling, density.values);
  const auto                boxes = positive.boxes();
  REQUIRE(boxes.points.size() == D * boxes.weights.size());
  REQUIRE(boxes.extents.size() == D * boxes.weights.size());

  double              mass = 0.;
  std::vector<double> mean(D, 0.);
  for (std::size_t i = 0; i < boxes.weights.size(); ++i)
    {
      mass += boxes.weights[i];
      for (unsigned int d = 0; d < D; ++d)
        mean[d] += boxes.weights[i] * boxes.points[i * D + d];
    }
  CHECK(mass == Approx(positive.mass()).epsilon(2e-9));
  for (unsigned int d = 0; d < D; ++d)
    CHECK(mean[d] / mass == Approx(-.67 / 3.).epsilon(1e-4)); // the positive density keeps the evolved one's moments

  // Along the axes: against points at the quantiles of the mixture, where they are and shifted.
  std::vector<double> quantiles;
  for (unsigned int i = 0; i < 3000; ++i)
    {
      double lower = -3., upper = 3.;
      while (upper - lower > 1e-9)
        {
          const double middle = .5 * (lower + upper);
          double       below  = 0.;
          for (const double m : means)
            below += .5 * std::erfc((m - middle) / deviation / std::sqrt(2.)) / 3.;
          (below < (i + .5) / 3000. ? lower : upper) = middle;
        }
      quantiles.insert(quantiles.end(), D, lower);
    }
  std::vector<double> shifted = quantiles;
  for (double &x : shifted)
    x += .05;
  const Distances distances(D, 6, 4096);
  const auto      same    = distances.between(boxes.points, boxes.weights, boxes.extents, quantiles, {}, MPI_COMM_SELF);
  const auto      further = distances.between(boxes.points, boxes.weights, boxes.extents, shifted, {}, MPI_COMM_SELF);
  const auto      bare    = distances.between(boxes.points, boxes.weights, {}, quantiles, {}, MPI_COMM_SELF);
  for (unsigned int d = 0; d < D; ++d)
    {
      CHECK(same.coordinates[d] < 2e-3);
      CHECK(further.coordinates[d] == Approx(.05).epsilon(5e-3));
      CHECK(bare.coordinates[d] > 1.5 * same.coordinates[d]);
    }

  // In all directions: against the point 0, E |e·θ| of 3^D Gaussians.
  double             exact        = 0.;
  const auto        &directions   = distances.directions();
  const unsigned int n_directions = static_cast<unsigned int>(directions.size() / D) - D;
  unsigned int       n_products   = 1;
  for (unsigned int d = 0; d < D; ++d)
    n_products *= 3;
  for (unsigned int l = 0; l < n_directions; ++l)
    for (unsigned int c = 0; c < n_products; ++c)
      {
        double center = 0.;
        for (unsigned int d = 0, rest = c; d < D; ++d, rest /= 3)
          center += directions[(D + l) * D + d] * means[rest % 3];
        exact += folded(center, deviation) / n_products / n_directions;
      }
  const auto to_zero = distances.between(boxes.points, boxes.weights, boxes.extents, std::vector<double>(D, 0.), {},
                                         MPI_COMM_SELF);
  CHECK(to_zero.sliced == Approx(exact).epsilon(2e-3));
}

TEST_CASE("boxes of a cell with a radial weight", "[comparison]")
{
  // Mass and means of the evolved polynomial with its weight r³.
  const auto            problem = problem_in(2);
  const RoughDensity    density(problem, 2, 8, .3, MPI_COMM_SELF, 3.);
  const PositiveDensity positive(*density.mesh, *density.coupling, density.values);
  const auto            boxes = positive.boxes();
  const auto            exact = moments_of(density, [&](std::size_t c) {
    return std::vector<double>(density.values.begin() + static_cast<std::ptrdiff_t>(9 * c),
                               density.values.begin() + static_cast<std::ptrdiff_t>(9 * c + 9));
  });
  double                mass = 0., means[2] = {};
  for (std::size_t i = 0; i < boxes.weights.size(); ++i)
    {
      mass += boxes.weights[i];
      for (unsigned int d = 0; d < 2; ++d)
        means[d] += boxes.weights[i] * boxes.points[2 * i + d];
    }
  CHECK(mass == Approx(exact[0]).epsilon(2e-9));
  for (unsigned int d = 0; d < 2; ++d)
    CHECK(means[d] == Approx(exact[1 + d]).epsilon(1e-8));
}

TEST_CASE("the floor of sampling is the mean distance of samples to their law", "[comparison]")
{
  constexpr unsigned int    R = 8, M = 100, n_trials = 150;
  const std::vector<double> law = gaussian(4000, 0., 1.);
  const Distances           distances(1, 1, 400);
  // Independent neurons; neurons that share a part in every network.
  for (const bool independent : {true, false})
    {
      double distance = 0., floor = 0.;
      for (unsigned int trial = 0; trial < n_trials; ++trial)
        {
          CounterRandom       random(trial + 1, RandomPurpose::check_points);
          std::vector<double> points;
          double              shared = 0.;
          for (unsigned int j = 0; j < R * M; ++j)
            {
              if (j % M == 0 && !independent)
                shared = random.normal();
              points.push_back(independent ? random.normal() : .6 * shared + .8 * random.normal());
            }
          distance += distances.between(law, {}, {}, points, {}, MPI_COMM_SELF).sliced / n_trials;
          floor += distances.sampling_floor(points, M, MPI_COMM_SELF).sliced / n_trials;
        }
      CAPTURE(independent, distance, floor);
      CHECK(floor == Approx(distance).epsilon(.1));
      // √(2/(πn)) ∫ √(F(1 − F)), with 1.6147 for a Gaussian.
      const double known = 1.6147 * std::sqrt(2. / 3.14159265 / (R * M));
      CHECK((independent || floor > 3. * known));
      if (independent)
        CHECK(floor == Approx(known).epsilon(.05));
    }
}

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

  // Samples of 50 points, dealt out in turn.
  std::vector<double> my_samples;
  for (int j = 0; j < 1000; ++j)
    if (j / 50 % size == rank)
      my_samples.insert(my_samples.end(), points.begin() + 3 * j, points.begin() + 3 * (j + 1));
  const auto floor_alone = distances.sampling_floor(points, 50, MPI_COMM_SELF);
  const auto floor       = distances.sampling_floor(my_samples, 50, MPI_COMM_WORLD);
  CHECK(floor_alone.coordinates == floor.coordinates);
  CHECK(floor_alone.sliced == floor.sliced);
}

TEST_CASE("distances of a density do not depend on the partition", "[comparison][mpi]")
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  CounterRandom random(7, RandomPurpose::check_points);
  for (unsigned int D = 1; D <= 3; ++D)
    {
      std::vector<double> points;
      for (unsigned int j = 0; j < 200 * D; ++j)
        points.push_back(random.normal());
      const auto      problem = problem_in(D);
      const Distances distances(D, 10, 500);
      const auto      result = [&](MPI_Comm communicator, const std::vector<double> &my_points) {
        const RoughDensity density(problem, 2, 8, .2, communicator);
        const auto         boxes = PositiveDensity(*density.mesh, *density.coupling, density.values).boxes();
        return distances.between(boxes.points, boxes.weights, boxes.extents, my_points, {}, communicator);
      };
      const auto alone  = result(MPI_COMM_SELF, points);
      const auto shared = result(MPI_COMM_WORLD, rank == 0 ? points : std::vector<double>());
      CHECK(alone.coordinates == shared.coordinates);
      CHECK(alone.sliced == shared.sliced);
    }
}
