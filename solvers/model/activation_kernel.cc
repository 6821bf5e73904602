#include <solvers/model/activation_kernel.h>

#include <cstring>

#include <solvers/base/vector_math.h>

namespace rhoflow
{
namespace
{
using namespace vector_math;

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

struct Double
{
  using Argument = Vector;
};
struct Single
{
  using Argument = SingleVector;
};

template <bool derivative, typename Precision, typename Function, typename Number>
void loop(const Function &function, unsigned int n, const Number *t, Number *values, Number *derivatives)
{
  using V                        = typename Precision::Argument;
  constexpr unsigned int width   = sizeof(V) / sizeof(Number);
  const unsigned int     n_whole = n / width * width;
  V                      argument, value, slope = V{};
  for (unsigned int i = 0; i < n_whole; i += width)
    {
      std::memcpy(&argument, t + i, sizeof(V));
      function.template apply<derivative>(argument, value, slope);
      std::memcpy(values + i, &value, sizeof(V));
      if (derivative)
        std::memcpy(derivatives + i, &slope, sizeof(V));
    }
  if (n_whole < n)
    {
      const std::size_t bytes = (n - n_whole) * sizeof(Number);
      argument                = V{};
      std::memcpy(&argument, t + n_whole, bytes);
      function.template apply<derivative>(argument, value, slope);
      std::memcpy(values + n_whole, &value, bytes);
      if (derivative)
        std::memcpy(derivatives + n_whole, &slope, bytes);
    }
}

template <typename Function>
void loop(const Function &function, unsigned int n, const double *t, double *values, double *derivatives)
{
  if (derivatives != nullptr)
    loop<true, Double>(function, n, t, values, derivatives);
  else
    loop<false, Double>(function, n, t, values, derivatives);
}

template <typename Function>
void loop(const Function &function, unsigned int n, const float *t, float *values, float *derivatives)
{
  if (derivatives != nullptr)
    loop<true, Single>(function, n, t, values, derivatives);
  else
    loop<false, Single>(function, n, t, values, derivatives);
}
} // namespace

namespace kernel
{
template <typename Number>
void evaluate_activation(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                         unsigned int n, const Number *t, Number *values, Number *derivatives)
{
  switch (kind)
    {
      case Activation::Kind::erf:
        return loop(Erf(), n, t, values, derivatives);
      case Activation::Kind::tanh:
        return loop(Tanh(), n, t, values, derivatives);
      case Activation::Kind::sigmoid:
        return loop(Sigmoid(), n, t, values, derivatives);
      case Activation::Kind::softplus:
        return loop(Softplus(), n, t, values, derivatives);
      case Activation::Kind::relu:
        return loop(Relu(), n, t, values, derivatives);
      case Activation::Kind::piecewise_linear:
        return loop(PiecewiseLinear{n_nodes, abscissae, ordinates}, n, t, values, derivatives);
      case Activation::Kind::cosine:
        return loop(Cosine(), n, t, values, derivatives);
      case Activation::Kind::rectified_cosine:
        return loop(RectifiedCosine(), n, t, values, derivatives);
    }
}

template void evaluate_activation(Activation::Kind, unsigned int, const double *, const double *, unsigned int, const double *,
                                  double *, double *);
template void evaluate_activation(Activation::Kind, unsigned int, const double *, const double *, unsigned int, const float *,
                                  float *, float *);
} // namespace kernel
} // namespace rhoflow
