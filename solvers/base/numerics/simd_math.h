#pragma once

/// Vectors of doubles and of floats with elementary functions.
///
/// `Vector` is __m512d or __m256d with glibc's vector mathematics library where both are there, and plain double elsewhere;
/// arithmetic, comparison and `condition ? a : b` are written as for double. `SingleVector` is the same for float. The
/// functions of the library have errors below 4 units in the last place, and the result of a lane does not depend on its
/// neighbours.

#include <cmath>
#include <cstring>
#include <type_traits>

#if defined(RHOFLOW_HAVE_LIBMVEC) && defined(__x86_64__) && (defined(__AVX512F__) || defined(__AVX2__))
#include <immintrin.h>
#define RHOFLOW_VECTOR_MATH 1
#endif

#if defined(RHOFLOW_VECTOR_MATH)
extern "C" {
#if defined(__AVX512F__)
__m512d _ZGVeN8v_asin(__m512d);
__m512d _ZGVeN8v_cos(__m512d);
__m512d _ZGVeN8v_erf(__m512d);
__m512d _ZGVeN8v_exp(__m512d);
__m512d _ZGVeN8v_log(__m512d);
__m512d _ZGVeN8v_log1p(__m512d);
__m512d _ZGVeN8v_sin(__m512d);
__m512d _ZGVeN8v_tanh(__m512d);
__m512  _ZGVeN16v_asinf(__m512);
__m512  _ZGVeN16v_cosf(__m512);
__m512  _ZGVeN16v_erff(__m512);
__m512  _ZGVeN16v_expf(__m512);
__m512  _ZGVeN16v_logf(__m512);
__m512  _ZGVeN16v_log1pf(__m512);
__m512  _ZGVeN16v_sinf(__m512);
__m512  _ZGVeN16v_tanhf(__m512);
#else
__m256d _ZGVdN4v_asin(__m256d);
__m256d _ZGVdN4v_cos(__m256d);
__m256d _ZGVdN4v_erf(__m256d);
__m256d _ZGVdN4v_exp(__m256d);
__m256d _ZGVdN4v_log(__m256d);
__m256d _ZGVdN4v_log1p(__m256d);
__m256d _ZGVdN4v_sin(__m256d);
__m256d _ZGVdN4v_tanh(__m256d);
__m256  _ZGVdN8v_asinf(__m256);
__m256  _ZGVdN8v_cosf(__m256);
__m256  _ZGVdN8v_erff(__m256);
__m256  _ZGVdN8v_expf(__m256);
__m256  _ZGVdN8v_logf(__m256);
__m256  _ZGVdN8v_log1pf(__m256);
__m256  _ZGVdN8v_sinf(__m256);
__m256  _ZGVdN8v_tanhf(__m256);
#endif
}
#endif

namespace rhoflow
{
namespace vector_math
{
#if defined(RHOFLOW_VECTOR_MATH) && defined(__AVX512F__)
using Vector       = __m512d;
using SingleVector = __m512;
#define RHOFLOW_VECTOR_CALL(name) _ZGVeN8v_##name
#define RHOFLOW_SINGLE_CALL(name) _ZGVeN16v_##name##f
#elif defined(RHOFLOW_VECTOR_MATH)
using Vector       = __m256d;
using SingleVector = __m256;
#define RHOFLOW_VECTOR_CALL(name) _ZGVdN4v_##name
#define RHOFLOW_SINGLE_CALL(name) _ZGVdN8v_##name##f
#else
using Vector       = double;
using SingleVector = float;
#define RHOFLOW_VECTOR_CALL(name) std::name
#define RHOFLOW_SINGLE_CALL(name) std::name
#endif
#define RHOFLOW_VECTOR_FUNCTION(name)                                                                                          \
  inline Vector name(Vector x)                                                                                                 \
  {                                                                                                                            \
    return RHOFLOW_VECTOR_CALL(name)(x);                                                                                       \
  }                                                                                                                            \
  inline SingleVector name(SingleVector x)                                                                                     \
  {                                                                                                                            \
    return RHOFLOW_SINGLE_CALL(name)(x);                                                                                       \
  }

constexpr unsigned int lanes = sizeof(Vector) / sizeof(double);

RHOFLOW_VECTOR_FUNCTION(asin)
RHOFLOW_VECTOR_FUNCTION(cos)
RHOFLOW_VECTOR_FUNCTION(erf)
RHOFLOW_VECTOR_FUNCTION(exp)
RHOFLOW_VECTOR_FUNCTION(log)
RHOFLOW_VECTOR_FUNCTION(log1p)
RHOFLOW_VECTOR_FUNCTION(sin)
RHOFLOW_VECTOR_FUNCTION(tanh)
#undef RHOFLOW_VECTOR_FUNCTION
#undef RHOFLOW_VECTOR_CALL
#undef RHOFLOW_SINGLE_CALL

/// All lanes equal.
inline Vector broadcast(double x)
{
#if defined(RHOFLOW_VECTOR_MATH) && defined(__AVX512F__)
  return _mm512_set1_pd(x);
#elif defined(RHOFLOW_VECTOR_MATH)
  return _mm256_set1_pd(x);
#else
  return x;
#endif
}

/// The number in a lane of a vector of either precision (never called).
double lane_of(Vector);
float  lane_of(SingleVector);

/// All lanes of a vector of either precision equal.
template <typename V>
inline V constant(double x)
{
  return V{} + static_cast<decltype(lane_of(V{}))>(x);
}

/// From and to memory of any alignment.
inline Vector load(const double *p)
{
  Vector v;
  std::memcpy(&v, p, sizeof(Vector));
  return v;
}

inline void store(double *p, Vector v)
{
  std::memcpy(p, &v, sizeof(Vector));
}

template <typename V>
inline V max(V a, V b)
{
  return a > b ? a : b;
}

template <typename V>
inline V min(V a, V b)
{
  return a < b ? a : b;
}

template <typename V>
inline V abs(V a)
{
  return max(a, -a);
}

inline Vector sqrt(Vector a)
{
#if defined(RHOFLOW_VECTOR_MATH) && defined(__AVX512F__)
  return _mm512_maskz_sqrt_pd(0xff, a);
#elif defined(RHOFLOW_VECTOR_MATH)
  return _mm256_sqrt_pd(a);
#else
  return std::sqrt(a);
#endif
}

/// Sum over lanes, in a fixed order.
inline double sum(Vector v)
{
  double lane[lanes];
  store(lane, v);
  for (unsigned int width = lanes / 2; width > 0; width /= 2)
    for (unsigned int i = 0; i < width; ++i)
      lane[i] += lane[i + width];
  return lane[0];
}

/// The number of doubles that whole vectors need for n.
constexpr unsigned int padded(unsigned int n)
{
  return (n + lanes - 1) / lanes * lanes;
}
} // namespace vector_math
} // namespace rhoflow
