#pragma once

#include <stdexcept>
#include <type_traits>

#include <solvers/discretization/dg/dg_kernel.h>

namespace rhoflow
{
/// Calls body(dim, n, has_outer_weight, radially_weighted) with the mesh's numbers as compile-time constants
/// (std::integral_constant).
template <typename Body>
void dispatch(const DGBatches &b, const Body &body)
{
  const auto with_points = [&](auto dim, auto has_outer_weight, auto radially_weighted) {
    switch (b.n)
      {
        case 2:
          return body(dim, std::integral_constant<int, 2>(), has_outer_weight, radially_weighted);
        case 3:
          return body(dim, std::integral_constant<int, 3>(), has_outer_weight, radially_weighted);
        case 4:
          return body(dim, std::integral_constant<int, 4>(), has_outer_weight, radially_weighted);
        case 5:
          return body(dim, std::integral_constant<int, 5>(), has_outer_weight, radially_weighted);
        default:
          throw std::logic_error("no kernel for this polynomial degree");
      }
  };
  using One   = std::integral_constant<int, 1>;
  using Two   = std::integral_constant<int, 2>;
  using Three = std::integral_constant<int, 3>;
  if (b.radially_weighted)
    {
      if (b.dim != 3 || !b.has_outer_weight)
        throw std::logic_error("the radial weight is for (a, s, r) only");
      with_points(Three(), std::true_type(), std::true_type());
    }
  else if (b.dim == 1)
    with_points(One(), std::false_type(), std::false_type());
  else if (b.dim == 2 && b.has_outer_weight)
    with_points(Two(), std::true_type(), std::false_type());
  else if (b.dim == 2)
    with_points(Two(), std::false_type(), std::false_type());
  else if (b.has_outer_weight)
    with_points(Three(), std::true_type(), std::false_type());
  else
    with_points(Three(), std::false_type(), std::false_type());
}
} // namespace rhoflow
