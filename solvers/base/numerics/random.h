#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <Random123/philox.h>

namespace rhoflow
{
/// What a stream of random numbers is for: streams of different purpose never meet, so that asking for one more number here
/// changes nothing there.
enum class RandomPurpose : std::uint32_t
{
  initial_particles = 1,
  sgd_samples       = 2,
  label_noise       = 3,
  teacher           = 4,
  test_sample       = 5,
  projections       = 6,
  data_order        = 7,
  langevin_noise    = 8,
  check_points      = 9,
  kernel_points     = 10,
  node_sketch       = 11,
  common_noise      = 12,
  path_label_noise  = 13,
  bootstrap         = 20
};

/// A stream of random numbers that is a pure function of (seed, purpose, replica, step, index): Philox 4x64-10 (Salmon et al.,
/// SC 2011). No state is carried from one step to the next, so results do not depend on the number of ranks, on the order of
/// work, or on a restart.
class CounterRandom
{
public:
  CounterRandom(std::uint64_t seed, RandomPurpose purpose, std::uint64_t replica = 0, std::uint64_t step = 0,
                std::uint64_t index = 0)
    : counter{{0, index, step, replica}}
    , key{{seed, static_cast<std::uint64_t>(purpose)}}
  {}

  /// 64 random bits.
  std::uint64_t bits()
  {
    if (position == 4)
      {
        block    = r123::Philox4x64()(counter, key);
        position = 0;
        ++counter[0];
      }
    return block[position++];
  }

  /// Uniform on the open interval (0, 1), 53 bits.
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53; }

  /// Standard normal (Box–Muller; both values of a pair are used).
  double normal()
  {
    if (has_spare)
      {
        has_spare = false;
        return spare;
      }
    const double radius = std::sqrt(-2. * std::log(uniform()));
    const double angle  = 6.283185307179586476925286766559 * uniform();
    spare               = radius * std::sin(angle);
    has_spare           = true;
    return radius * std::cos(angle);
  }

  /// x_i = the next n calls of normal(), up to rounding, in vector registers.
  void normals(std::size_t n, double *x);

  /// Uniform integer in [0, n), n > 0; the bias of at most n/2^64 is below anything measurable.
  std::uint64_t integer(std::uint64_t n)
  {
    return static_cast<std::uint64_t>((static_cast<UnsignedInteger128>(bits()) * n) >> 64);
  }

private:
  __extension__ typedef unsigned __int128 UnsignedInteger128;

  r123::Philox4x64::ctr_type counter;
  r123::Philox4x64::key_type key;
  r123::Philox4x64::ctr_type block{};
  unsigned int               position  = 4;
  bool                       has_spare = false;
  double                     spare     = 0.;
};
} // namespace rhoflow
