#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/discretization/refinement.h>

using namespace rhoflow;

namespace
{
Domain box(unsigned int dim)
{
  Domain domain;
  domain.lower        = {-1., 0.5, 0.};
  domain.upper        = {2., 1.5, 2.};
  domain.subdivisions = {3, 2, 4};
  domain.periodic     = {false, false, false};
  domain.lower.resize(dim);
  domain.upper.resize(dim);
  domain.subdivisions.resize(dim);
  domain.periodic.resize(dim);
  return domain;
}

/// Node values of f, [cells][points].
template <typename Function>
std::vector<double> nodal(const DGMesh &space, const Function &f)
{
  const unsigned int  dim = space.dimension(), n = space.points_per_cell();
  std::vector<double> values(space.n_cells() * n), points(n * dim);
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      space.nodes(space.mesh().cells()[c], points.data());
      for (unsigned int i = 0; i < n; ++i)
        values[c * n + i] = f(&points[i * dim], space.mesh().cells()[c]);
    }
  return values;
}

/// The normalised Legendre polynomial of degree k on [0, 1].
double legendre(unsigned int k, double xi)
{
  const double x = 2. * xi - 1.;
  double       p = 1., q = 0.;
  for (unsigned int j = 0; j < k; ++j)
    {
      const double next = ((2. * j + 1.) * x * p - j * q) / (j + 1.);
      q                 = p;
      p                 = next;
    }
  return std::sqrt(2. * k + 1.) * p;
}
} // namespace

TEST_CASE("A new mesh is needed by many cells above the tolerance, or by one far above it")
{
  Domain line;
  line.set_box({0.}, {1.});
  line.set_subdivisions(100);
  const AdaptiveMesh        mesh(line, MPI_COMM_SELF);
  RefinementParameters      parameters;
  constexpr double          tolerance = 1e-3;
  const std::vector<double> quiet(100, 0.9 * tolerance);
  const auto                needed = [&](const std::size_t n_cells, const double indicator) {
    std::vector<double> values = quiet;
    std::fill_n(values.begin() + 10, n_cells, indicator);
    return needs_new_mesh(mesh, values, parameters, tolerance);
  };
  CHECK(!needed(0, 0.));
  CHECK(!needed(5, 3. * tolerance));
  CHECK(needed(6, 3. * tolerance));
  CHECK(needed(1, 5. * tolerance));
  // Cells that may not be refined ask for nothing.
  parameters.maximum_level = 0;
  CHECK(!needed(6, 5. * tolerance));
}

TEST_CASE("Resolution indicator: zero for positive polynomials below the degree")
{
  for (unsigned int dim = 1; dim <= 3; ++dim)
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const AdaptiveMesh mesh(box(dim), MPI_COMM_SELF);
        const DGMesh       space(mesh, degree, false, 0.);
        const auto         values = nodal(space, [&](const double *x, const CellKey &) {
          double product = 1.;
          for (unsigned int d = 0; d < dim; ++d)
            product *= 2. + std::pow(0.3 * x[d], degree - 1);
          return product;
        });
        for (const double indicator : resolution_indicator(space, values))
          CHECK(indicator < 1e-12);
      }
}

TEST_CASE("Resolution indicator: the size of the top mode, in units of mass")
{
  for (unsigned int dim = 1; dim <= 3; ++dim)
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      for (unsigned int axis = 0; axis < dim; ++axis)
        {
          const AdaptiveMesh mesh(box(dim), MPI_COMM_SELF);
          const DGMesh       space(mesh, degree, false, 0.);
          const double       amplitude = 0.01;
          const auto         values    = nodal(space, [&](const double *x, const CellKey &key) {
            const double xi = (x[axis] - mesh.position(key, axis, 0)) / mesh.extent(key, axis);
            return 1. + amplitude * legendre(degree, xi);
          });
          // ∫ |p| of the normalised polynomial by the element's own Gauss rule, times the volume.
          double mean_size = 0., volume = 1.;
          for (unsigned int q = 0; q <= degree; ++q)
            mean_size += space.batches().line.weights[q] * std::abs(legendre(degree, space.batches().line.nodes[q]));
          for (unsigned int d = 0; d < dim; ++d)
            volume *= mesh.extent(mesh.cells()[0], d);
          CAPTURE(dim, degree, axis);
          for (const double indicator : resolution_indicator(space, values))
            CHECK(indicator == Approx(amplitude * mean_size * volume).epsilon(1e-10));
        }
}

TEST_CASE("Resolution indicator: negative mass counts, also with a radial weight")
{
  for (const double kappa : {0., 5.})
    {
      const AdaptiveMesh mesh(box(3), MPI_COMM_SELF);
      const DGMesh       space(mesh, 2, true, kappa);
      const auto   values    = nodal(space, [](const double *, const CellKey &key) { return key.index[2] == 1 ? -0.5 : 0.25; });
      const auto   indicator = resolution_indicator(space, values);
      const double layer     = (std::pow(1., kappa + 1.) - std::pow(0.5, kappa + 1.)) / (kappa + 1.); // ∫ r^κ dr on [0.5, 1]
      for (std::size_t c = 0; c < space.n_cells(); ++c)
        if (mesh.cells()[c].index[2] == 1)
          CHECK(indicator[c] == Approx(0.5 * 1. * 0.5 * layer).epsilon(1e-11));
        else
          CHECK(indicator[c] < 1e-13);
    }
}

TEST_CASE("Refinement flags: tolerance, levels and the largest number of cells")
{
  AdaptiveMesh         mesh(box(2), MPI_COMM_SELF);
  const DGMesh         space(mesh, 1, false, 0.);
  RefinementParameters parameters;
  parameters.maximum_level = 1;
  std::vector<double> indicator(space.n_cells(), 0.5e-6);
  indicator[2]     = 2e-6;
  indicator[3]     = 1e-9;
  const auto flags = refinement_flags(space.mesh(), indicator, parameters, 1e-6);
  for (std::size_t c = 0; c < flags.size(); ++c)
    CHECK(flags[c] == (c == 2 ? 1 : 0)); // level 0 cannot be coarsened
  parameters.maximum_cells = space.n_cells();
  CHECK(refinement_flags(space.mesh(), indicator, parameters, 1e-6) == std::vector<signed char>(space.n_cells(), 0));
  parameters.minimum_level = 1;
  CHECK(refinement_flags(space.mesh(), indicator, parameters, 1e-6) == std::vector<signed char>(space.n_cells(), 1));
}
