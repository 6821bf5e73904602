#pragma once

/// The activations on registers, for files named *_kernel.cc only.

#include <solvers/base/numerics/simd.h>
#include <solvers/model/activation/activation.h>
#include <solvers/model/activation/erf_kernel.h>

namespace rhoflow
{
namespace activation_functions
{
using vector_math::abs;
using vector_math::constant;
using vector_math::cos;
using vector_math::erf;
using vector_math::exp;
using vector_math::log1p;
using vector_math::max;
using vector_math::min;
using vector_math::sin;
using vector_math::tanh;
using vector_math::Vector;

struct Erf
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    value = erf(t * constant<V>(0.70710678118654752440));
    if (derivative)
      slope = constant<V>(0.79788456080286535588) * exp(constant<V>(-0.5) * t * t);
  }
};

struct Tanh
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    value = tanh(t);
    if (derivative)
      {
        // 1 - tanh² would lose all digits in the tails.
        const V e = exp(constant<V>(-2.) * abs(t)), q = constant<V>(1.) + e;
        slope = constant<V>(4.) * e / (q * q);
      }
  }
};

struct Sigmoid
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    const V one = constant<V>(1.), e = exp(-abs(t)), q = one + e;
    value = (t > constant<V>(0.) ? one : e) / q;
    if (derivative)
      slope = e / (q * q);
  }
};

struct Softplus
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    const V one = constant<V>(1.), e = exp(-abs(t));
    value = max(t, constant<V>(0.)) + log1p(e);
    if (derivative)
      slope = (t > constant<V>(0.) ? one : e) / (one + e);
  }
};

struct Relu
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    value = max(t, constant<V>(0.));
    if (derivative)
      slope = t > constant<V>(0.) ? constant<V>(1.) : constant<V>(0.);
  }
};

struct Cosine
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    value = cos(t);
    if (derivative)
      slope = -sin(t);
  }
};

struct RectifiedCosine
{
  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    const V zero = constant<V>(0.), c = cos(t);
    value = max(c, zero);
    if (derivative)
      slope = c > zero ? -sin(t) : zero;
  }
};

struct PiecewiseLinear
{
  unsigned int  n_nodes;
  const double *abscissae;
  const double *ordinates;

  template <bool derivative, typename V>
  void apply(V t, V &value, V &slope) const
  {
    const V zero = constant<V>(0.);
    value        = constant<V>(ordinates[0]);
    if (derivative)
      slope = zero;
    for (unsigned int i = 0; i + 1 < n_nodes; ++i)
      {
        const double width = abscissae[i + 1] - abscissae[i];
        const V      m     = constant<V>((ordinates[i + 1] - ordinates[i]) / width);
        const V      left = constant<V>(abscissae[i]), right = constant<V>(abscissae[i + 1]);
        value = value + m * min(max(t - left, zero), constant<V>(width));
        if (derivative)
          slope = slope + (t >= left ? (t < right ? m : zero) : zero);
      }
  }
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
    function.template apply<derivative>(t[i], values[i], slopes[i]);
}

/// Calls use(function) with the function of that kind; for piecewise_linear: `n_nodes` nodes at `abscissae` and `ordinates`.
template <typename Use>
inline void with_function(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                          const Use &use)
{
  switch (kind)
    {
      case Activation::Kind::erf:
        return use(Erf());
      case Activation::Kind::tanh:
        return use(Tanh());
      case Activation::Kind::sigmoid:
        return use(Sigmoid());
      case Activation::Kind::softplus:
        return use(Softplus());
      case Activation::Kind::relu:
        return use(Relu());
      case Activation::Kind::piecewise_linear:
        return use(PiecewiseLinear{n_nodes, abscissae, ordinates});
      case Activation::Kind::cosine:
        return use(Cosine());
      case Activation::Kind::rectified_cosine:
        return use(RectifiedCosine());
    }
}
} // namespace activation_functions
} // namespace rhoflow
