#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/run/statistics.h>
#include <solvers/evolution/functionals.h>
#include <solvers/model/measure.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
MassIntegrals integrals_over(const Measure &mine, const unsigned int dimension, const MPI_Comm communicator)
{
  return [&mine, dimension, communicator](const unsigned int n, const FunctionsOfMass &functions) {
    std::vector<ExactSum> sums(n);
    std::vector<double>   products(n);
    for (std::size_t i = 0; i < mine.points.size() / dimension; ++i)
      {
        functions(&mine.points[i * dimension], mine.weight(i), products.data());
        for (unsigned int k = 0; k < n; ++k)
          sums[k].add(products[k]);
      }
    return global_sums(std::move(sums), communicator);
  };
}

Functionals functionals(const MassIntegrals &integrals, const unsigned int dimension, const Observables &observables,
                        const Centering centering)
{
  const unsigned int D = dimension, n_pairs = D * (D + 1) / 2, n_raw = centering == Centering::raw ? n_pairs : 0;
  const auto         products = [D](const double *x, double mass, double *q) {
    for (unsigned int d = 0; d < D; ++d)
      for (unsigned int e = d; e < D; ++e)
        *q++ = mass * x[d] * x[e];
  };
  const std::vector<double> first = integrals(D + n_raw + observables.size(), [&](const double *theta, double mass, double *q) {
    for (unsigned int d = 0; d < D; ++d)
      q[d] = mass * theta[d];
    if (n_raw > 0)
      products(theta, mass, q + D);
    double *const g = q + D + n_raw;
    observables.evaluate(theta, g);
    for (unsigned int i = 0; i < observables.size(); ++i)
      g[i] *= mass;
  });
  const auto                part  = [&first](unsigned int begin, unsigned int n) {
    const auto start = first.begin() + static_cast<std::ptrdiff_t>(begin);
    return std::vector<double>(start, start + static_cast<std::ptrdiff_t>(n));
  };
  Functionals result{part(0, D), {}, part(D + n_raw, observables.size()), part(D, n_raw)};
  if (centering == Centering::raw)
    {
      for (unsigned int d = 0, k = 0; d < D; ++d)
        for (unsigned int e = d; e < D; ++e, ++k)
          result.covariance.push_back(result.raw[k] - result.mean[d] * result.mean[e]);
      return result;
    }
  std::vector<double> x(D);
  result.covariance = integrals(n_pairs, [&](const double *theta, double mass, double *q) {
    for (unsigned int d = 0; d < D; ++d)
      x[d] = theta[d] - result.mean[d];
    products(x.data(), mass, q);
  });
  return result;
}

void add_moments(Statistics &table, const Functionals &functionals, const std::vector<std::string> &names)
{
  for (std::size_t d = 0; d < names.size(); ++d)
    table.set("mean " + names[d], functionals.mean[d]);
  for (std::size_t d = 0, k = 0; d < names.size(); ++d)
    for (std::size_t e = d; e < names.size(); ++e)
      table.set("covariance " + names[d] + " " + names[e], functionals.covariance[k++]);
}

void add_observables(Statistics &table, const Functionals &functionals, const Observables &observables)
{
  for (unsigned int i = 0; i < observables.size(); ++i)
    table.set("mean of " + observables.names()[i], functionals.observables[i]);
}

void add_to_row(Statistics &table, const Functionals &functionals, const std::vector<std::string> &names,
                const Observables &observables)
{
  add_moments(table, functionals, names);
  add_observables(table, functionals, observables);
}
} // namespace rhoflow
