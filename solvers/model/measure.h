#pragma once

#include <cstddef>
#include <vector>

namespace rhoflow
{
/// A measure on R^D in parts: point masses, or axis-parallel boxes over which a mass is spread evenly. On several ranks each
/// has some of the parts.
struct Measure
{
  std::vector<double> points;  ///< centres, [n][D]
  std::vector<double> weights; ///< [n]; empty for equal ones
  std::vector<double> extents; ///< widths of the boxes, [n][D]; empty for points

  double weight(std::size_t i) const { return weights.empty() ? 1. : weights[i]; }
};
} // namespace rhoflow
