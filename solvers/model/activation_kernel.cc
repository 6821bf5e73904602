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
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    value = erf(t * broadcast(0.70710678118654752440));
    if (derivative)
      slope = broadcast(0.79788456080286535588) * exp(broadcast(-0.5) * t * t);
  }
};

struct Tanh
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    value = tanh(t);
    if (derivative)
      {
        // 1 - tanh² would lose all digits in the tails.
        const Vector e = exp(broadcast(-2.) * abs(t)), q = broadcast(1.) + e;
        slope = broadcast(4.) * e / (q * q);
      }
  }
};

struct Sigmoid
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    const Vector one = broadcast(1.), e = exp(-abs(t)), q = one + e;
    value = (t > broadcast(0.) ? one : e) / q;
    if (derivative)
      slope = e / (q * q);
  }
};

struct Softplus
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    const Vector one = broadcast(1.), e = exp(-abs(t));
    value = max(t, broadcast(0.)) + log1p(e);
    if (derivative)
      slope = (t > broadcast(0.) ? one : e) / (one + e);
  }
};

struct Relu
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    value = max(t, broadcast(0.));
    if (derivative)
      slope = t > broadcast(0.) ? broadcast(1.) : broadcast(0.);
  }
};

struct Cosine
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    value = cos(t);
    if (derivative)
      slope = -sin(t);
  }
};

struct RectifiedCosine
{
  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    const Vector zero = broadcast(0.), c = cos(t);
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

  template <bool derivative>
  void apply(Vector t, Vector &value, Vector &slope) const
  {
    const Vector zero = broadcast(0.);
    value             = broadcast(ordinates[0]);
    if (derivative)
      slope = zero;
    for (unsigned int i = 0; i + 1 < n_nodes; ++i)
      {
        const double width = abscissae[i + 1] - abscissae[i];
        const Vector m     = broadcast((ordinates[i + 1] - ordinates[i]) / width);
        const Vector left = broadcast(abscissae[i]), right = broadcast(abscissae[i + 1]);
        value = value + m * min(max(t - left, zero), broadcast(width));
        if (derivative)
          slope = slope + (t >= left ? (t < right ? m : zero) : zero);
      }
  }
};

template <bool derivative, typename Function>
void loop(const Function &function, unsigned int n, const double *t, double *values, double *derivatives)
{
  const unsigned int n_whole = n / lanes * lanes;
  Vector             slope   = broadcast(0.);
  Vector             value;
  for (unsigned int i = 0; i < n_whole; i += lanes)
    {
      function.template apply<derivative>(load(t + i), value, slope);
      store(values + i, value);
      if (derivative)
        store(derivatives + i, slope);
    }
  if (n_whole < n)
    {
      double            buffer[lanes] = {};
      const std::size_t bytes         = (n - n_whole) * sizeof(double);
      std::memcpy(buffer, t + n_whole, bytes);
      function.template apply<derivative>(load(buffer), value, slope);
      store(buffer, value);
      std::memcpy(values + n_whole, buffer, bytes);
      if (derivative)
        {
          store(buffer, slope);
          std::memcpy(derivatives + n_whole, buffer, bytes);
        }
    }
}

template <typename Function>
void loop(const Function &function, unsigned int n, const double *t, double *values, double *derivatives)
{
  if (derivatives != nullptr)
    loop<true>(function, n, t, values, derivatives);
  else
    loop<false>(function, n, t, values, derivatives);
}
} // namespace

namespace kernel
{
void evaluate_activation(Activation::Kind kind, unsigned int n_nodes, const double *abscissae, const double *ordinates,
                         unsigned int n, const double *t, double *values, double *derivatives)
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
} // namespace kernel
} // namespace rhoflow
