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

/// Leaves out the lightest points as long as they hold at most `mass` together; equal weights keep their order. The other
/// weights are scaled to the old sum.
void drop_light_points(Measure &law, std::size_t dimension, double mass);
} // namespace rhoflow
