#pragma once

namespace rhoflow
{
/// Bytes of a vector register of the machine that this file is compiled for. For kernel files only.
#if defined(__AVX512F__)
constexpr unsigned int register_bytes = 64;
#elif defined(__AVX__)
constexpr unsigned int register_bytes = 32;
#else
constexpr unsigned int register_bytes = 16;
#endif
} // namespace rhoflow
