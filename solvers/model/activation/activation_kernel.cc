#include <solvers/model/activation/activation_kernel.h>
#include <solvers/model/activation/activation_vectors.h>

#include <cstring>

namespace rhoflow
{
namespace
{
using namespace vector_math;

struct Double
{
  using Argument = Vector;
};
struct Single
{
  using Argument = SingleVector;
};

/// `registers` at a time, while there are as many arguments; returns how many are done. The last register is padded.
template <bool derivative, unsigned int registers, typename Precision, typename Function, typename Number>
unsigned int pass(const Function &function, unsigned int first, unsigned int n, const Number *t, Number *values,
                  Number *derivatives)
{
  using V                      = typename Precision::Argument;
  constexpr unsigned int width = sizeof(V) / sizeof(Number), step = registers * width;
  V                      argument[registers] = {}, value[registers], slope[registers] = {};
  while (first + step <= n || (registers == 1 && first < n))
    {
      const std::size_t bytes = (n - first < step ? n - first : step) * sizeof(Number);
      std::memcpy(argument, t + first, bytes);
      activation_functions::apply_all<derivative>(function, argument, value, slope);
      std::memcpy(values + first, value, bytes);
      if (derivative)
        std::memcpy(derivatives + first, slope, bytes);
      first += step;
    }
  return first;
}

template <bool derivative, typename Precision, typename Function, typename Number>
void loop(const Function &function, unsigned int n, const Number *t, Number *values, Number *derivatives)
{
  const unsigned int done = pass<derivative, 4, Precision>(function, 0, n, t, values, derivatives);
  pass<derivative, 1, Precision>(function, done, n, t, values, derivatives);
}

template <typename Precision, typename Function, typename Number>
void evaluate(const Function &function, unsigned int n, const Number *t, Number *values, Number *derivatives)
{
  if (derivatives != nullptr)
    loop<true, Precision>(function, n, t, values, derivatives);
  else
    loop<false, Precision>(function, n, t, values, derivatives);
}
} // namespace

namespace kernel
{
template <>
void evaluate_activation(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                         unsigned int n, const double *t, double *values, double *derivatives)
{
  activation_functions::with_function(kind, n_nodes, abscissae, ordinates,
                                      [&](const auto &function) { evaluate<Double>(function, n, t, values, derivatives); });
}

template <>
void evaluate_activation(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                         unsigned int n, const float *t, float *values, float *derivatives)
{
  activation_functions::with_function(kind, n_nodes, abscissae, ordinates,
                                      [&](const auto &function) { evaluate<Single>(function, n, t, values, derivatives); });
}
} // namespace kernel
} // namespace rhoflow
