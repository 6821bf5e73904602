#include <algorithm>
#include <cmath>

#include <solvers/base/numerics/simd.h>
#include <solvers/model/gaussian/asin_kernel.h>
#include <solvers/model/gaussian/pair_sum_kernel.h>
#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

namespace
{
/// values[i] = function(q_i, q2_i, c_i), pairs in lanes; the last vector is filled up with zeros.
template <typename Function>
void for_all_pairs(unsigned int n, const double *q, const double *q2, const double *c, double *values, const Function &function)
{
  for (unsigned int i = 0; i < n; i += lanes)
    {
      const unsigned int count    = std::min(lanes, n - i);
      double             a[lanes] = {}, b[lanes] = {}, x[lanes] = {};
      std::copy_n(q + i, count, a);
      std::copy_n(q2 + i, count, b);
      std::copy_n(c + i, count, x);
      store(x, function(load(a), load(b), load(x)));
      std::copy_n(x, count, values + i);
    }
}

/// Pairs of components of a mixture with less probability are left out: 256 of them, 2.6e-12 in all.
constexpr double negligible = 1e-14;

double largest(Vector x)
{
  double lane[lanes];
  store(lane, x);
  return *std::max_element(lane, lane + lanes);
}
} // namespace

void erf_mixture_pairs(double offset, double factor, const std::vector<double> &scales, const std::vector<double> &weights,
                       unsigned int n, const double *q, const double *q2, const double *c, double *values)
{
  const std::size_t n_scales = scales.size();
  for_all_pairs(n, q, q2, c, values, [&](Vector a, Vector b, Vector x) {
    std::vector<double> of_b(n_scales * lanes); // q'/√(τ² + q'²)
    for (std::size_t l = 0; l < n_scales; ++l)
      store(&of_b[l * lanes], b / sqrt(broadcast(scales[l] * scales[l]) + b * b));
    Vector total = broadcast(0.);
    for (std::size_t k = 0; k < n_scales; ++k)
      {
        const Vector of_a = x * a / sqrt(broadcast(scales[k] * scales[k]) + a * a);
        Vector       part = broadcast(0.);
        for (std::size_t l = 0; l < n_scales; ++l)
          if (weights[k] * weights[l] > negligible)
            part = part + broadcast(weights[l]) * arc_sine(of_a * load(&of_b[l * lanes]));
        total = total + broadcast(weights[k]) * part;
      }
    return broadcast(offset * offset) + broadcast(factor * factor * 2. / pi) * total;
  });
}

void relu_mixture_pairs(const std::vector<double> &scales, const std::vector<double> &weights, unsigned int n, const double *q,
                        const double *q2, const double *c, double *values)
{
  const std::size_t n_scales = scales.size();
  for_all_pairs(n, q, q2, c, values, [&](Vector a, Vector b, Vector x) {
    std::vector<double> of_b(n_scales * lanes); // √(τ² + q'²)
    for (std::size_t l = 0; l < n_scales; ++l)
      store(&of_b[l * lanes], sqrt(broadcast(scales[l] * scales[l]) + b * b));
    Vector total = broadcast(0.);
    for (std::size_t k = 0; k < n_scales; ++k)
      {
        const Vector of_a = sqrt(broadcast(scales[k] * scales[k]) + a * a);
        Vector       part = broadcast(0.);
        for (std::size_t l = 0; l < n_scales; ++l)
          {
            const Vector product = of_a * load(&of_b[l * lanes]), cosine = x * a * b / product;
            part = part + broadcast(weights[l]) * product * arc_cosine_kernel(cosine, arc_sine(cosine));
          }
        total = total + broadcast(weights[k]) * part;
      }
    return total;
  });
}

void kink_pairs(const std::vector<double> &kinks, const std::vector<double> &jumps, unsigned int n, const double *q,
                const double *q2, const double *c, double *values)
{
  // In u = π/2 − θ the integrand varies on the scale of u itself, so panels of equal length in log u, at most doubling u. Below
  // u = 1e-5 lies less than 1e-16 q q' m m'.
  static const QuadratureRule rule   = gauss_legendre(12, 0., 1.);
  const double                lowest = 1e-5;
  for_all_pairs(n, q, q2, c, values, [&](Vector a, Vector b, Vector x) {
    const Vector zero = broadcast(0.), one = broadcast(1.), half = broadcast(0.5);
    const Vector size  = abs(x);
    const Vector sign  = x < zero ? broadcast(-1.) : one;
    const Vector start = max(broadcast(0.5 * pi) - arc_sine(size), broadcast(lowest));
    const Vector range = log(broadcast(0.5 * pi) / start);

    // Where q vanishes, so does the result.
    std::vector<double> alpha(kinks.size() * lanes), beta(alpha.size());
    const auto          inverse = [&](Vector length) { return one / max(length, broadcast(1e-4)); };
    for (std::size_t k = 0; k < kinks.size(); ++k)
      {
        store(&alpha[k * lanes], broadcast(kinks[k]) * inverse(a));
        store(&beta[k * lanes], sign * broadcast(kinks[k]) * inverse(b));
      }
    const unsigned int n_panels = std::max(1u, static_cast<unsigned int>(std::ceil(largest(range) / 0.69)));
    const Vector       step     = range * broadcast(1. / n_panels);
    Vector             total    = zero;
    for (unsigned int panel = 0; panel < n_panels; ++panel)
      for (std::size_t p = 0; p < rule.nodes.size(); ++p)
        {
          const Vector u = start * exp(step * broadcast(panel + rule.nodes[p]));
          const Vector s = sin(half * u), s2 = s * s, c2 = one - s2;
          // −(α² − 2 αβ cos u + β²)/(2 sin²u), without cancellation
          const Vector far = -one / (broadcast(8.) * s2 * c2), near = -half / c2;
          Vector       kernel_sum = zero;
          for (std::size_t k = 0; k < kinks.size(); ++k)
            for (std::size_t l = 0; l < kinks.size(); ++l)
              {
                const Vector left = load(&alpha[k * lanes]), right = load(&beta[l * lanes]), difference = left - right;
                kernel_sum = kernel_sum +
                             broadcast(jumps[k] * jumps[l]) * exp(difference * difference * far + left * right * near);
              }
          total = total + broadcast(rule.weights[p]) * u * (size - (one - broadcast(2.) * s2)) * kernel_sum;
        }
    return broadcast(0.5 / pi) * a * b * step * total;
  });
}
} // namespace kernel
} // namespace rhoflow
