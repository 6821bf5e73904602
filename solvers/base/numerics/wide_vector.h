#pragma once

#include <cstdint>
#include <cstring>

#include <solvers/base/numerics/register_bytes.h>

namespace rhoflow
{
/// Eight doubles of which each operation is done in all at once, in as many registers as the machine needs. For kernel files
/// only. g++ keeps a vector type that is wider than a register in memory and passes every operation through it; halves of
/// halves stay in registers. Each lane gets the same bits either way.
constexpr unsigned int n_lanes = 8;

typedef double         Register __attribute__((vector_size(register_bytes)));
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

namespace wide_vector
{
template <unsigned int n_registers>
struct Of
{
  typedef Halves<typename Of<n_registers / 2>::Type> Type;
};
template <>
struct Of<1>
{
  typedef Register Type;
};
} // namespace wide_vector
typedef wide_vector::Of<n_lanes / register_lanes>::Type Vector;

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
} // namespace rhoflow
