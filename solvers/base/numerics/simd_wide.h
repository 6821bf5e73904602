#pragma once

#include <cstdint>
#include <cstring>

#include <solvers/base/numerics/simd_pack.h>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace rhoflow
{
namespace wide_vector
{
/// Eight doubles of which each operation is done in all at once, in as many registers as the machine needs. g++ keeps a vector
/// type that is wider than a register in memory and passes every operation through it; halves of halves stay in registers. Each
/// lane gets the same bits either way.
constexpr unsigned int n_lanes = 8;

using Register                        = Pack<double>;
constexpr unsigned int register_lanes = register_bytes / sizeof(double);

/// Two registers, or two pairs of them.
template <typename Half>
struct Halves
{
  Half low, high;

  Halves &operator+=(const Halves &b) { return *this = *this + b; }
  Halves &operator-=(const Halves &b) { return *this = *this - b; }
  Halves &operator*=(const Halves &b) { return *this = *this * b; }
  Halves &operator*=(double b) { return *this = *this * b; }

  friend Halves operator-(const Halves &a) { return {-a.low, -a.high}; }
  friend Halves operator+(const Halves &a, const Halves &b) { return {a.low + b.low, a.high + b.high}; }
  friend Halves operator-(const Halves &a, const Halves &b) { return {a.low - b.low, a.high - b.high}; }
  friend Halves operator*(const Halves &a, const Halves &b) { return {a.low * b.low, a.high * b.high}; }
  friend Halves operator/(const Halves &a, const Halves &b) { return {a.low / b.low, a.high / b.high}; }
  friend Halves operator+(const Halves &a, double b) { return {a.low + b, a.high + b}; }
  friend Halves operator-(const Halves &a, double b) { return {a.low - b, a.high - b}; }
  friend Halves operator*(const Halves &a, double b) { return {a.low * b, a.high * b}; }
  friend Halves operator+(double a, const Halves &b) { return {a + b.low, a + b.high}; }
  friend Halves operator-(double a, const Halves &b) { return {a - b.low, a - b.high}; }
  friend Halves operator*(double a, const Halves &b) { return {a * b.low, a * b.high}; }
  friend Halves operator/(double a, const Halves &b) { return {a / b.low, a / b.high}; }

  friend auto operator>(const Halves &a, const Halves &b) { return halves(a.low > b.low, a.high > b.high); }
  friend auto operator>(const Halves &a, double b) { return halves(a.low > b, a.high > b); }
  friend auto operator<(const Halves &a, double b) { return halves(a.low < b, a.high < b); }

private:
  template <typename Part>
  static Halves<Part> halves(const Part &a, const Part &b)
  {
    return {a, b};
  }
};

template <unsigned int n_registers>
struct Registers
{
  typedef Halves<typename Registers<n_registers / 2>::Type> Type;
};
template <>
struct Registers<1>
{
  typedef Register Type;
};
typedef Registers<n_lanes / register_lanes>::Type Vector;

/// Lane by lane a where the comparison holds, else b.
template <typename Mask, typename Number>
inline Number select(const Mask &mask, const Number &a, const Number &b)
{
  return mask ? a : b;
}
template <typename Mask, typename Half>
inline Halves<Half> select(const Halves<Mask> &mask, const Halves<Half> &a, const Halves<Half> &b)
{
  return {select(mask.low, a.low, b.low), select(mask.high, a.high, b.high)};
}

inline Vector load(const double *p)
{
  Vector v;
  std::memcpy(&v, p, sizeof(Vector));
  return v;
}

inline void store(double *p, const Vector &v)
{
  std::memcpy(p, &v, sizeof(Vector));
}

inline Vector broadcast(double x)
{
  return Vector{} + x;
}

inline Vector absolute(const Vector &v)
{
  return select(v < 0., -v, v);
}
inline Vector maximum(const Vector &a, const Vector &b)
{
  return select(a > b, a, b);
}

// Cells are worked on in batches of eight, one cell in each lane of a vector.

/// base^exponent, 1 for negative exponents.
constexpr int power(int base, int exponent)
{
  return exponent <= 0 ? 1 : base * power(base, exponent - 1);
}

/// base[index[lane] + shift] for every lane.
inline Vector gather(const double *base, const std::int32_t *index, std::int64_t shift)
{
#ifdef __AVX512F__
  const __m256i offsets = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(index));
  return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), 0xff, offsets, base + shift, 8);
#else
  double v[n_lanes];
  for (unsigned int lane = 0; lane < n_lanes; ++lane)
    v[lane] = base[index[lane] + shift];
  return load(v);
#endif
}

/// base[index[lane]] = v[lane] for every lane, in their order.
inline void scatter(const Vector &v, double *base, const std::int32_t *index)
{
  double lanes[n_lanes];
  store(lanes, v);
  for (unsigned int lane = 0; lane < n_lanes; ++lane)
    base[index[lane]] = lanes[lane];
}

#ifndef __AVX512F__
#ifdef __AVX__
inline void transpose(Register (&r)[4])
{
  const Register even[2] = {__builtin_shufflevector(r[0], r[1], 0, 4, 2, 6), __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6)};
  const Register odd[2]  = {__builtin_shufflevector(r[0], r[1], 1, 5, 3, 7), __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7)};
  r[0]                   = __builtin_shufflevector(even[0], even[1], 0, 1, 4, 5);
  r[1]                   = __builtin_shufflevector(odd[0], odd[1], 0, 1, 4, 5);
  r[2]                   = __builtin_shufflevector(even[0], even[1], 2, 3, 6, 7);
  r[3]                   = __builtin_shufflevector(odd[0], odd[1], 2, 3, 6, 7);
}
#else
inline void transpose(Register (&r)[2])
{
  const Register first = __builtin_shufflevector(r[0], r[1], 0, 2);
  r[1]                 = __builtin_shufflevector(r[0], r[1], 1, 3);
  r[0]                 = first;
}
#endif
#endif

/// out[i][lane] = base[row[lane] + i] for i = 0..7: eight rows are read whole and transposed, which costs a fraction of eight
/// gathers.
inline void load_transposed(const double *base, const std::int32_t *row, Vector *out)
{
#ifdef __AVX512F__
  Vector r[8], pair[8], four[8];
  for (int i = 0; i < 8; ++i)
    r[i] = load(base + row[i]);
  for (int i = 0; i < 8; i += 2)
    {
      pair[i]     = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
      pair[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j)
      {
        four[i + j]     = __builtin_shufflevector(pair[i + j], pair[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        four[i + j + 2] = __builtin_shufflevector(pair[i + j], pair[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
      }
  for (int i = 0; i < 4; ++i)
    {
      out[i]     = __builtin_shufflevector(four[i], four[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
      out[i + 4] = __builtin_shufflevector(four[i], four[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
#else
  // Blocks as wide as a register.
  for (unsigned int first = 0; first < n_lanes; first += register_lanes)
    for (unsigned int column = 0; column < n_lanes; column += register_lanes)
      {
        Register r[register_lanes];
        for (unsigned int i = 0; i < register_lanes; ++i)
          std::memcpy(&r[i], base + row[first + i] + column, sizeof(Register));
        transpose(r);
        for (unsigned int i = 0; i < register_lanes; ++i)
          std::memcpy(reinterpret_cast<double *>(out + column + i) + first, &r[i], sizeof(Register));
      }
#endif
}

/// Eight values each of which is a lane of some vector in an array of whole vectors, index[lane] = first double of the vector
/// + lane there: neighbouring cells mostly come from one or two batches, so that few whole loads and permutations do
/// for a gather.
class LaneSources
{
public:
  explicit LaneSources(const std::int32_t *index)
  {
#ifdef __AVX512F__
    const __m256i offsets = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(index));
    const __m256i vectors = _mm256_and_si256(offsets, _mm256_set1_epi32(-8));
    places                = _mm512_maskz_cvtepi32_epi64(0xff, _mm256_and_si256(offsets, _mm256_set1_epi32(7)));
    for (unsigned int left = 0xff; left != 0; ++count)
      {
        vector[count]             = index[__builtin_ctz(left)] & -8;
        const __m256i      same   = _mm256_cmpeq_epi32(vectors, _mm256_set1_epi32(vector[count]));
        const unsigned int chosen = static_cast<unsigned int>(_mm256_movemask_ps(_mm256_castsi256_ps(same)));
        lanes[count]              = static_cast<std::uint8_t>(chosen);
        left &= ~chosen;
      }
#else
    for (unsigned int lane = 0; lane < n_lanes; ++lane)
      {
        place[lane]    = index[lane];
        unsigned int i = 0;
        while (i < count && vector[i] != (index[lane] & -8))
          ++i;
        vector[i] = index[lane] & -8;
        count     = i == count ? count + 1 : count;
      }
#endif
  }

  /// base[index[lane] + shift] for every lane, `shift` a multiple of 8.
  Vector gather(const double *base, std::int64_t shift) const
  {
#ifdef __AVX512F__
    __m512d v = _mm512_maskz_permutexvar_pd(0xff, places, load(base + vector[0] + shift));
    for (unsigned int i = 1; i < count; ++i)
      v = _mm512_mask_permutexvar_pd(v, lanes[i], places, load(base + vector[i] + shift));
    return v;
#else
    return wide_vector::gather(base, place, shift);
#endif
  }

  /// Asks for what gather() will read for shift = 0, 8, ..., 8 (n − 1).
  void prefetch(const double *base, int n) const
  {
    for (unsigned int i = 0; i < count; ++i)
      for (int t = 0; t < n; ++t)
        __builtin_prefetch(base + vector[i] + 8 * t);
  }

private:
  unsigned int count = 0;
  std::int32_t vector[n_lanes];
#ifdef __AVX512F__
  std::uint8_t lanes[n_lanes];
  __m512i      places;
#else
  std::int32_t place[n_lanes];
#endif
};

/// Lanes whose bit is set take `chosen`, the others `otherwise`.
inline Vector select_bits(std::uint8_t bits, const Vector &chosen, const Vector &otherwise)
{
#ifdef __AVX512F__
  return _mm512_mask_blend_pd(bits, otherwise, chosen);
#else
  double       v[n_lanes], of_chosen[n_lanes];
  store(v, otherwise);
  store(of_chosen, chosen);
  for (unsigned int lane = 0; lane < n_lanes; ++lane)
    if ((bits >> lane) & 1U)
      v[lane] = of_chosen[lane];
  return load(v);
#endif
}

/// Adds a term to a running sum in two parts whose value does not depend on the order of the terms: `high` collects the
/// multiples of 2^e next to each term, `low` the rest in multiples of 2^(e − 30). Both are exact as long as |high| < 2^(e + 52)
/// and there are fewer than 2^22 terms (Demmel and Nguyen, "Parallel reproducible summation", 2015); each term is rounded to
/// 2^(e − 31). `magic_high` = 1.5 · 2^(52 + e), `magic_low` = 1.5 · 2^(22 + e).
template <typename Number>
inline void binned_add(Number &high, Number &low, const Number &term, double magic_high, double magic_low)
{
  const Number h = (term + magic_high) - magic_high;
  high += h;
  low += ((term - h) + magic_low) - magic_low;
}
} // namespace wide_vector
} // namespace rhoflow
