#include <solvers/common_noise/brownian_path.h>

#include <cmath>

namespace rhoflow
{
BrownianPath::BrownianPath(const std::uint64_t seed_of_run, const RandomPurpose purpose_of_numbers, const std::uint64_t number,
                           const unsigned int motions, const double interval)
  : seed(seed_of_run)
  , purpose(purpose_of_numbers)
  , path(number)
  , n_motions(motions)
{
  int exponent;
  root_length = 2. * std::frexp(interval, &exponent);
  level       = 1 - exponent;
}

std::vector<double> BrownianPath::normals(const std::uint64_t root, const std::uint64_t index, const double deviation) const
{
  std::vector<double> z(n_motions);
  CounterRandom(seed, purpose, path, root, index).normals(n_motions, z.data());
  for (double &x : z)
    x *= deviation;
  return z;
}

std::vector<double> BrownianPath::descend(const std::uint64_t k, const unsigned int halvings) const
{
  // Nodes of the binary tree below a root have numbers as in a heap, from 1 on; 0 is for the root's own increment.
  const std::uint64_t root      = k >> halvings;
  std::vector<double> increment = normals(root, 0, std::sqrt(root_length));
  double              length    = root_length;
  std::uint64_t       node      = 1;
  for (unsigned int bit = halvings; bit-- > 0; length *= .5)
    {
      // Given its sum, the first half is normal with half of it as its mean, and with a quarter of the length as its variance.
      const std::vector<double> bridge = normals(root, node, .5 * std::sqrt(length));
      const std::uint64_t       second = (k >> bit) & 1U;
      for (unsigned int i = 0; i < n_motions; ++i)
        increment[i] = .5 * increment[i] + (second == 1 ? -bridge[i] : bridge[i]);
      node = 2 * node + second;
    }
  return increment;
}

std::vector<double> BrownianPath::increment(const std::uint64_t k) const
{
  if (level >= 0)
    return descend(k, static_cast<unsigned int>(level));
  const std::uint64_t n_roots = std::uint64_t(1) << -level;
  std::vector<double> sum(n_motions, 0.);
  for (std::uint64_t root = k * n_roots; root < (k + 1) * n_roots; ++root)
    {
      const std::vector<double> part = descend(root, 0);
      for (unsigned int i = 0; i < n_motions; ++i)
        sum[i] += part[i];
    }
  return sum;
}

std::vector<double> project_on_data(std::vector<double> increment, const std::vector<double> &weights)
{
  double along = 0.;
  for (std::size_t l = 0; l < weights.size(); ++l)
    along += std::sqrt(weights[l]) * increment[l];
  for (std::size_t l = 0; l < weights.size(); ++l)
    increment[l] -= std::sqrt(weights[l]) * along;
  return increment;
}

std::vector<double> increment_of_counts(const std::vector<double> &counts, const std::vector<double> &weights,
                                        const double step_size, const unsigned int batch_size)
{
  double n_samples = 0.;
  for (const double count : counts)
    n_samples += count;
  std::vector<double> increment(counts.size());
  for (std::size_t l = 0; l < counts.size(); ++l)
    increment[l] = std::sqrt(step_size / batch_size) * (counts[l] - n_samples * weights[l]) / std::sqrt(weights[l]);
  return increment;
}
} // namespace rhoflow
