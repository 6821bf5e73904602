#include <solvers/base/numerics/machine.h>
#include <solvers/base/numerics/machine_kernel.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>

namespace rhoflow
{
namespace
{
/// Seconds that `work` takes.
template <typename Work>
double seconds(const Work &work)
{
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The best rate of `work`, which returns the amount that it did: at least `least` repetitions, more until `limit` is over [s].
template <typename Work>
double best_rate(unsigned int least, double limit, const Work &work)
{
  double best = 0., elapsed = 0.;
  for (unsigned int i = 0; i < least || elapsed < limit; ++i)
    {
      double       amount = 0.;
      const double time   = seconds([&] { amount = work(); });
      best                = std::max(best, amount / time);
      elapsed += time;
    }
  return best;
}

/// Bytes of the last-level cache that a core can use, 32 MiB where the system does not say. The processor's own figure, which
/// sysconf() tells, is the sum over all caches of this level on some processors.
std::size_t last_level_cache()
{
  std::size_t kibibytes = 0;
  for (const char *level : {"3", "2"})
    if (std::ifstream file(std::string("/sys/devices/system/cpu/cpu0/cache/index") + level + "/size"); file >> kibibytes)
      return kibibytes << 10;
  return std::size_t(32) << 20;
}

/// Elements of each of three arrays: together three times the last-level cache, but not so many that touching them takes long.
std::size_t array_length()
{
  constexpr std::size_t mebibyte = std::size_t(1) << 20;
  return std::clamp(3 * last_level_cache(), 64 * mebibyte, 192 * mebibyte) / (3 * sizeof(double)) / 64 * 64;
}
} // namespace

Triad::Triad()
  : n(array_length())
  , a(n, 0.)
  , b(n, 1.)
  , c(n, 1.)
{}

void Triad::sweep()
{
  machine_kernel::triad(n, s, b.data(), c.data(), a.data());
  // The next sweep writes other numbers, between 2 and 3.
  s = 1. + 1. / a[n / 2];
}

MachineRates measure_machine()
{
  MachineRates rates;
  {
    Triad triad;
    rates.bandwidth = best_rate(3, 0.03, [&] {
      triad.sweep();
      return triad.bytes();
    });
  }
  // Bursts of some ten microseconds: most of them meet no interruption.
  constexpr std::uint64_t n_rounds = 20000;
  double                  result   = 0.;
  rates.peak_double                = best_rate(3, 0.01, [&] { return machine_kernel::multiply_add_double(n_rounds, result); });
  rates.peak_single                = best_rate(3, 0.01, [&] { return machine_kernel::multiply_add_single(n_rounds, result); });
  return rates;
}
} // namespace rhoflow
