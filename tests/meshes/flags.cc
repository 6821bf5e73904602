// Completion of refinement flags, checked on the meshes that follow from them.

#include <catch2/catch.hpp>

#include <cmath>
#include <unordered_map>
#include <vector>

#include "random_mesh.h"

using namespace rhoflow;

namespace
{
std::vector<Domain> domains()
{
  return {make_domain({-1.}, {2.}, {5}, {false}),
          make_domain({-1.}, {2.}, {3}, {true}),
          make_domain({0., 0.}, {1., 1.}, {3, 2}, {false, false}),
          make_domain({0., 0.}, {1., 1.}, {2, 3}, {true, true}),
          make_domain({0., 0.}, {1., 1.}, {3, 3}, {false, true}),
          make_domain({0., 0., 0.}, {1., 1., 1.}, {2, 2, 2}, {false, false, false}),
          make_domain({0., 0., 0.}, {1., 1., 1.}, {2, 2, 3}, {true, false, true})};
}

std::vector<CellKey> coarse_cells(const Domain &domain)
{
  std::vector<CellKey> cells;
  CellKey              key;
  const auto           count = [&](unsigned int d) { return d < domain.dimension() ? domain.subdivisions[d] : 1U; };
  for (key.index[2] = 0; key.index[2] < count(2); ++key.index[2])
    for (key.index[1] = 0; key.index[1] < count(1); ++key.index[1])
      for (key.index[0] = 0; key.index[0] < count(0); ++key.index[0])
        cells.push_back(key);
  return cells;
}

/// Side lengths in units of the finest level, for geometry in exact integers.
constexpr unsigned int finest = 6;

/// The largest difference of levels between two cells that touch, by comparing all pairs of boxes.
unsigned int largest_jump(const std::vector<CellKey> &cells, const Domain &domain)
{
  unsigned int jump = 0;
  for (const CellKey &a : cells)
    for (const CellKey &b : cells)
      {
        if (b.level <= a.level + jump)
          continue;
        bool touch = true;
        for (unsigned int d = 0; d < domain.dimension() && touch; ++d)
          {
            const long size_a = 1L << (finest - a.level), size_b = 1L << (finest - b.level);
            const long from_a = a.index[d] * size_a, from_b = b.index[d] * size_b;
            const long period = static_cast<long>(domain.subdivisions[d]) << finest;
            bool       near   = false;
            for (const long shift : {-period, 0L, period})
              if (shift == 0 || domain.periodic[d])
                near = near || (from_b + shift <= from_a + size_a && from_a <= from_b + shift + size_b);
            touch = near;
          }
        if (touch)
          jump = b.level - a.level;
      }
  return jump;
}

double volume(const std::vector<CellKey> &cells, unsigned int dim)
{
  double sum = 0.;
  for (const CellKey &key : cells)
    sum += std::ldexp(1., -static_cast<int>(dim * key.level));
  return sum;
}
} // namespace

TEST_CASE("Cell keys: children, parents, Morton order")
{
  CellKey key;
  key.index = {{5, 2, 7}};
  key.level = 3;
  for (unsigned int dim = 1; dim <= 3; ++dim)
    for (unsigned int c = 0; c < (1U << dim); ++c)
      {
        CellKey base = key;
        for (unsigned int d = dim; d < 3; ++d)
          base.index[d] = 0;
        const CellKey child = base.child(c);
        CHECK(child.level == 4);
        CHECK(child.parent() == base);
        CHECK(child.child_number(dim) == c);
        CHECK(child != base);
        for (unsigned int d = 0; d < dim; ++d)
          CHECK(child.index[d] == 2 * base.index[d] + ((c >> d) & 1U));
        // The first child begins where the parent does; the children follow one another before the next cell.
        CHECK(base.child(0).morton() == base.morton());
        if (c > 0)
          CHECK(base.child(c - 1).morton() < child.morton());
      }
  // Interleaved bits, axis 0 lowest: (1, 0, 1) at the finest level.
  CellKey finest_cell;
  finest_cell.index = {{1, 0, 1}};
  finest_cell.level = CellKey::max_level;
  CHECK(finest_cell.morton() == 5);
  // 21 bits an axis: the last cell of 2^7 subdivisions.
  finest_cell.index = {{(1U << 21) - 1, (1U << 21) - 1, (1U << 21) - 1}};
  CHECK(finest_cell.morton() == (1ULL << 63) - 1);
}

TEST_CASE("Completed flags: balance over faces, edges and corners, whole families, on random meshes")
{
  for (const Domain &domain : domains())
    {
      const unsigned int   dim = domain.dimension(), highest = dim == 3 ? 3 : 5;
      std::vector<CellKey> cells       = coarse_cells(domain);
      const double         whole       = volume(cells, dim);
      unsigned int         n_coarsened = 0, n_added = 0, n_refused = 0;
      for (std::uint64_t round = 0; round < (dim == 3 ? 5 : 12); ++round)
        {
          const auto flags     = random_flags(cells, round, highest);
          const auto completed = complete_flags(cells, flags, domain);
          REQUIRE(completed.size() == cells.size());
          std::unordered_map<CellKey, unsigned int, CellKeyHash> families;
          for (std::size_t i = 0; i < cells.size(); ++i)
            {
              if (flags[i] > 0)
                CHECK(completed[i] == 1); // what is asked for is refined
              if (completed[i] < 0)
                {
                  CHECK(flags[i] < 0); // nothing is coarsened that was not asked for
                  ++families[cells[i].parent()];
                }
              n_added += completed[i] == 1 && flags[i] < 1 ? 1 : 0;
              n_refused += completed[i] == 0 && flags[i] < 0 ? 1 : 0;
            }
          for (const auto &family : families)
            CHECK(family.second == (1U << dim));
          n_coarsened += static_cast<unsigned int>(families.size());

          // Again with what it returned, and with the cells in another order.
          CHECK(complete_flags(cells, completed, domain) == completed);
          std::vector<CellKey>     backwards(cells.rbegin(), cells.rend());
          std::vector<signed char> flags_backwards(flags.rbegin(), flags.rend()),
            expected(completed.rbegin(), completed.rend());
          CHECK(complete_flags(backwards, flags_backwards, domain) == expected);

          cells = adapted(cells, completed, dim);
          CHECK(largest_jump(cells, domain) <= 1);
          CHECK(volume(cells, dim) == whole);
        }
      // The rounds met all that can happen.
      CAPTURE(dim, cells.size());
      CHECK(n_coarsened > 0);
      CHECK(n_added > 0);
      CHECK(n_refused > 0);
    }
}

TEST_CASE("Completed flags: as few changes as possible")
{
  // Two cells a side: refining one twice in a row leaves its neighbours one level behind.
  const Domain             square = make_domain({0., 0.}, {1., 1.}, {4, 4}, {false, false});
  std::vector<CellKey>     cells  = coarse_cells(square);
  std::vector<signed char> flags(16, 0);
  flags[5] = 1; // (1, 1)
  cells    = adapted(cells, complete_flags(cells, flags, square), 2);
  REQUIRE(cells.size() == 19);
  flags.assign(19, 0);
  CellKey corner;
  corner.index = {{2, 2, 0}};
  corner.level = 1;
  for (std::size_t i = 0; i < cells.size(); ++i)
    flags[i] = cells[i] == corner ? 1 : 0;
  // The lower left child of (1, 1) touches (0, 0), (1, 0) and (0, 1), which must follow.
  cells = adapted(cells, complete_flags(cells, flags, square), 2);
  CHECK(cells.size() == 19 + 3 + 9);

  // Coarsening waits for finer neighbours: first the finest family and those that do not touch it, then the rest.
  flags.assign(cells.size(), -1);
  cells = adapted(cells, complete_flags(cells, flags, square), 2);
  CHECK(cells.size() == 16 + 4 * 3);
  flags.assign(cells.size(), -1);
  cells = adapted(cells, complete_flags(cells, flags, square), 2);
  CHECK(cells.size() == 16);
}
