#pragma once

namespace rhoflow
{
/// Bytes of a vector register of the machine that this file is compiled for.
#if defined(__AVX512F__)
constexpr unsigned int register_bytes = 64;
#elif defined(__AVX__)
constexpr unsigned int register_bytes = 32;
#else
constexpr unsigned int register_bytes = 16;
#endif

namespace packs
{
template <typename Number, unsigned int bytes>
struct Of
{
  typedef Number Plain __attribute__((vector_size(bytes)));
  typedef Number Aliased __attribute__((vector_size(bytes), may_alias));
  typedef Number Unaligned __attribute__((vector_size(bytes), aligned(sizeof(Number)), may_alias));
};
} // namespace packs

/// As many numbers as fit into `bytes`, of which each operation is done in all at once. g++ keeps what is wider than a register
/// in memory.
template <typename Number, unsigned int bytes = register_bytes>
using Pack = typename packs::Of<Number, bytes>::Plain;
/// For looking at packs of another width through a pointer.
template <typename Number, unsigned int bytes = register_bytes>
using AliasedPack = typename packs::Of<Number, bytes>::Aliased;
/// For loads and stores anywhere.
template <typename Number, unsigned int bytes = register_bytes>
using UnalignedPack = typename packs::Of<Number, bytes>::Unaligned;

/// The packs of an array, which begins at a multiple of `bytes`.
template <unsigned int bytes, typename Number>
inline const Pack<Number, bytes> *as_packs(const Number *p)
{
  return reinterpret_cast<const Pack<Number, bytes> *>(p);
}
template <unsigned int bytes, typename Number>
inline Pack<Number, bytes> *as_packs(Number *p)
{
  return reinterpret_cast<Pack<Number, bytes> *>(p);
}
} // namespace rhoflow
