#include <solvers/boltzmann/moments_kernel.h>

namespace rhoflow
{
namespace kernel
{
double dot(std::size_t n, const double *e, const double *x)
{
  // One chain of additions would wait for every one of them.
  constexpr std::size_t lanes      = 8;
  double                sum[lanes] = {};
  const std::size_t     whole      = n / lanes * lanes;
  for (std::size_t j = 0; j < whole; j += lanes)
    for (std::size_t l = 0; l < lanes; ++l)
      sum[l] += e[j + l] * x[j + l];
  for (std::size_t j = whole; j < n; ++j)
    sum[j - whole] += e[j] * x[j];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

void add_multiple(std::size_t n, double w, const double *x, double *sum)
{
  for (std::size_t j = 0; j < n; ++j)
    sum[j] += w * x[j];
}

void add_outer_product(std::size_t n, double w, const double *x, double *sum)
{
  for (std::size_t j = 0; j < n; sum += ++j)
    add_multiple(j + 1, w * x[j], x, sum);
}
} // namespace kernel
} // namespace rhoflow
