#include <solvers/base/numerics/machine_kernel.h>
#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace machine_kernel
{
namespace
{
/// Two units with a latency of up to five cycles are kept busy, and sixteen registers still hold it all.
constexpr unsigned int n_chains = 12;

template <typename Number>
double multiply_add(std::uint64_t n_rounds, double &result)
{
  using Vector                 = Pack<Number>;
  constexpr unsigned int width = sizeof(Vector) / sizeof(Number);
  // In a chain every operation waits for the one before: nothing here can be left out or put together. x ← x/2 + 1 stays
  // between 1 and 2 for ever: neither overflow nor subnormal numbers.
  const Vector half = Vector{} + Number(0.5), one = Vector{} + Number(1);
  Vector       x[n_chains];
  for (unsigned int i = 0; i < n_chains; ++i)
    x[i] = Vector{} + (Number(1) + Number(i) / n_chains);
  for (std::uint64_t round = 0; round < n_rounds; ++round)
    for (unsigned int i = 0; i < n_chains; ++i)
      x[i] = x[i] * half + one;
  Vector sum{};
  for (unsigned int i = 0; i < n_chains; ++i)
    sum += x[i];
  result = static_cast<double>(sum[0]);
  return 2. * n_chains * width * static_cast<double>(n_rounds);
}
} // namespace

const char *instruction_set()
{
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3";
#elif defined(__SSE4_2__)
  return "x86-64-v2";
#elif defined(__x86_64__)
  return "generic x86-64";
#else
  return "generic";
#endif
}

void triad(std::size_t n, double s, const double *b, const double *c, double *a)
{
  for (std::size_t i = 0; i < n; ++i)
    a[i] = b[i] + s * c[i];
}

double multiply_add_double(std::uint64_t n_rounds, double &result)
{
  return multiply_add<double>(n_rounds, result);
}

double multiply_add_single(std::uint64_t n_rounds, double &result)
{
  return multiply_add<float>(n_rounds, result);
}
} // namespace machine_kernel
} // namespace rhoflow
