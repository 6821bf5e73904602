#include <solvers/mean_field/compression.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <solvers/base/numerics/dense.h>

namespace rhoflow
{
namespace
{
double dot(const double *a, const double *b, std::size_t n)
{
  double sum = 0.;
  for (std::size_t i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

/// v −= (q·v) q
void remove_direction(const double *q, double *v, std::size_t n)
{
  const double c = dot(q, v, n);
  for (std::size_t i = 0; i < n; ++i)
    v[i] -= c * q[i];
}
} // namespace

Compression::Compression(std::size_t vector_length, double relative_tolerance)
  : length(vector_length)
  , tolerance(relative_tolerance)
{}

void Compression::add(std::vector<double> samples, const std::function<void()> &tick)
{
  const std::size_t   n_samples = samples.size() / length;
  std::vector<double> norms(n_samples);
  all.insert(all.end(), samples.begin(), samples.end());
  for (std::size_t i = 0; i < n_samples; ++i)
    scale = std::max(scale, std::sqrt(dot(&samples[i * length], &samples[i * length], length)));
  for (std::size_t i = 0; i < n_samples; ++i)
    {
      for (std::size_t j = 0; j < q.size(); j += length)
        remove_direction(&q[j], &samples[i * length], length);
      norms[i] = dot(&samples[i * length], &samples[i * length], length);
    }
  while (q.size() < length * length)
    {
      const std::size_t pivot = static_cast<std::size_t>(std::max_element(norms.begin(), norms.end()) - norms.begin());
      // Half the tolerance here, so that trimming has the other half to give away.
      if (std::sqrt(norms[pivot]) <= 0.5 * tolerance * scale)
        break;
      std::vector<double> direction(samples.begin() + static_cast<std::ptrdiff_t>(pivot * length),
                                    samples.begin() + static_cast<std::ptrdiff_t>((pivot + 1) * length));
      for (std::size_t j = 0; j < q.size(); j += length)
        remove_direction(&q[j], direction.data(), length);
      const double norm = std::sqrt(dot(direction.data(), direction.data(), length));
      for (double &x : direction)
        x /= norm;
      for (std::size_t i = 0; i < n_samples; ++i)
        {
          remove_direction(direction.data(), &samples[i * length], length);
          norms[i] = dot(&samples[i * length], &samples[i * length], length);
        }
      q.insert(q.end(), direction.begin(), direction.end());
      if (tick)
        tick();
    }
  order_and_trim();
}

void Compression::order_and_trim()
{
  const std::size_t   n         = rank();
  const std::size_t   n_samples = all.size() / length;
  std::vector<double> coefficients(n_samples * n);
  for (std::size_t i = 0; i < n_samples; ++i)
    for (std::size_t j = 0; j < n; ++j)
      coefficients[i * n + j] = dot(&all[i * length], &q[j * length], length);

  if (n == 0)
    return;
  const std::vector<double> directions = right_singular_vectors(std::move(coefficients), n_samples, n);

  std::vector<double> rotated(n * length, 0.);
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t m = 0; m < n; ++m)
      for (std::size_t k = 0; k < length; ++k)
        rotated[j * length + k] += directions[j * n + m] * q[m * length + k];
  q.swap(rotated);

  // |s − Q_r Q_rᵀ s|² for every r at once: what lies outside Q, plus the tail of the coefficients.
  std::vector<double> worst(n + 1, 0.);
  for (std::size_t i = 0; i < n_samples; ++i)
    {
      std::vector<double> rest(all.begin() + static_cast<std::ptrdiff_t>(i * length),
                               all.begin() + static_cast<std::ptrdiff_t>((i + 1) * length));
      std::vector<double> c(n);
      for (std::size_t j = 0; j < n; ++j)
        {
          c[j] = dot(rest.data(), &q[j * length], length);
          remove_direction(&q[j * length], rest.data(), length);
        }
      double tail = dot(rest.data(), rest.data(), length);
      for (std::size_t r = n + 1; r-- > 0;)
        {
          worst[r] = std::max(worst[r], tail);
          if (r > 0)
            tail += c[r - 1] * c[r - 1];
        }
    }
  std::size_t kept = n;
  while (kept > 0 && std::sqrt(worst[kept - 1]) <= 0.9 * tolerance * scale)
    --kept;
  q.resize(kept * length);
}

double Compression::relative_error(const std::vector<double> &samples) const
{
  double worst = 0.;
  for (std::size_t i = 0; i < samples.size(); i += length)
    {
      std::vector<double> rest(samples.begin() + static_cast<std::ptrdiff_t>(i),
                               samples.begin() + static_cast<std::ptrdiff_t>(i + length));
      for (std::size_t j = 0; j < q.size(); j += length)
        remove_direction(&q[j], rest.data(), length);
      worst = std::max(worst, dot(rest.data(), rest.data(), length));
    }
  return scale > 0. ? std::sqrt(worst) / scale : 0.;
}
} // namespace rhoflow
