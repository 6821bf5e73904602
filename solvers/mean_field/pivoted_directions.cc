#include <solvers/mean_field/pivoted_directions.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <solvers/mean_field/projection_kernel.h>
#include <solvers/mean_field/thinning_kernel.h>

namespace rhoflow
{
namespace
{
constexpr std::size_t block_size = 32;

double product(const double *a, const double *b, std::size_t n)
{
  double sum[4] = {0., 0., 0., 0.};
  for (std::size_t i = 0; i < n; i += 4)
    for (std::size_t l = 0; l < 4; ++l)
      sum[l] += a[i + l] * b[i + l];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
} // namespace

std::vector<double> norms_of(const std::vector<double> &vectors, const std::size_t length)
{
  std::vector<double> norms(vectors.size() / length);
  for (std::size_t i = 0; i < norms.size(); ++i)
    norms[i] = std::sqrt(product(&vectors[i * length], &vectors[i * length], length));
  return norms;
}

PivotedDirections::PivotedDirections(std::size_t vector_length)
  : length(vector_length)
{}

double PivotedDirections::dot(const std::size_t j, const double *v) const
{
  return product(&directions[j * length], v, length);
}

void PivotedDirections::remove_block(const std::size_t first, const std::size_t count, std::vector<double> &vectors) const
{
  constexpr std::size_t rows    = 64;
  const auto            n       = static_cast<unsigned int>(count);
  const unsigned int    padding = projection_padding(n);
  std::vector<double>   transposed(length * padding, 0.), coefficients(rows * count), parts(rows * length);
  for (std::size_t j = 0; j < count; ++j)
    for (std::size_t k = 0; k < length; ++k)
      transposed[k * padding + j] = directions[(first + j) * length + k];
  for (std::size_t begin = 0; begin < vectors.size(); begin += rows * length)
    {
      const std::size_t n_rows = std::min(rows, (vectors.size() - begin) / length);
      const auto        width  = static_cast<unsigned int>(length);
      project(n_rows, length, n, padding, &vectors[begin], transposed.data(), coefficients.data());
      project(n_rows, count, width, width, coefficients.data(), &directions[first * length], parts.data());
      for (std::size_t i = 0; i < n_rows * length; ++i)
        vectors[begin + i] -= parts[i];
    }
}

std::vector<double> PivotedDirections::remove_from(std::vector<double> &vectors) const
{
  for (std::size_t first = 0; first < size(); first += block_size)
    remove_block(first, std::min(block_size, size() - first), vectors);
  return norms_of(vectors, length);
}

std::vector<std::size_t> PivotedDirections::extend(std::vector<double> vectors, const double limit, const std::size_t most,
                                                   const std::function<void()> &tick)
{
  std::vector<double>      norms = remove_from(vectors);
  std::vector<std::size_t> pivots, order(norms.size());
  while (size() < most)
    {
      std::iota(order.begin(), order.end(), std::size_t(0));
      const std::size_t n_longest = std::min(2 * block_size, order.size());
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_longest), order.end(),
                        [&](std::size_t i, std::size_t j) { return norms[i] > norms[j] || (norms[i] == norms[j] && i < j); });
      if (!(norms[order[0]] > limit))
        break;
      const double        least = std::max(limit, 0.25 * norms[order[0]]);
      const std::size_t   first = size();
      std::vector<double> longest;
      for (std::size_t i = 0; i < n_longest; ++i)
        longest.insert(longest.end(), &vectors[order[i] * length], &vectors[order[i] * length] + length);
      std::vector<double> rests = norms_of(longest, length);
      while (size() < std::min(most, first + block_size))
        {
          const auto i = static_cast<std::size_t>(std::max_element(rests.begin(), rests.end()) - rests.begin());
          if (!(rests[i] > least))
            break;
          std::vector<double> direction(&longest[i * length], &longest[i * length] + length);
          // What the updates by blocks left of the directions before is taken out once more.
          for (std::size_t j = 0; j < size(); ++j)
            remove_direction(&directions[j * length], 1, length, direction.data());
          const double norm = norms_of(direction, length)[0];
          for (double &x : direction)
            x /= norm;
          directions.insert(directions.end(), direction.begin(), direction.end());
          pivots.push_back(order[i]);
          remove_direction(direction.data(), n_longest, length, longest.data(), rests.data());
        }
      remove_block(first, size() - first, vectors);
      norms = norms_of(vectors, length);
      if (tick)
        tick();
    }
  return pivots;
}
} // namespace rhoflow
