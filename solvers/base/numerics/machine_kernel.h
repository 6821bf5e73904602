#pragma once

#include <cstddef>
#include <cstdint>

namespace rhoflow
{
namespace machine_kernel
{
/// The instruction set that this file, and with it all kernels, was compiled for: a level of x86-64 as in the psABI (github.com
/// x86-psABIs, "micro-architecture levels"), "generic x86-64" or "generic".
const char *instruction_set();

/// a ← b + s c for n doubles.
void triad(std::size_t n, double s, const double *b, const double *c, double *a);

/// `n_rounds` rounds of independent fused multiply-adds in vector registers, enough of them at once to hide their latency, in
/// double or single precision. `result` makes the work observable. Returns the number of floating-point operations, two for a
/// multiply-add of one number.
double multiply_add_double(std::uint64_t n_rounds, double &result);
double multiply_add_single(std::uint64_t n_rounds, double &result);
} // namespace machine_kernel
} // namespace rhoflow
