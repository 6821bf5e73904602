#include <solvers/base/numerics/normal_kernel.h>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace kernel
{
void normals_from_bits(unsigned int n_pairs, const std::uint64_t *bits, double *normals)
{
  using namespace vector_math;
  const auto uniform = [](std::uint64_t word) { return (static_cast<double>(word >> 11) + 0.5) * 0x1.0p-53; };
  for (unsigned int first = 0; first < n_pairs; first += lanes)
    {
      const unsigned int count = (n_pairs - first < lanes ? n_pairs - first : lanes);
      double             a[lanes], b[lanes];
      for (unsigned int l = 0; l < lanes; ++l)
        {
          const unsigned int pair = first + (l < count ? l : 0);
          a[l]                    = uniform(bits[2 * pair]);
          b[l]                    = uniform(bits[2 * pair + 1]);
        }
      const Vector radius = sqrt(broadcast(-2.) * log(load(a)));
      const Vector angle  = broadcast(6.283185307179586476925286766559) * load(b);
      store(a, radius * cos(angle));
      store(b, radius * sin(angle));
      for (unsigned int l = 0; l < count; ++l)
        {
          normals[2 * (first + l)]     = a[l];
          normals[2 * (first + l) + 1] = b[l];
        }
    }
}
} // namespace kernel
} // namespace rhoflow
