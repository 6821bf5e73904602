#include <solvers/discretization/dg/positive_density_kernel.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/numerics/simd.h>

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

void add_up_functionals(const TiltLayout &layout, const double *line, const double *s, double *t)
{
  for (unsigned int i = 0; i < layout.n_nodes; ++i)
    for (unsigned int a = 0; a < layout.n_line; ++a)
      {
        double sum = 0.;
        for (unsigned int p = 0; p < layout.n_powers; ++p)
          sum += line[p * layout.n_line + a] * s[p * layout.n_nodes + i];
        t[i * layout.n_line + a] = sum;
      }
}

void apply_tilt(std::size_t n, const double *start, const double *t, double *v, double *slope)
{
  namespace vm = vector_math;
  for (std::size_t i = 0; i < n; i += vm::lanes)
    {
      // Whole vectors to the end, so that a value does not depend on its place.
      const std::size_t m               = std::min<std::size_t>(vm::lanes, n - i);
      double            from[vm::lanes] = {}, tilt[vm::lanes] = {}, result[vm::lanes], derivative[vm::lanes];
      std::copy_n(start + i, m, from);
      std::copy_n(t + i, m, tilt);
      const vm::Vector x = vm::load(tilt), zero = vm::broadcast(0.);
      const vm::Vector e = vm::load(from) * vm::exp(vm::min(x, zero));
      vm::store(derivative, e);
      vm::store(result, e + vm::load(from) * vm::max(x, zero));
      std::copy_n(result, m, v + i);
      std::copy_n(derivative, m, slope + i);
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

void add_gram(const TiltLayout &layout, const double *rows, const double *sums, double *gram)
{
  const unsigned int n = layout.n_functionals();
  for (unsigned int i = 0; i < layout.n_nodes; ++i)
    {
      const double *row = rows + i * n;
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        for (unsigned int q = p; q < layout.n_powers; ++q)
          {
            const double weight = sums[layout.pair(p, q) * layout.n_nodes + i];
            if (weight == 0.)
              continue;
            for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
              {
                const double factor = weight * row[k];
                for (unsigned int l = std::max(k, layout.first[q]); l < layout.first[q + 1]; ++l)
                  gram[k * n + l] += factor * row[l];
              }
          }
    }
}

void add_binned(std::size_t n, const double *terms, const BinnedScale &scale, double *high, double *low)
{
  for (std::size_t i = 0; i < n; ++i)
    wide_vector::binned_add(high[i], low[i], terms[i], scale.magic_high, scale.magic_low);
}
} // namespace rhoflow
