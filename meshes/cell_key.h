#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

namespace rhoflow
{
/// Place and size of a mesh cell in integers: the cell of `level` occupies
/// [index_d, index_d + 1] · width_d / (subdivisions_d 2^level) along each axis d. Unused axes have index 0.
struct CellKey
{
  /// Cells are at most this often refined: with up to 2^7 subdivisions all positions then fit into 21 bits an axis, and with up
  /// to 2^18 into the 32 bits of the only axis in one dimension.
  static constexpr unsigned int max_level = 14;
  static constexpr unsigned int max_subdivisions(unsigned int dim) { return dim == 1 ? 1U << 18 : 1U << 7; }

  std::array<std::uint32_t, 3> index{};
  std::uint32_t                level = 0;

  /// Position along the Morton curve through the cells of any level: neighbours in this order are near in space. In one
  /// dimension the curve is the axis.
  std::uint64_t morton(unsigned int dim = 3) const
  {
    if (dim == 1)
      return index[0] << (max_level - level);
    std::uint64_t code = 0;
    for (unsigned int bit = 0; bit < 21; ++bit)
      for (unsigned int d = 0; d < 3; ++d)
        code |= static_cast<std::uint64_t>(((index[d] << (max_level - level)) >> bit) & 1U) << (3 * bit + d);
    return code;
  }

  CellKey parent() const
  {
    CellKey result = *this;
    for (auto &i : result.index)
      i >>= 1;
    --result.level;
    return result;
  }

  /// Child c: bit d of c says which half along axis d.
  CellKey child(unsigned int c) const
  {
    CellKey result = *this;
    for (unsigned int d = 0; d < 3; ++d)
      result.index[d] = 2 * index[d] + ((c >> d) & 1U);
    ++result.level;
    return result;
  }

  /// Which child of its parent this cell is, in `dim` dimensions.
  unsigned int child_number(unsigned int dim) const
  {
    unsigned int c = 0;
    for (unsigned int d = 0; d < dim; ++d)
      c |= (index[d] & 1U) << d;
    return c;
  }

  friend bool operator==(const CellKey &a, const CellKey &b) { return a.level == b.level && a.index == b.index; }
  friend bool operator!=(const CellKey &a, const CellKey &b) { return !(a == b); }
};

struct CellKeyHash
{
  std::size_t operator()(const CellKey &key) const
  {
    std::uint64_t h = key.level;
    for (const std::uint32_t i : key.index)
      h = (h ^ i) * 0x9e3779b97f4a7c15ULL, h ^= h >> 29;
    return h;
  }
};
} // namespace rhoflow
