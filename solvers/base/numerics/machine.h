#pragma once

#include <cstddef>
#include <vector>

namespace rhoflow
{
/// The sweep a ← b + s c over three arrays that no cache holds (J. D. McCalpin's STREAM triad), for whoever wants to time it.
class Triad
{
public:
  Triad();

  void sweep();
  /// Bytes of a sweep by STREAM's convention: 24 an element, what a processor reads of `a` before it writes not counted.
  double bytes() const { return 24. * static_cast<double>(n); }

private:
  std::size_t         n;
  std::vector<double> a, b, c;
  double              s = 1.;
};

/// What one core of this machine can do, measured while nothing else of this program runs on it.
struct MachineRates
{
  double bandwidth;   ///< of a triad in main memory [bytes/s]
  double peak_double; ///< multiply-adds in vector registers, two operations each [flop/s]
  double peak_single; ///< the same in single precision [flop/s]
};

/// The best of several repetitions each, together about a tenth of a second. What other programs take of the machine
/// in that time is missing: rates are lower bounds, for the instruction set that
/// rhoflow was compiled for. 64 to 192 MiB are used in the meantime, which Timing::peak_memory() sees.
MachineRates measure_machine();
} // namespace rhoflow
