#pragma once

/// Vectors of doubles with elementary functions, for files named *_kernel.cc only: they alone are compiled for the machine's
/// own instruction set, and a vector type of one width must not meet another one in the rest of the program.
///
/// `Vector` is __m512d or __m256d with glibc's vector mathematics library where both are there, and plain double elsewhere;
/// arithmetic, comparison and `condition ? a : b` are written as for double. The functions of the library have errors below 4
/// units in the last place, and the result of a lane does not depend on its neighbours.

#include <cmath>
#include <cstring>

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
#else
__m256d _ZGVdN4v_asin(__m256d);
__m256d _ZGVdN4v_cos(__m256d);
__m256d _ZGVdN4v_erf(__m256d);
__m256d _ZGVdN4v_exp(__m256d);
__m256d _ZGVdN4v_log(__m256d);
__m256d _ZGVdN4v_log1p(__m256d);
__m256d _ZGVdN4v_sin(__m256d);
__m256d _ZGVdN4v_tanh(__m256d);
#endif
}
#endif

namespace rhoflow
{
namespace vector_math
{
#if defined(RHOFLOW_VECTOR_MATH) && defined(__AVX512F__)
using Vector = __m512d;
#define RHOFLOW_VECTOR_FUNCTION(name)                                                                                          \
  inline Vector name(Vector x)                                                                                                 \
  {                                                                                                                            \
    return _ZGVeN8v_##name(x);                                                                                                 \
  }
#elif defined(RHOFLOW_VECTOR_MATH)
using Vector = __m256d;
#define RHOFLOW_VECTOR_FUNCTION(name)                                                                                          \
  inline Vector name(Vector x)                                                                                                 \
  {                                                                                                                            \
    return _ZGVdN4v_##name(x);                                                                                                 \
  }
#else
using Vector = double;
#define RHOFLOW_VECTOR_FUNCTION(name)                                                                                          \
  inline Vector name(Vector x)                                                                                                 \
  {                                                                                                                            \
    return std::name(x);                                                                                                       \
  }
#endif

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

inline Vector max(Vector a, Vector b)
{
  return a > b ? a : b;
}

inline Vector min(Vector a, Vector b)
{
  return a < b ? a : b;
}

inline Vector abs(Vector a)
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
