#include <solvers/model/activation/activation_kernel.h>
#include <solvers/model/activation/activation_vectors.h>

#include <algorithm>
#include <cstring>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

namespace
{
template <typename Function, typename V>
V curvature_of(const Function &function, V t)
{
  return function.template curvature<activation_functions::VectorMath<V>>(t);
}
} // namespace

void activation_curvature(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                          unsigned int n, const double *t, double *second_derivatives)
{
  activation_functions::with_function(kind, n_nodes, abscissae, ordinates, [&](const auto &function) {
    for (unsigned int first = 0; first < n; first += lanes)
      {
        const std::size_t bytes    = std::min(n - first, lanes) * sizeof(double);
        Vector            argument = broadcast(0.);
        std::memcpy(&argument, t + first, bytes);
        const Vector result = curvature_of(function, argument);
        std::memcpy(second_derivatives + first, &result, bytes);
      }
  });
}
} // namespace kernel
} // namespace rhoflow
