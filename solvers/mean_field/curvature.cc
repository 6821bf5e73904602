#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
void MeanField::curvature(const unsigned int count, const double *omega, const std::vector<double> &coefficients,
                          double *result) const
{
  // χ = Qᵀ W g, and the basis holds W Q.
  const std::size_t   n_nodes = problem.n_nodes();
  std::vector<double> of_nodes(n_nodes, 0.);
  for (std::size_t k = 0; k < n_nodes; ++k)
    for (unsigned int j = 0; j < mode_count; ++j)
      of_nodes[k] += basis[k * padded_rank + j] * coefficients[j];
  problem.curvature(count, omega, of_nodes, result);
}
} // namespace rhoflow
