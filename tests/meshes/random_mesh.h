#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/numerics/random.h>

inline rhoflow::Domain make_domain(std::vector<double> lower, std::vector<double> upper, std::vector<unsigned int> subdivisions,
                                   std::vector<bool> periodic)
{
  rhoflow::Domain domain;
  domain.lower        = std::move(lower);
  domain.upper        = std::move(upper);
  domain.subdivisions = std::move(subdivisions);
  domain.periodic     = std::move(periodic);
  return domain;
}

/// A number in (0, 1) that belongs to a cell whatever the partition.
inline double cell_number(const rhoflow::CellKey &key, std::uint64_t round)
{
  return rhoflow::CounterRandom(11, rhoflow::RandomPurpose::check_points, round, key.level, key.morton()).uniform();
}

/// Refines a third of the cells and wants to coarsen some, now and then whole families.
inline std::vector<signed char> random_flags(const std::vector<rhoflow::CellKey> &cells, std::uint64_t round,
                                             unsigned int highest_level)
{
  std::vector<signed char> flags;
  for (const rhoflow::CellKey &key : cells)
    {
      const double chance = cell_number(key, round);
      flags.push_back(chance < 0.35 && key.level < highest_level ? 1 : (chance > 0.8 ? -1 : 0));
    }
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].level > 0 && cell_number(cells[i].parent(), round + 1000) > 0.75)
      flags[i] = -1;
  return flags;
}

/// The cells after refinement and coarsening by completed flags, in Morton order.
inline std::vector<rhoflow::CellKey> adapted(const std::vector<rhoflow::CellKey> &cells, const std::vector<signed char> &flags,
                                             unsigned int dim)
{
  std::vector<rhoflow::CellKey> result;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (flags[i] == 0)
      result.push_back(cells[i]);
    else if (flags[i] > 0)
      for (unsigned int c = 0; c < (1U << dim); ++c)
        result.push_back(cells[i].child(c));
    else if (cells[i].child_number(dim) == 0)
      result.push_back(cells[i].parent());
  std::sort(result.begin(), result.end(), [](const auto &a, const auto &b) { return a.morton() < b.morton(); });
  return result;
}
