// The one sweep of PlainSgd, compiled under two names with different leave for the compiler: RHOFLOW_PLAIN_SGD_STEP.
#include <benchmarks/peer/plain_sgd.h>

#include <cmath>

namespace rhoflow
{
namespace
{
template <typename Number>
Number *aligned(Number *p)
{
  return static_cast<Number *>(__builtin_assume_aligned(p, 64));
}
} // namespace

void RHOFLOW_PLAIN_SGD_STEP(std::uint64_t n_neurons, unsigned int length, double step_size, const double *input,
                            const double *last_input, double y, double *weights, double *outer, double *gradients,
                            double *preactivations)
{
  const double *__restrict__ x    = aligned(input);
  const double *__restrict__ last = aligned(last_input);
  double *__restrict__ a          = aligned(outer);
  double *__restrict__ g          = aligned(gradients);
  double *__restrict__ z          = aligned(preactivations);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      double *__restrict__ w = aligned(weights + j * length);
      const double gradient  = g[j];
      double       sum       = 0.;
      for (unsigned int i = 0; i < length; ++i)
        {
          const double moved = w[i] + gradient * last[i];
          w[i]               = moved;
          sum += moved * x[i];
        }
      z[j] = sum;
    }

  const double root_half = std::sqrt(0.5), slope = std::sqrt(2. / std::acos(-1.));
  double       f = 0.;
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      const double s = std::erf(root_half * z[j]);
      f += a[j] * s;
      g[j] = slope * a[j] * std::exp(-0.5 * z[j] * z[j]);
      z[j] = s;
    }
  const double factor = step_size * (y - f / static_cast<double>(n_neurons));
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      g[j] *= factor;
      a[j] += factor * z[j];
    }
}
} // namespace rhoflow
