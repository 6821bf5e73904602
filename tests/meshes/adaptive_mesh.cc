// The adaptive mesh with data on its cells, on any number of ranks.

#include <catch2/catch.hpp>

#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include <solvers/discretization/dg/dg_mesh.h>

#include <tests/support/refusals.h>

#include "random_mesh.h"

using namespace rhoflow;

namespace
{
std::vector<Domain> domains()
{
  return {make_domain({-1.}, {2.}, {5}, {false}),
          make_domain({-1., 0.}, {2., 0.7}, {5, 3}, {false, false}),
          make_domain({-1., 0.}, {2., 0.7}, {3, 4}, {true, true}),
          make_domain({-1., 0.}, {2., 0.7}, {8, 8}, {true, true}), // wide enough for cells that a rank does not know
          make_domain({-1., 0.}, {2., 0.7}, {8, 8}, {false, false}),
          make_domain({-1., 0., 3.}, {2., 0.7, 4.}, {3, 2, 2}, {false, false, false}),
          make_domain({-1., 0., 3.}, {2., 0.7, 4.}, {3, 3, 4}, {true, false, true})};
}

/// Every number of every cell of all ranks, by the cell's place on the Morton curve (its level in the lowest bits).
std::map<std::uint64_t, std::vector<double>> gathered(const AdaptiveMesh &mesh, const std::vector<double> &values,
                                                      unsigned int n_values)
{
  std::vector<double> mine;
  for (std::size_t c = 0; c < mesh.cells().size(); ++c)
    {
      const CellKey &key = mesh.cells()[c];
      for (const std::uint32_t part : {key.index[0], key.index[1], key.index[2], key.level})
        mine.push_back(part);
      mine.insert(mine.end(), values.begin() + static_cast<std::ptrdiff_t>(c * n_values),
                  values.begin() + static_cast<std::ptrdiff_t>((c + 1) * n_values));
    }
  int n_ranks = 1;
  MPI_Comm_size(mesh.communicator(), &n_ranks);
  std::vector<int> counts(static_cast<std::size_t>(n_ranks)), offsets(static_cast<std::size_t>(n_ranks) + 1, 0);
  const int        n_mine = static_cast<int>(mine.size());
  MPI_Allgather(&n_mine, 1, MPI_INT, counts.data(), 1, MPI_INT, mesh.communicator());
  for (std::size_t r = 0; r < counts.size(); ++r)
    offsets[r + 1] = offsets[r] + counts[r];
  std::vector<double> all(static_cast<std::size_t>(offsets.back()));
  MPI_Allgatherv(mine.data(), n_mine, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, mesh.communicator());
  std::map<std::uint64_t, std::vector<double>> result;
  for (std::size_t i = 0; i < all.size(); i += 4 + n_values)
    {
      CellKey key;
      for (unsigned int d = 0; d < 3; ++d)
        key.index[d] = static_cast<std::uint32_t>(all[i + d]);
      key.level                             = static_cast<std::uint32_t>(all[i + 3]);
      result[key.morton() * 16 + key.level] = {all.begin() + static_cast<std::ptrdiff_t>(i + 4),
                                               all.begin() + static_cast<std::ptrdiff_t>(i + 4 + n_values)};
    }
  return result;
}

/// A polynomial of degree `degree` in every coordinate.
double polynomial(const double *x, unsigned int dim, unsigned int degree)
{
  double product = 1.;
  for (unsigned int d = 0; d < dim; ++d)
    product *= 1. + std::pow(0.4 * x[d] + 0.1 * d, degree) - 0.3 * x[d];
  return product;
}

std::vector<double> nodal_values(const DGMesh &space, unsigned int degree)
{
  const unsigned int  dim = space.dimension(), n = space.points_per_cell();
  std::vector<double> values(space.n_cells() * n), points(n * dim);
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      space.nodes(space.mesh().cells()[c], points.data());
      for (unsigned int i = 0; i < n; ++i)
        values[c * n + i] = polynomial(&points[i * dim], dim, degree);
    }
  return values;
}

double mass(const DGMesh &space, const std::vector<double> &values)
{
  const unsigned int  n = space.points_per_cell();
  std::vector<double> w(n);
  double              sum = 0.;
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      space.weights(space.mesh().cells()[c], w.data());
      for (unsigned int i = 0; i < n; ++i)
        sum += w[i] * values[c * n + i];
    }
  double total = sum;
  MPI_Allreduce(&sum, &total, 1, MPI_DOUBLE, MPI_SUM, space.mesh().communicator());
  return total;
}
} // namespace

TEST_CASE("Adaptive mesh: cells fill the box, sides have the same bits from both cells")
{
  for (const Domain &domain : domains())
    {
      AdaptiveMesh        mesh(domain, MPI_COMM_SELF);
      std::vector<double> data(mesh.cells().size());
      CellTransfer        copy;
      copy.refine  = [](const CellKey &, const double *from, double *to) { *to = *from; };
      copy.coarsen = copy.refine;
      mesh.adapt(random_flags(mesh.cells(), 3, 3), 1, data, copy);
      double volume = 0., whole = 1.;
      for (const CellKey &key : mesh.cells())
        {
          double product = 1.;
          for (unsigned int d = 0; d < mesh.dimension(); ++d)
            {
              product *= mesh.extent(key, d);
              CHECK(mesh.position(key, d, 1) - mesh.position(key, d, 0) == Approx(mesh.extent(key, d)));
              CellKey next;
              if (mesh.neighbor(key, d, 1, next) && next.index[d] > key.index[d])
                CHECK(mesh.position(next, d, 0) == mesh.position(key, d, 1));
              CellKey back;
              if (mesh.neighbor(key, d, 1, next))
                {
                  REQUIRE(mesh.neighbor(next, d, 0, back));
                  CHECK(back == key);
                }
              else
                CHECK(mesh.position(key, d, 1) == domain.upper[d]);
            }
          volume += product;
        }
      for (unsigned int d = 0; d < mesh.dimension(); ++d)
        whole *= domain.upper[d] - domain.lower[d];
      CHECK(volume == Approx(whole).epsilon(1e-13));
    }
}

TEST_CASE("Adaptive mesh: the same cells and data on any number of ranks", "[mpi]")
{
  for (const Domain &domain : domains())
    {
      AdaptiveMesh alone(domain, MPI_COMM_SELF), together(domain, MPI_COMM_WORLD);
      CellTransfer transfer;
      // Values that tell apart who was refined and coarsened, and in which order.
      transfer.refine = [](const CellKey &child, const double *parent, double *values) {
        values[0] = parent[0] * 1.1 + child.child_number(3);
        values[1] = parent[1] + 1.;
      };
      transfer.coarsen = [&](const CellKey &, const double *children, double *values) {
        values[0] = values[1] = 0.;
        for (unsigned int c = 0; c < (1U << domain.dimension()); ++c)
          for (unsigned int v = 0; v < 2; ++v)
            values[v] = 0.7 * values[v] + children[2 * c + v];
      };
      const auto initial = [](const AdaptiveMesh &mesh) {
        std::vector<double> values;
        for (const CellKey &key : mesh.cells())
          values.insert(values.end(), {cell_number(key, 77), 0.});
        return values;
      };
      std::vector<double> mine = initial(alone), ours = initial(together);
      for (std::uint64_t round = 0; round < 40; ++round)
        {
          const unsigned int highest = domain.dimension() == 3 ? 2 : 4;
          CAPTURE(domain.subdivisions, domain.periodic, round);
          const bool changed = alone.adapt(random_flags(alone.cells(), round, highest), 2, mine, transfer);
          CHECK(together.adapt(random_flags(together.cells(), round, highest), 2, ours, transfer) == changed);
          CHECK(together.n_global_cells() == alone.n_global_cells());
          CHECK(together.finest_level() == alone.finest_level());
          CHECK(gathered(together, ours, 2) == gathered(alone, mine, 2));
          for (std::size_t c = 0; c + 1 < together.cells().size(); ++c)
            CHECK(together.cells()[c].morton() < together.cells()[c + 1].morton());
        }
      std::vector<signed char> none(together.cells().size(), 0);
      CHECK_FALSE(together.adapt(none, 2, ours, transfer));
    }
}

TEST_CASE("Adaptive mesh: refinement keeps polynomials, coarsening mass, with and without a radial weight", "[mpi]")
{
  for (const Domain &domain : domains())
    for (const unsigned int degree : {1U, 2U, 4U})
      for (const double kappa : {0., 5.})
        {
          if (kappa != 0. && domain.dimension() != 3)
            continue;
          CAPTURE(domain.dimension(), degree, kappa);
          const bool          amplitude = kappa != 0.;
          AdaptiveMesh        mesh(domain, MPI_COMM_WORLD);
          auto                space  = std::make_unique<DGMesh>(mesh, degree, amplitude, kappa);
          std::vector<double> values = nodal_values(*space, degree);
          const double        before = mass(*space, values);
          const auto          adapt  = [&](const std::vector<signed char> &flags) {
            if (!mesh.adapt(flags, space->points_per_cell(), values, space->cell_transfer()))
              return;
            space = std::make_unique<DGMesh>(mesh, degree, amplitude, kappa);
          };
          for (std::uint64_t round = 0; round < 3; ++round)
            {
              adapt(random_flags(mesh.cells(), round, domain.dimension() == 3 ? 2 : 3));
              // A polynomial is one on every mesh: refinement evaluates it, coarsening projects it onto itself.
              const std::vector<double> exact = nodal_values(*space, degree);
              double                    worst = 0.;
              for (std::size_t i = 0; i < values.size(); ++i)
                worst = std::max(worst, std::abs(values[i] - exact[i]));
              CHECK(worst < 1e-11);
              CHECK(mass(*space, values) == Approx(before).epsilon(1e-13));
            }
          // Anything else keeps its mass.
          std::size_t i = 0;
          for (const CellKey &key : mesh.cells())
            for (unsigned int p = 0; p < space->points_per_cell(); ++p)
              values[i++] = cell_number(key, p);
          const double rough = mass(*space, values);
          for (unsigned int round = 0; round < 6; ++round)
            adapt(std::vector<signed char>(mesh.cells().size(), -1));
          CHECK(mesh.finest_level() == 0);
          CHECK(mass(*space, values) == Approx(rough).epsilon(1e-13));
        }
}

namespace
{
/// The keys of the active cells of the triangulation, in the order of the mesh.
template <int dim>
std::vector<CellKey> cells_of_triangulation(const AdaptiveMesh &mesh)
{
  std::vector<CellKey> cells;
  for (const auto &cell : mesh.triangulation<dim>().active_cell_iterators())
    cells.push_back(key_of(cell, mesh.domain()));
  std::sort(cells.begin(), cells.end(), [](const CellKey &a, const CellKey &b) { return a.morton(dim) < b.morton(dim); });
  return cells;
}
} // namespace

TEST_CASE("Adaptive mesh: the triangulation has the cells of the mesh, in its own dimension only")
{
  for (const Domain &domain : domains())
    {
      AdaptiveMesh        mesh(domain, MPI_COMM_SELF);
      std::vector<double> values;
      const auto          nothing = [](const CellKey &, const double *, double *) {};
      mesh.adapt(random_flags(mesh.cells(), 0, 2), 0, values, {nothing, nothing});
      const std::vector<CellKey> expected = mesh.cells();
      switch (mesh.dimension())
        {
          case 1:
            CHECK(cells_of_triangulation<1>(mesh) == expected);
            CHECK_THROWS_AS(mesh.triangulation<2>(), std::logic_error);
            break;
          case 2:
            CHECK(cells_of_triangulation<2>(mesh) == expected);
            CHECK_THROWS_AS(mesh.triangulation<3>(), std::logic_error);
            break;
          default:
            CHECK(cells_of_triangulation<3>(mesh) == expected);
            CHECK_THROWS_AS(mesh.triangulation<1>(), std::logic_error);
        }
    }
}

TEST_CASE("Adaptive mesh: too many subdivisions or refinements are refused")
{
  Domain many = make_domain({0., 0.}, {1., 1.}, {129, 2}, {false, false});
  CHECK(refusal([&]() { AdaptiveMesh(many, MPI_COMM_SELF); }) == Refused{"Domain/Subdivisions", Refusal::out_of_range});
  Domain fine     = make_domain({0.}, {1.}, {1}, {false});
  fine.refinement = CellKey::max_level + 1;
  CHECK(refusal([&]() { AdaptiveMesh(fine, MPI_COMM_SELF); }) == Refused{"Domain/Refinement", Refusal::out_of_range});
}

TEST_CASE("Adaptive mesh: a line has as many subdivisions as are wanted, in their order, also refined")
{
  Domain line     = make_domain({0.}, {1.}, {50000}, {false});
  line.refinement = 1;
  AdaptiveMesh             mesh(line, MPI_COMM_SELF);
  const auto               nothing = [](const CellKey &, const double *, double *) {};
  std::vector<double>      values;
  std::vector<signed char> flags(mesh.cells().size(), 0);
  flags.back() = 1;
  mesh.adapt(flags, 0, values, {nothing, nothing});
  REQUIRE(mesh.cells().size() == 100001);
  double largest_gap = 0.;
  for (std::size_t c = 0; c + 1 < mesh.cells().size(); ++c)
    largest_gap = std::max(largest_gap,
                           std::abs(mesh.position(mesh.cells()[c], 0, 1) - mesh.position(mesh.cells()[c + 1], 0, 0)));
  CHECK(largest_gap < 1e-12);
}

TEST_CASE("Adaptive mesh: lists of cells that are no mesh of the box are refused, whatever they hold")
{
  const Domain             box = make_domain({0., 0.}, {1., 1.}, {2, 3}, {false, true});
  AdaptiveMesh             mesh(box, MPI_COMM_SELF);
  const auto               nothing = [](const CellKey &, const double *, double *) {};
  std::vector<signed char> flags(mesh.cells().size(), 0);
  flags[1] = 1;
  std::vector<double> values;
  mesh.adapt(flags, 0, values, {nothing, nothing});
  const std::vector<std::uint64_t> list     = mesh.all_cells();
  const auto                       recreate = [&](const std::vector<std::uint64_t> &cells) {
    return AdaptiveMesh(box, MPI_COMM_SELF).recreate(cells);
  };
  CHECK(recreate(list).size() == list.size() / 4);

  const auto with = [&](const std::size_t place, const std::uint64_t value) {
    std::vector<std::uint64_t> changed = list;
    changed.at(place)                  = value;
    return changed;
  };
  const auto without = [&](const std::size_t n) {
    return std::vector<std::uint64_t>(list.begin(), list.end() - static_cast<int>(n));
  };
  // A level of 2^32 would never end, a place of 2^32 + 1 would be taken for 1.
  for (const std::vector<std::uint64_t> &other :
       {with(3, 15), with(3, 4294967296), with(3, ~std::uint64_t(0)), with(0, 4294967296 + list[0]), with(0, 2 << list[3]),
        with(2, 1), with(3, list[3] + 1), without(1), without(4), without(list.size()), [&]() {
          std::vector<std::uint64_t> twice = list;
          twice.insert(twice.end(), list.begin(), list.begin() + 4);
          return twice;
        }()})
    CHECK_THROWS_WITH(recreate(other), "the list of cells is not that of a mesh of this box");
}

TEST_CASE("Adaptive mesh: the cells of a box are cells of a larger one, with coarse cells around them")
{
  const unsigned int dim = GENERATE(1U, 2U, 3U);
  const Domain box = make_domain(std::vector<double>(dim, -1.), std::vector<double>(dim, 3.), std::vector<unsigned int>(dim, 4),
                                 std::vector<bool>(dim, false));
  AdaptiveMesh mesh(box, MPI_COMM_SELF);
  const auto   nothing = [](const CellKey &, const double *, double *) {};
  std::vector<double> values;
  // Two levels at a corner, beside cells that will be new.
  for (unsigned int round = 0; round < 2; ++round)
    {
      std::vector<signed char> flags(mesh.cells().size(), 0);
      for (std::size_t c = 0; c < flags.size(); ++c)
        if (mesh.cells()[c].index == std::array<std::uint32_t, 3>{})
          flags[c] = 1;
      mesh.adapt(flags, 0, values, {nothing, nothing});
    }

  Domain              larger = box;
  std::vector<double> below(dim, 0.), above(dim, 0.);
  below[0]       = 1.5;
  above[dim - 1] = 0.25;
  larger.extend(below, above, 2);
  CHECK(larger.lower[0] == -3.);
  CHECK(larger.upper[dim - 1] == 5.);
  CHECK(larger.subdivisions[0] == (dim == 1 ? 8U : 6U));

  AdaptiveMesh                     grown(larger, MPI_COMM_SELF);
  const auto                       listed  = mesh.all_cells();
  const std::vector<std::uint64_t> places  = grown.recreate_part(cells_in_larger_box(listed, box, larger));
  std::size_t                      n_known = 0;
  for (std::size_t c = 0; c < places.size(); ++c)
    {
      const CellKey &cell   = grown.cells()[c];
      bool           inside = true;
      for (unsigned int d = 0; d < dim; ++d)
        inside = inside && grown.position(cell, d, 0) > box.lower[d] - 1e-9 && grown.position(cell, d, 1) < box.upper[d] + 1e-9;
      CHECK((places[c] != AdaptiveMesh::no_place) == inside);
      if (!inside)
        continue;
      ++n_known;
      const CellKey &before = mesh.cells()[places[c]];
      for (unsigned int d = 0; d < dim; ++d)
        for (const unsigned int side : {0U, 1U})
          CHECK(grown.position(cell, d, side) == Approx(mesh.position(before, d, side)).margin(1e-14));
    }
  CHECK(n_known == mesh.cells().size());
  // Beside the corner of level 2 the balance asks for level 1.
  CHECK(grown.cells().size() > mesh.cells().size() + (dim == 1 ? 4U : (dim == 2 ? 20U : 4U)));

  // A box of other cells is none that the state could be in.
  Domain other          = larger;
  other.subdivisions[0] = 9;
  CHECK(refusal([&]() { cells_in_larger_box(listed, box, other); }) == Refused{"", Refusal::inconsistent});
  CHECK(refusal([&]() { cells_in_larger_box(listed, larger, box); }) == Refused{"", Refusal::inconsistent});
}

TEST_CASE("Adaptive mesh: a box that begins with refined cells is recreated with coarser ones")
{
  const unsigned int dim = GENERATE(1U, 2U, 3U);
  Domain box     = make_domain(std::vector<double>(dim, 0.), std::vector<double>(dim, 1.), std::vector<unsigned int>(dim, 3),
                               std::vector<bool>(dim, false));
  box.refinement = 2;
  AdaptiveMesh        mesh(box, MPI_COMM_SELF);
  const auto          nothing = [](const CellKey &, const double *, double *) {};
  std::vector<double> values;
  // Everything is joined twice but the cells at a corner, which are refined.
  for (unsigned int round = 0; round < 4; ++round)
    {
      std::vector<signed char> flags;
      for (const CellKey &cell : mesh.cells())
        flags.push_back(cell.index == std::array<std::uint32_t, 3>{} && cell.level < 4 ? 1 : -1);
      mesh.adapt(flags, 0, values, {nothing, nothing});
    }
  std::uint32_t coarsest = 9;
  for (const CellKey &cell : mesh.cells())
    coarsest = std::min(coarsest, cell.level);
  REQUIRE(coarsest == 0);
  const std::vector<std::uint64_t> list = mesh.all_cells();
  AdaptiveMesh                     again(box, MPI_COMM_SELF);
  const std::vector<std::uint64_t> places = again.recreate(list);
  REQUIRE(places.size() == mesh.cells().size());
  for (std::size_t c = 0; c < places.size(); ++c)
    CHECK(again.cells()[c] == mesh.cells()[places[c]]);
}
