#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace rhoflow
{
/// Memory that starts with a cache line, so that no vector load crosses two; large blocks are asked for in huge pages, since
/// what the sweeps read of neighbouring cells is spread over more small pages than the address translation remembers.
template <typename T>
struct AlignedAllocator
{
  using value_type = T;

  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U> &)
  {}

  T *allocate(std::size_t n)
  {
    constexpr std::size_t cache_line = 64, huge_page = std::size_t(1) << 21;
    const std::size_t     alignment = n * sizeof(T) >= 2 * huge_page ? huge_page : cache_line;
    const std::size_t     size      = (n * sizeof(T) + alignment - 1) / alignment * alignment;
    void *const           memory    = std::aligned_alloc(alignment, size);
    if (memory == nullptr)
      throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (alignment == huge_page)
      madvise(memory, size, MADV_HUGEPAGE); // a request: without huge pages the memory is as good as any other
#endif
    return static_cast<T *>(memory);
  }
  void deallocate(T *memory, std::size_t)
  {
    std::free(memory);
  }

  friend bool operator==(const AlignedAllocator &, const AlignedAllocator &)
  {
    return true;
  }
  friend bool operator!=(const AlignedAllocator &, const AlignedAllocator &)
  {
    return false;
  }
};

/// An array that begins with a cache line.
template <typename Number>
using AlignedVector = std::vector<Number, AlignedAllocator<Number>>;
} // namespace rhoflow
