#include <benchmarks/peer/plain_sgd.h>

#include <algorithm>
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

PlainSgd::PlainSgd(std::uint64_t network_width, unsigned int input_dimension, double eta, const std::vector<double> &theta)
  : n_neurons(network_width)
  , d(input_dimension)
  , n_lines((d + 7) / 8)
  , step_size(eta)
  , weights(n_neurons * n_lines)
  , outer((n_neurons + 7) / 8)
  , gradients(outer.size())
  , input(n_lines)
  , last_input(n_lines)
  , preactivations(outer.size())
{
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      begin(outer)[j] = theta[j * (d + 1)];
      std::copy_n(theta.data() + j * (d + 1) + 1, d, begin(weights) + j * n_lines * 8);
    }
}

void PlainSgd::step(const double *new_input, double y)
{
  input.swap(last_input);
  std::copy_n(new_input, d, begin(input));
  const double *__restrict__ x    = aligned(begin(input));
  const double *__restrict__ last = aligned(begin(last_input));
  double *__restrict__ a          = aligned(begin(outer));
  double *__restrict__ g          = aligned(begin(gradients));
  double *__restrict__ z          = aligned(begin(preactivations));
  const unsigned int length       = n_lines * 8;
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      double *__restrict__ w = aligned(begin(weights) + j * length);
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

std::vector<double> PlainSgd::parameters() const
{
  std::vector<double> theta(n_neurons * (d + 1));
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      theta[j * (d + 1)] = begin(outer)[j];
      for (unsigned int i = 0; i < d; ++i)
        theta[j * (d + 1) + 1 + i] = begin(weights)[j * n_lines * 8 + i] + begin(gradients)[j] * begin(input)[i];
    }
  return theta;
}
} // namespace rhoflow
