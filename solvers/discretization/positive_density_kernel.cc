#include <solvers/discretization/positive_density_kernel.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/vector_math.h>
#include <solvers/discretization/simd.h>

namespace rhoflow
{
void contract_functionals(const TiltLayout &layout, const double *rows, const double *c, double *s)
{
  for (unsigned int p = 0; p < layout.n_powers; ++p)
    for (unsigned int i = 0; i < layout.n_nodes; ++i)
      {
        const double *row = rows + i * layout.n_functionals();
        double        sum = 0.;
        for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
          sum += c[k] * row[k];
        s[p * layout.n_nodes + i] = sum;
      }
}

double tilt_exponents(const TiltLayout &layout, const double *line, const double *s, const double *start, double *t)
{
  double largest = 0.;
  for (unsigned int i = 0; i < layout.n_nodes; ++i)
    for (unsigned int a = 0; a < layout.n_line; ++a)
      {
        const unsigned int e   = i * layout.n_line + a;
        double             sum = 0.;
        for (unsigned int p = 0; p < layout.n_powers; ++p)
          sum += line[p * layout.n_line + a] * s[p * layout.n_nodes + i];
        t[e]    = sum;
        largest = std::max(largest, start[e] > 0. ? std::abs(sum) : 0.);
      }
  return largest;
}

void apply_tilt(std::size_t n, const double *start, const double *t, double *v)
{
  namespace vm = vector_math;
  std::size_t i = 0;
  for (; i + vm::lanes <= n; i += vm::lanes)
    vm::store(v + i, vm::load(start + i) * vm::exp(vm::load(t + i)));
  if (i < n)
    {
      // The same function for the rest, so that a value does not depend on its place.
      double first[vm::lanes] = {}, second[vm::lanes] = {};
      std::copy(start + i, start + n, first);
      std::copy(t + i, t + n, second);
      vm::store(first, vm::load(first) * vm::exp(vm::load(second)));
      std::copy_n(first, n - i, v + i);
    }
}

void column_sums(const TiltLayout &layout, const double *line, const double *measure, const double *v, double *sums)
{
  const unsigned int n_line = layout.n_line;
  for (unsigned int p = 0; p < layout.n_powers; ++p)
    for (unsigned int q = p; q < layout.n_powers; ++q)
      for (unsigned int i = 0; i < layout.n_nodes; ++i)
        {
          double sum = 0.;
          for (unsigned int a = 0; a < n_line; ++a)
            sum += measure[i * n_line + a] * v[i * n_line + a] * (line[p * n_line + a] * line[q * n_line + a]);
          sums[layout.pair(p, q) * layout.n_nodes + i] = sum;
        }
}

void add_gram(const TiltLayout &layout, const double *rows, const double *sums, double *gram, double *integrals)
{
  const unsigned int n = layout.n_functionals();
  for (unsigned int i = 0; i < layout.n_nodes; ++i)
    {
      const double *row = rows + i * n;
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        {
          const double weight = sums[layout.pair(0, p) * layout.n_nodes + i];
          for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
            integrals[k] += weight * row[k];
          for (unsigned int q = p; q < layout.n_powers; ++q)
            {
              const double both = sums[layout.pair(p, q) * layout.n_nodes + i];
              if (both == 0.)
                continue;
              for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
                {
                  const double factor = both * row[k];
                  for (unsigned int l = std::max(k, layout.first[q]); l < layout.first[q + 1]; ++l)
                    gram[k * n + l] += factor * row[l];
                }
            }
        }
    }
}

void add_binned(std::size_t n, const double *terms, const BinnedScale &scale, double *high, double *low)
{
  for (std::size_t i = 0; i < n; ++i)
    binned_add(high[i], low[i], terms[i], scale.magic_high, scale.magic_low);
}
} // namespace rhoflow
