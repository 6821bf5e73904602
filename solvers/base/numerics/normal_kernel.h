#pragma once

#include <cstdint>

namespace rhoflow
{
namespace kernel
{
/// Box–Muller for `n_pairs` pairs of random words: normals_{2i}, normals_{2i+1} from bits_{2i}, bits_{2i+1}, as
/// CounterRandom::normal() makes them, up to rounding. What a pair gives does not depend on its position.
void normals_from_bits(unsigned int n_pairs, const std::uint64_t *bits, double *normals);
} // namespace kernel
} // namespace rhoflow
