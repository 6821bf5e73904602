#pragma once

#include <cstddef>

namespace rhoflow
{
/// Σ a_k b_k in four chains of sums in a fixed order, since one chain would wait for every addition.
inline double dot(const double *a, const double *b, const std::size_t n)
{
  double            sum[4] = {0., 0., 0., 0.};
  const std::size_t whole  = n / 4 * 4;
  for (std::size_t k = 0; k < whole; k += 4)
    for (std::size_t l = 0; l < 4; ++l)
      sum[l] += a[k + l] * b[k + l];
  for (std::size_t k = whole; k < n; ++k)
    sum[0] += a[k] * b[k];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
} // namespace rhoflow
