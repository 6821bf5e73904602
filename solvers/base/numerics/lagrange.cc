#include <solvers/base/numerics/lagrange.h>

namespace rhoflow
{
double lagrange_value(unsigned int n, const double *nodes, unsigned int j, double x)
{
  double product = 1.;
  for (unsigned int m = 0; m < n; ++m)
    if (m != j)
      product *= (x - nodes[m]) / (nodes[j] - nodes[m]);
  return product;
}

double lagrange_derivative(unsigned int n, const double *nodes, unsigned int j, double x)
{
  double sum = 0.;
  for (unsigned int skipped = 0; skipped < n; ++skipped)
    {
      if (skipped == j)
        continue;
      double product = 1. / (nodes[j] - nodes[skipped]);
      for (unsigned int m = 0; m < n; ++m)
        if (m != j && m != skipped)
          product *= (x - nodes[m]) / (nodes[j] - nodes[m]);
      sum += product;
    }
  return sum;
}
} // namespace rhoflow
