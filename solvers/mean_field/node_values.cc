#include <solvers/mean_field/mean_field.h>

#include <solvers/mean_field/projection_kernel.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <stdexcept>

namespace rhoflow
{
std::vector<double> MeanField::prediction(const std::vector<double> &moments) const
{
  const std::size_t   n_nodes = problem.n_nodes();
  std::vector<double> f(n_nodes, 0.);
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      for (unsigned int j = 0; j < mode_count; ++j)
        f[k] += basis[k * padded_rank + j] * moments[j];
      // basis holds √p Q, and W f = Q m.
      const double inverse_root = root[k] > 0. ? 1. / root[k] : 0.;
      f[k] *= inverse_root * inverse_root;
    }
  return f;
}

std::vector<double> MeanField::in_modes(const std::vector<double> &c) const
{
  std::vector<double> result(mode_count, 0.);
  for (std::size_t k = 0; k < c.size(); ++k)
    {
      // Of nodes without weight the modes know nothing.
      const double inverse_root = root[k] > 0. ? 1. / root[k] : 0.;
      const double factor       = c[k] * inverse_root * inverse_root;
      for (unsigned int j = 0; j < mode_count; ++j)
        result[j] += factor * basis[k * padded_rank + j];
    }
  return result;
}

void MeanField::modes_to_second_order(unsigned int count, const double *omega, double *values, double *gradients,
                                      double *hessians) const
{
  if (thinned())
    throw std::logic_error("second derivatives of modes that a few nodes stand for");
  constexpr unsigned int chunk   = 32;
  const std::size_t      n_nodes = problem.n_nodes(), n_pairs = n_omega * (n_omega + 1) / 2;
  std::vector<double>    g(chunk * n_nodes), dg(chunk * n_omega * n_nodes), ddg(chunk * n_pairs * n_nodes);
  for (unsigned int first = 0; first < count; first += chunk)
    {
      const unsigned int n = std::min(chunk, count - first);
      problem.features_to_second_order(n, omega + static_cast<std::size_t>(first) * n_omega, g.data(), dg.data(), ddg.data());
      const auto project_rows = [&](const std::vector<double> &rows, const std::size_t of_point, double *out) {
        project(n * of_point, n_nodes, mode_count, padded_rank, rows.data(), basis.data(),
                out + static_cast<std::size_t>(first) * of_point * mode_count);
      };
      project_rows(g, 1, values);
      project_rows(dg, n_omega, gradients);
      project_rows(ddg, n_pairs, hessians);
    }
}
} // namespace rhoflow
