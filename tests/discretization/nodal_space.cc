// Continuous elements on adaptive meshes: what hanging nodes take their values from, weights, numbers of unknowns.
#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/discretization/nodal/nodal_space.h>

#include "../meshes/random_mesh.h"

using namespace rhoflow;

namespace
{
Domain box(unsigned int dim, bool periodic)
{
  const std::vector<double>       lower{-1., 0.5, 0.}, upper{2., 1.5, 1.};
  const std::vector<unsigned int> cells{3, 4, 2};
  return make_domain({lower.begin(), lower.begin() + dim}, {upper.begin(), upper.begin() + dim},
                     {cells.begin(), cells.begin() + dim}, std::vector<bool>(dim, periodic));
}

/// Of the box in every dimension.
constexpr double volume = 3.;

void make_rough(AdaptiveMesh &mesh, unsigned int rounds)
{
  CellTransfer nothing;
  nothing.refine = nothing.coarsen = [](const CellKey &, const double *, double *) {};
  std::vector<double> none;
  for (unsigned int round = 0; round < rounds; ++round)
    mesh.adapt(random_flags(mesh.cells(), round, 3), 0, none, nothing);
}

double over_ranks(double mine, const AdaptiveMesh &mesh)
{
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, MPI_SUM, mesh.communicator());
  return mine;
}

/// A polynomial of degree k in every coordinate around `center`, without symmetries.
double polynomial(unsigned int dim, unsigned int k, const double *x)
{
  double product = 1.;
  for (unsigned int d = 0; d < dim; ++d)
    {
      double value = 0.;
      for (unsigned int i = 0; i <= k; ++i)
        value = value * x[d] + std::cos(1. + d + 3. * i);
      product *= value;
    }
  return product;
}

double integral_of_polynomial(unsigned int dim, unsigned int k, const Domain &domain)
{
  double product = 1.;
  for (unsigned int d = 0; d < dim; ++d)
    {
      double sum = 0.;
      for (unsigned int i = 0; i <= k; ++i)
        {
          const int power = static_cast<int>(k - i) + 1;
          sum += std::cos(1. + d + 3. * i) * (std::pow(domain.upper[d], power) - std::pow(domain.lower[d], power)) / power;
        }
      product *= sum;
    }
  return product;
}
} // namespace

TEST_CASE("the Lobatto line integrates and differentiates polynomials", "[nodal space]")
{
  for (unsigned int k = 1; k <= 4; ++k)
    {
      const LobattoLine &line = lobatto_line(k);
      REQUIRE(line.n == k + 1);
      CHECK(line.nodes[0] == 0.);
      CHECK(line.nodes[k] == 1.);
      for (unsigned int power = 0; power <= 2 * k - 1; ++power)
        {
          double lobatto = 0., gauss = 0.;
          for (unsigned int i = 0; i <= k; ++i)
            lobatto += line.weights[i] * std::pow(line.nodes[i], power);
          for (unsigned int g = 0; g < k; ++g)
            gauss += line.gauss_weights[g] * std::pow(line.gauss_nodes[g], power);
          CHECK(lobatto == Approx(1. / (power + 1)).epsilon(1e-14));
          CHECK(gauss == Approx(1. / (power + 1)).epsilon(1e-14));
        }
      for (unsigned int g = 0; g < k; ++g)
        {
          double value = 0., slope = 0.;
          for (unsigned int i = 0; i <= k; ++i)
            {
              value += line.interpolate[g][i] * std::pow(line.nodes[i], k);
              slope += line.differentiate[g][i] * std::pow(line.nodes[i], k);
            }
          CHECK(value == Approx(std::pow(line.gauss_nodes[g], k)).margin(1e-14));
          CHECK(slope == Approx(k * std::pow(line.gauss_nodes[g], k - 1)).epsilon(1e-12));
        }
      // The highest Legendre mode of ξ^k has the coefficient (k!)²/(2k)!, and lower powers have none.
      double top = 0., lower = 0.;
      for (unsigned int i = 0; i <= k; ++i)
        {
          top += line.top_mode[i] * std::pow(line.nodes[i], k);
          lower += line.top_mode[i] * std::pow(line.nodes[i], k - 1);
        }
      CHECK(top == Approx(std::pow(std::tgamma(k + 1.), 2) / std::tgamma(2. * k + 1.)).epsilon(1e-12));
      CHECK(std::abs(lower) < 1e-13);
    }
  CHECK_THROWS(lobatto_line(5));
}

TEST_CASE("unknowns of uniform meshes are as many as one expects", "[nodal space][mpi]")
{
  const unsigned int dim = GENERATE(1u, 2u, 3u), k = GENERATE(1u, 2u, 3u, 4u);
  const bool         periodic = GENERATE(false, true);
  CAPTURE(dim, k, periodic);
  const Domain       domain = box(dim, periodic);
  const AdaptiveMesh mesh(domain, MPI_COMM_WORLD);
  const NodalSpace   space(mesh, k, false);
  std::uint64_t      wanted = 1;
  for (unsigned int d = 0; d < dim; ++d)
    wanted *= domain.subdivisions[d] * k + (periodic ? 0 : 1);
  CHECK(space.n_global() == wanted);

  // Gauss–Lobatto weights: exact for the degree 2k − 1 here.
  double sum = 0.;
  for (std::size_t i = 0; i < space.n_owned(); ++i)
    sum += space.weights()[i] * (periodic ? 1. : polynomial(dim, 2 * k - 1, space.position(space.owned_node(i))));
  CHECK(over_ranks(sum, mesh) == Approx(periodic ? volume : integral_of_polynomial(dim, 2 * k - 1, domain)).epsilon(1e-12));
}

TEST_CASE("hanging nodes reproduce polynomials, and weights integrate them", "[nodal space][mpi]")
{
  const unsigned int dim = GENERATE(1u, 2u, 3u), k = GENERATE(1u, 2u, 3u, 4u);
  const bool         periodic = GENERATE(false, true);
  CAPTURE(dim, k, periodic);
  const Domain domain = box(dim, periodic);
  AdaptiveMesh mesh(domain, MPI_COMM_WORLD);
  make_rough(mesh, dim == 3 ? 2 : 3);
  const NodalSpace space(mesh, k, false);

  std::size_t hanging = 0;
  double      largest = 0.;
  for (std::size_t i = 0; i < space.n_local(); ++i)
    {
      const double *const x   = space.position(i);
      double              sum = 0.;
      for (auto t = space.terms_begin(i); t != space.terms_end(i); ++t)
        {
          REQUIRE(space.number(t->node) >= 0);
          // Across a periodic side the nearest image counts.
          double y[3];
          for (unsigned int d = 0; d < dim; ++d)
            {
              const double length = domain.upper[d] - domain.lower[d];
              y[d]                = space.position(t->node)[d];
              if (periodic)
                y[d] += length * std::round((x[d] - y[d]) / length);
            }
          sum += t->weight * polynomial(dim, k, y);
        }
      const auto n_terms = space.terms_end(i) - space.terms_begin(i);
      if (space.number(i) >= 0)
        {
          CHECK(n_terms == 1);
          CHECK(space.terms_begin(i)->node == i);
        }
      hanging += n_terms > 1 ? 1 : 0;
      largest = std::max(largest, std::abs(sum - polynomial(dim, k, x)));
    }
  CHECK(largest < 1e-12);
  if (dim > 1)
    CHECK(over_ranks(static_cast<double>(hanging), mesh) > 0.);

  double sum = 0., all = 0.;
  for (std::size_t i = 0; i < space.n_owned(); ++i)
    {
      all += space.weights()[i];
      sum += space.weights()[i] * polynomial(dim, k, space.position(space.owned_node(i)));
      CHECK(space.weights()[i] > 0.);
    }
  CHECK(over_ranks(all, mesh) == Approx(volume).epsilon(1e-12));
  if (!periodic)
    CHECK(over_ranks(sum, mesh) == Approx(integral_of_polynomial(dim, k, domain)).epsilon(1e-12));
}

TEST_CASE("values travel to the local nodes and back to their owners", "[nodal space][mpi]")
{
  const unsigned int dim = GENERATE(1u, 2u, 3u);
  AdaptiveMesh       mesh(box(dim, false), MPI_COMM_WORLD);
  make_rough(mesh, 2);
  const NodalSpace    space(mesh, 2, false);
  std::vector<double> values;
  for (std::size_t i = 0; i < space.n_owned(); ++i)
    {
      CHECK(space.number(space.owned_node(i)) == space.first_owned() + static_cast<std::int64_t>(i));
      values.push_back(polynomial(dim, 3, space.position(space.owned_node(i))));
    }
  const std::vector<double> local   = space.to_local(values);
  double                    largest = 0.;
  for (std::size_t i = 0; i < space.n_local(); ++i)
    largest = std::max(largest, std::abs(local[i] - (space.number(i) >= 0 ? polynomial(dim, 3, space.position(i)) : 0.)));
  CHECK(largest < 1e-13);
  // Every corner of a cell that is free counts once; and all of them together.
  const auto count = space.sum_to_owned([](std::size_t, unsigned int) { return 1.; });
  double     mine = 0., corners = 0.;
  for (const double c : count)
    {
      CHECK(c >= 1.);
      mine += c;
    }
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    for (unsigned int i = 0; i < space.points_per_cell(); ++i)
      corners += space.number(space.cell(c)[i]) >= 0 ? 1. : 0.;
  CHECK(over_ranks(mine, mesh) == over_ranks(corners, mesh));
}

TEST_CASE("nodes at the origin of a radius are void, and the rest still has the right numbers", "[nodal space][mpi]")
{
  const unsigned int dim = GENERATE(1u, 2u, 3u), k = GENERATE(1u, 2u, 3u);
  CAPTURE(dim, k);
  std::vector<double> lower(dim, -1.), upper(dim, 1.);
  lower[dim - 1]      = 0.;
  const Domain domain = make_domain(lower, upper, std::vector<unsigned int>(dim, 3), std::vector<bool>(dim, false));
  AdaptiveMesh mesh(domain, MPI_COMM_WORLD);
  {
    const NodalSpace space(mesh, k, true);
    std::uint64_t    wanted = 3 * k;
    for (unsigned int d = 0; d + 1 < dim; ++d)
      wanted *= 3 * k + 1;
    CHECK(space.n_global() == wanted);
  }
  make_rough(mesh, 2);
  const NodalSpace space(mesh, k, true);
  for (std::size_t i = 0; i < space.n_local(); ++i)
    {
      const bool origin = space.position(i)[dim - 1] == 0.;
      CHECK((space.terms_begin(i) == space.terms_end(i)) == origin);
      if (origin)
        CHECK(space.number(i) < 0);
    }
  for (const double w : space.weights())
    CHECK(w > 0.);
}
