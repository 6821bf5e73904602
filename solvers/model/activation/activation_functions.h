#pragma once

/// The formulas of σ and σ', each written once for numbers and for vectors of them.

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <solvers/model/activation/activation.h>

namespace rhoflow
{
namespace activation_functions
{
/// The functions of one double. They are those of the standard library also where the vectors (activation_vectors.h) have
/// others, whose last bits differ.
struct ScalarMath
{
  using Number = double;

  static double constant(double x) { return x; }
  static double abs(double t) { return std::abs(t); }
  static double cos(double t) { return std::cos(t); }
  static double erf(double t) { return std::erf(t); }
  static double exp(double t) { return std::exp(t); }
  static double log1p(double t) { return std::log1p(t); }
  static double max(double a, double b) { return std::max(a, b); }
  static double min(double a, double b) { return std::min(a, b); }
  static double sin(double t) { return std::sin(t); }
  static double tanh(double t) { return std::tanh(t); }
};

// Every function has apply(t, value, slope): σ(t) and, if `derivative`, σ'(t), with the elementary functions of `M`; and
// curvature(t): σ''(t), 0 at kinks.

struct Erf
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    value = M::erf(t * M::constant(0.70710678118654752440));
    if (derivative)
      slope = M::constant(0.79788456080286535588) * M::exp(M::constant(-0.5) * t * t);
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    return M::constant(-0.79788456080286535588) * t * M::exp(M::constant(-0.5) * t * t);
  }
};

struct Tanh
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    value = M::tanh(t);
    if (derivative)
      {
        // 1 - tanh² would lose all digits in the tails.
        const V e = M::exp(M::constant(-2.) * M::abs(t)), q = M::constant(1.) + e;
        slope = M::constant(4.) * e / (q * q);
      }
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    V value, slope;
    apply<true, M>(t, value, slope);
    return M::constant(-2.) * value * slope;
  }
};

struct Sigmoid
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    const V one = M::constant(1.), e = M::exp(-M::abs(t)), q = one + e;
    value = (t > M::constant(0.) ? one : e) / q;
    if (derivative)
      slope = e / (q * q);
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    // σ'' = σ' (1 − 2 σ)
    const V one = M::constant(1.), e = M::exp(-M::abs(t)), q = one + e, ratio = (one - e) / q;
    return e / (q * q) * (t > M::constant(0.) ? -ratio : ratio);
  }
};

struct Softplus
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    const V one = M::constant(1.), e = M::exp(-M::abs(t));
    value = M::max(t, M::constant(0.)) + M::log1p(e);
    if (derivative)
      slope = (t > M::constant(0.) ? one : e) / (one + e);
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    const V e = M::exp(-M::abs(t)), q = M::constant(1.) + e;
    return e / (q * q);
  }
};

struct Relu
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    value = M::max(t, M::constant(0.));
    if (derivative)
      slope = t > M::constant(0.) ? M::constant(1.) : M::constant(0.);
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V /*t*/) const
  {
    return M::constant(0.);
  }
};

struct Cosine
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    value = M::cos(t);
    if (derivative)
      slope = -M::sin(t);
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    return -M::cos(t);
  }
};

struct RectifiedCosine
{
  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    const V zero = M::constant(0.), c = M::cos(t);
    value = M::max(c, zero);
    if (derivative)
      slope = c > zero ? -M::sin(t) : zero;
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V t) const
  {
    const V zero = M::constant(0.), c = M::cos(t);
    return c > zero ? -c : zero;
  }
};

struct PiecewiseLinear
{
  unsigned int  n_nodes;
  const double *abscissae;
  const double *ordinates;

  template <bool derivative, typename M, typename V = typename M::Number>
  void apply(V t, V &value, V &slope) const
  {
    const V zero = M::constant(0.);
    value        = M::constant(ordinates[0]);
    if (derivative)
      slope = zero;
    for (unsigned int i = 0; i + 1 < n_nodes; ++i)
      {
        const double width = abscissae[i + 1] - abscissae[i];
        const V      m     = M::constant((ordinates[i + 1] - ordinates[i]) / width);
        const V      left = M::constant(abscissae[i]), right = M::constant(abscissae[i + 1]);
        value = value + m * M::min(M::max(t - left, zero), M::constant(width));
        if (derivative)
          slope = slope + (t >= left ? (t < right ? m : zero) : zero);
      }
  }

  template <typename M, typename V = typename M::Number>
  V curvature(V /*t*/) const
  {
    return M::constant(0.);
  }
};

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
  throw std::logic_error("an activation has no function");
}
} // namespace activation_functions
} // namespace rhoflow
