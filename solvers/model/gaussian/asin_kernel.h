#pragma once

/// For files named *_kernel.cc only, like simd.h.

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace vector_math
{
constexpr double pi = 3.14159265358979323846;

/// asin(√z)/√z for 0 ≤ z ≤ ¼: 1 + z P(z), P the interpolant of (asin(√z)/√z − 1)/z at the 12 Chebyshev points of [0, ¼]; error
/// 6e-17 besides rounding.
inline Vector arc_sine_ratio(Vector z)
{
  // Two interleaved polynomials in z² halve the chain of dependent operations.
  const Vector y = z * z;
  Vector       p = broadcast(-0.010749050339697808), q = broadcast(0.028169218060881414);
  p = p * y + broadcast(0.0078029494773533175);
  q = q * y + broadcast(0.01603551434914882);
  p = p * y + broadcast(0.013929652902326633);
  q = q * y + broadcast(0.011875494382636922);
  p = p * y + broadcast(0.02237204763174451);
  q = q * y + broadcast(0.017355259955786323);
  p = p * y + broadcast(0.044642857103423646);
  q = q * y + broadcast(0.03038194736709848);
  p = p * y + broadcast(0.1666666666666665);
  q = q * y + broadcast(0.07500000000020764);
  return broadcast(1.) + z * (p + z * q);
}

/// asin for |x| ≤ ½. Inlined, because in a pair sum the call of a library function costs as much as the rest.
inline Vector small_arc_sine(Vector x)
{
  return x * arc_sine_ratio(x * x);
}

/// asin for |x| ≤ 1, above ½ as π/2 − 2 asin(√((1 − |x|)/2)); the same as small_arc_sine() up to there. A few units in the last
/// place.
inline Vector arc_sine(Vector x)
{
  const Vector half = broadcast(0.5), one = broadcast(1.), size = abs(x);
  const Vector above  = half * (one - size);
  const auto   large  = size > half;
  const Vector z      = large ? above : x * x;
  const Vector root   = large ? sqrt(above) : size;
  const Vector series = root * arc_sine_ratio(z);
  const Vector result = large ? broadcast(0.5 * pi) - broadcast(2.) * series : series;
  return x < broadcast(0.) ? -result : result;
}

/// [√(1 − c²) + c (π/2 + asin c)]/(2π), |c| ≤ 1, given asin c.
inline Vector arc_cosine_kernel(Vector c, Vector arc)
{
  const Vector one = broadcast(1.);
  return broadcast(0.5 / pi) * (sqrt((one - c) * (one + c)) + c * (broadcast(0.5 * pi) + arc));
}
} // namespace vector_math
} // namespace rhoflow
