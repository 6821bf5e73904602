#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include <solvers/base/error.h>
#include <solvers/discretization/dg/positive_density.h>

#include "rough_density.h"

using namespace rhoflow;
using Type = ParticleNeuron::Type;

namespace
{
/// Largest deviation of the moments of the reconstruction, relative to the root mean square of their integrands.
double largest_deviation(const RoughDensity &density, const std::vector<double> &reconstruction, double &mass_deviation)
{
  const unsigned int        n_points = density.mesh->points_per_cell();
  const std::vector<double> evolved  = moments_of(density, [&](std::size_t c) {
    return std::vector<double>(density.values.begin() + static_cast<std::ptrdiff_t>(c * n_points),
                               density.values.begin() + static_cast<std::ptrdiff_t>((c + 1) * n_points));
  });
  const std::vector<double> reached  = moments_of(
     density, [&](std::size_t c) { return at_gauss_points(density, c, reconstruction.data() + c * n_points); });
  const std::size_t K       = evolved.size() / 2;
  double            largest = 0.;
  for (std::size_t k = 0; k < K; ++k)
    largest = std::max(largest, std::abs(reached[k] - evolved[k]) / std::sqrt(reached[K + k] * evolved[0]));
  mass_deviation = std::abs(reached[0] / evolved[0] - 1.);
  return largest;
}

void check(const RoughDensity &density, double least_negative_mass, double boxes_tolerance = 2e-9)
{
  const PositiveDensity positive(*density.mesh, *density.coupling, density.values);
  INFO("degree " << density.mesh->batches().n - 1
                 << ", "
                    "negative mass "
                 << positive.negative_mass() << ", deviation " << positive.deviation() << " after " << positive.iterations()
                 << " iterations, moved " << positive.tilted_mass() << ", modes " << density.field->n_modes());
  CHECK(positive.negative_mass() > least_negative_mass);
  CHECK(positive.minimum() < 0.);
  CHECK(*std::min_element(positive.values().begin(), positive.values().end()) >= 0.);
  double mass_deviation;
  CHECK(largest_deviation(density, positive.values(), mass_deviation) < 1e-10);
  CHECK(mass_deviation < 1e-14);
  CHECK(positive.deviation() < 1e-10);

  const Measure      boxes = positive.boxes();
  const unsigned int D     = density.problem.n_parameters();
  REQUIRE(boxes.points.size() == boxes.weights.size() * D);
  REQUIRE(boxes.extents.size() == boxes.points.size());
  double mass = 0.;
  for (const double weight : boxes.weights)
    mass += weight;
  CHECK(*std::min_element(boxes.weights.begin(), boxes.weights.end()) > 0.);
  CHECK(mass == Approx(positive.mass()).epsilon(boxes_tolerance));
  bool inside = true;
  for (std::size_t i = 0; i < boxes.points.size(); ++i)
    inside = inside && boxes.extents[i] >= 0. &&
             boxes.points[i] - .5 * boxes.extents[i] >= density.domain.lower[i % D] - 1e-14 &&
             boxes.points[i] + .5 * boxes.extents[i] <= density.domain.upper[i % D] + 1e-14;
  CHECK(inside);
}
} // namespace

TEST_CASE("positive densities keep mass and moments of under-resolved ones", "[positive_density]")
{
  SECTION("one dimension")
  {
    const DataSetProblem problem(Type::ridge, 1, 3);
    for (unsigned int degree = 1; degree <= 4; ++degree)
      check(RoughDensity(problem, degree, 8, 0.1, MPI_COMM_SELF), 1e-4);
  }
  SECTION("two dimensions, linear in the amplitude")
  {
    const DataSetProblem problem(Type::weighted_ridge, 1, 8);
    for (unsigned int degree = 1; degree <= 4; ++degree)
      check(RoughDensity(problem, degree, 8, 0.1, MPI_COMM_SELF), 1e-4);
  }
  SECTION("two dimensions, no amplitude")
  {
    const DataSetProblem problem(Type::ridge, 2, 20);
    for (unsigned int degree = 2; degree <= 3; ++degree)
      check(RoughDensity(problem, degree, 8, 0.1, MPI_COMM_SELF), 1e-4);
  }
  SECTION("three dimensions, linear in the amplitude")
  {
    const DataSetProblem problem(Type::biased_ridge, 1, 12, Activation::Kind::tanh);
    for (unsigned int degree = 2; degree <= 3; ++degree)
      check(RoughDensity(problem, degree, 6, 0.15, MPI_COMM_SELF), 1e-4);
  }
  SECTION("with a radial weight, whose equidistant weights are positive, or not everywhere")
  {
    const DataSetProblem problem(Type::weighted_ridge, 2, 8);
    check(RoughDensity(problem, 2, 6, 0.15, MPI_COMM_SELF, 1.), 1e-4);
    check(RoughDensity(problem, 2, 6, 0.15, MPI_COMM_SELF, 12.), 1e-4, 1e-5);
  }
  SECTION("three dimensions, no amplitude")
  {
    const DataSetProblem problem(Type::bump, 3, 10);
    check(RoughDensity(problem, 2, 6, 0.15, MPI_COMM_SELF), 1e-4);
  }
}

TEST_CASE("a density that is nowhere negative stays as it is", "[positive_density]")
{
  const DataSetProblem problem(Type::weighted_ridge, 1, 8);
  RoughDensity         density(problem, 3, 8, 0.12, MPI_COMM_SELF);
  const unsigned int   n_points = density.mesh->points_per_cell();
  std::vector<double>  points(2 * n_points), expected;
  // 1 + a/3 + w²/5 is in the space.
  const auto function = [](const double *theta) { return 1. + theta[0] / 3. + theta[1] * theta[1] / 5.; };
  for (std::size_t c = 0; c < density.mesh->n_cells(); ++c)
    {
      density.mesh->nodes(density.adaptive->cells()[c], points.data());
      for (unsigned int i = 0; i < n_points; ++i)
        density.values[c * n_points + i] = function(points.data() + 2 * i);
      EquidistantPoints(*density.mesh).positions(density.adaptive->cells()[c], points.data());
      for (unsigned int i = 0; i < n_points; ++i)
        expected.push_back(function(points.data() + 2 * i));
    }
  const PositiveDensity positive(*density.mesh, *density.coupling, density.values);
  CHECK(positive.negative_mass() == 0.);
  CHECK(positive.tilted_mass() < 1e-13 * positive.mass());
  double largest = 0.;
  for (std::size_t i = 0; i < expected.size(); ++i)
    largest = std::max(largest, std::abs(positive.values()[i] - expected[i]));
  CHECK(largest < 1e-13);
}

TEST_CASE("moments that no positive density has are missed by as little as possible", "[positive_density]")
{
  // Far more negative than positive second moment: mass 1, but ∫ θ² ρ < 0.
  const DataSetProblem problem(Type::ridge, 1, 3);
  RoughDensity         density(problem, 2, 8, 0.5, MPI_COMM_SELF);
  std::vector<double>  points(3);
  for (std::size_t c = 0; c < density.mesh->n_cells(); ++c)
    {
      density.mesh->nodes(density.adaptive->cells()[c], points.data());
      for (unsigned int i = 0; i < 3; ++i)
        density.values[3 * c + i] = std::abs(points[i]) < 1. ? 1. : -0.4;
    }
  const PositiveDensity positive(*density.mesh, *density.coupling, density.values);
  CHECK(positive.deviation() > 1e-3);
  CHECK(*std::min_element(positive.values().begin(), positive.values().end()) >= 0.);
  double mass_deviation;
  largest_deviation(density, positive.values(), mass_deviation);
  CHECK(mass_deviation < 1e-14);

  density.values.assign(density.values.size(), -1.);
  CHECK_THROWS_AS(PositiveDensity(*density.mesh, *density.coupling, density.values), RunError);
  density.values[0] = std::nan("");
  CHECK_THROWS_AS(PositiveDensity(*density.mesh, *density.coupling, density.values), RunError);
}

TEST_CASE("positive densities are the same on any number of ranks", "[positive_density][mpi]")
{
  const DataSetProblem amplitude(Type::weighted_ridge, 2, 12), general(Type::ridge, 2, 20), line(Type::ridge, 1, 6);
  for (const DataSetProblem *problem : {&amplitude, &general, &line})
    {
      const RoughDensity    alone(*problem, 2, 6, 0.2, MPI_COMM_SELF), together(*problem, 2, 6, 0.2, MPI_COMM_WORLD);
      const PositiveDensity one(*alone.mesh, *alone.coupling, alone.values),
        many(*together.mesh, *together.coupling, together.values);
      CHECK(one.mass() == many.mass());
      CHECK(one.negative_mass() == many.negative_mass());
      CHECK(one.minimum() == many.minimum());
      CHECK(one.deviation() == many.deviation());
      CHECK(one.tilted_mass() == many.tilted_mass());
      CHECK(one.tilted_mass() > 1e-4);
      CHECK(one.iterations() == many.iterations());
      std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t> place;
      for (std::size_t c = 0; c < alone.mesh->n_cells(); ++c)
        place[{alone.adaptive->cells()[c].morton(), alone.adaptive->cells()[c].level}] = c;
      const unsigned int n_points = alone.mesh->points_per_cell();
      for (std::size_t c = 0; c < together.mesh->n_cells(); ++c)
        {
          const CellKey    &key   = together.adaptive->cells()[c];
          const std::size_t other = place.at({key.morton(), key.level});
          CHECK(std::equal(many.values().begin() + static_cast<std::ptrdiff_t>(c * n_points),
                           many.values().begin() + static_cast<std::ptrdiff_t>((c + 1) * n_points),
                           one.values().begin() + static_cast<std::ptrdiff_t>(other * n_points)));
        }
      // In one dimension rank 0 speaks for all.
      const Measure boxes = many.boxes();
      double        mass  = 0.;
      for (const double weight : boxes.weights)
        mass += weight;
      MPI_Allreduce(MPI_IN_PLACE, &mass, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
      CHECK(mass == Approx(one.mass()).epsilon(2e-9));
    }
}
