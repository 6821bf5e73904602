#include <meshes/adaptive_mesh.h>

#include <unordered_map>

namespace rhoflow
{
namespace
{
/// Calls `visit(neighbour position, offset)` for the up to 3^D − 1 positions of the same level around `key`.
template <typename Visitor>
void for_each_neighbor(const CellKey &key, const Domain &domain, const Visitor &visit)
{
  const unsigned int dim = domain.dimension();
  const int          n   = dim == 1 ? 3 : (dim == 2 ? 9 : 27);
  for (int code = 0; code < n; ++code)
    {
      std::array<int, 3> offset{{code % 3 - 1, dim > 1 ? code / 3 % 3 - 1 : 0, dim > 2 ? code / 9 - 1 : 0}};
      if (offset == std::array<int, 3>{})
        continue;
      CellKey position = key;
      bool    inside   = true;
      for (unsigned int d = 0; d < dim && inside; ++d)
        {
          const std::int64_t n_cells = static_cast<std::int64_t>(domain.subdivisions[d]) << key.level;
          std::int64_t       i       = static_cast<std::int64_t>(key.index[d]) + offset[d];
          if (domain.periodic[d])
            i = (i + n_cells) % n_cells;
          inside            = i >= 0 && i < n_cells;
          position.index[d] = static_cast<std::uint32_t>(inside ? i : 0);
        }
      if (inside)
        visit(position, offset);
    }
}
} // namespace

std::vector<signed char> complete_flags(const std::vector<CellKey> &cells, const std::vector<signed char> &flags,
                                        const Domain &domain)
{
  const unsigned int dim        = domain.dimension();
  const unsigned int n_children = 1U << dim;

  std::unordered_map<CellKey, std::size_t, CellKeyHash> leaves(2 * cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    leaves.emplace(cells[i], i);

  std::vector<signed char> result(cells.size(), 0);
  std::vector<std::size_t> refined;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (flags[i] > 0 && cells[i].level < CellKey::max_level)
      {
        result[i] = 1;
        refined.push_back(i);
      }
  // A refined cell must not touch a cell two levels coarser.
  while (!refined.empty())
    {
      const CellKey key = cells[refined.back()];
      refined.pop_back();
      if (key.level == 0)
        continue;
      for_each_neighbor(key, domain, [&](const CellKey &position, const std::array<int, 3> &) {
        const auto coarser = leaves.find(position.parent());
        if (coarser != leaves.end() && result[coarser->second] != 1)
          {
            result[coarser->second] = 1;
            refined.push_back(coarser->second);
          }
      });
    }

  // Families that are flagged as a whole and touch no cell that is, or becomes, finer than they are. A finer neighbour that is
  // coarsened at the same time does not count: a rank that knows it only as a ghost cannot see its flag.
  std::unordered_map<CellKey, unsigned int, CellKeyHash> families;
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (flags[i] < 0 && result[i] == 0 && cells[i].level > 0)
      ++families[cells[i].parent()];
  const auto unbalances = [&](const CellKey &parent) {
    bool violated = false;
    for_each_neighbor(parent, domain, [&](const CellKey &position, const std::array<int, 3> &offset) {
      if (violated || leaves.count(position) > 0)
        return;
      for (unsigned int c = 0; c < n_children && !violated; ++c)
        {
          bool touches = true;
          for (unsigned int d = 0; d < dim; ++d)
            if (offset[d] != 0)
              touches = touches && (((c >> d) & 1U) == (offset[d] > 0 ? 0U : 1U));
          if (!touches || leaves.count(position.parent()) > 0)
            continue;
          const auto leaf = leaves.find(position.child(c));
          violated        = leaf == leaves.end() || result[leaf->second] == 1;
        }
    });
    return violated;
  };
  for (const auto &[parent, count] : families)
    if (count == n_children && !unbalances(parent))
      for (unsigned int c = 0; c < n_children; ++c)
        result[leaves.at(parent.child(c))] = -1;
  return result;
}
} // namespace rhoflow
