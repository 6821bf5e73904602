#pragma once

/// The activations on registers, for files named *_kernel.cc only.

#include <solvers/base/numerics/simd.h>
#include <solvers/model/activation/activation_functions.h>
#include <solvers/model/activation/erf_kernel.h>

namespace rhoflow
{
namespace activation_functions
{
/// The functions of a register V of vector_math.
template <typename V>
struct VectorMath
{
  using Number = V;

  static V constant(double x) { return vector_math::constant<V>(x); }
  static V abs(V t) { return vector_math::abs(t); }
  static V cos(V t) { return vector_math::cos(t); }
  static V erf(V t) { return vector_math::erf(t); }
  static V exp(V t) { return vector_math::exp(t); }
  static V log1p(V t) { return vector_math::log1p(t); }
  static V max(V a, V b) { return vector_math::max(a, b); }
  static V min(V a, V b) { return vector_math::min(a, b); }
  static V sin(V t) { return vector_math::sin(t); }
  static V tanh(V t) { return vector_math::tanh(t); }
};

/// σ and, if asked for, σ' of `n` registers. A lane goes through the same instructions whatever n is.
template <bool derivative, typename Function, typename V, unsigned int n>
inline void apply_all(const Function &function, const V (&t)[n], V (&values)[n], V (&slopes)[n])
{
#if defined(RHOFLOW_ERF_KERNEL)
  if constexpr (std::is_same_v<Function, Erf> && sizeof(decltype(vector_math::lane_of(V{}))) == sizeof(double))
    {
      kernel::erf_and_slope<derivative>(t, values, slopes);
      return;
    }
#endif
  for (unsigned int i = 0; i < n; ++i)
    function.template apply<derivative, VectorMath<V>>(t[i], values[i], slopes[i]);
}

} // namespace activation_functions
} // namespace rhoflow
