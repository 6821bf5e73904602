#include <solvers/base/numerics/normal_kernel.h>
#include <solvers/base/numerics/random.h>

#include <algorithm>

namespace rhoflow
{
void CounterRandom::normals(std::size_t n, double *x)
{
  if (n > 0 && has_spare)
    {
      *x++ = normal();
      --n;
    }
  constexpr std::size_t most = 256;
  std::uint64_t         words[most];
  double                pairs[most];
  while (n > 0)
    {
      const std::size_t count = std::min(n, most), even = count + count % 2;
      for (std::size_t i = 0; i < even; ++i)
        words[i] = bits();
      kernel::normals_from_bits(static_cast<unsigned int>(even / 2), words, pairs);
      std::copy_n(pairs, count, x);
      has_spare = (count < even);
      spare     = (has_spare ? pairs[count] : 0.);
      x += count;
      n -= count;
    }
}
} // namespace rhoflow
