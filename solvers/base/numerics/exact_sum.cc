#include <solvers/base/numerics/exact_sum.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace rhoflow
{
namespace
{
__extension__ using Wide                         = unsigned __int128; // no part of ISO C++
constexpr std::int64_t  low_bits                 = 0xffffffff;
constexpr std::uint32_t max_additions            = 1u << 30;
constexpr int           smallest_binary_exponent = -1074; // of the smallest positive double
} // namespace

void ExactSum::add(const double term)
{
  std::uint64_t bits;
  std::memcpy(&bits, &term, sizeof(bits));
  const unsigned int exponent = static_cast<unsigned int>(bits >> 52) & 0x7ff;
  std::uint64_t      mantissa = bits & ((std::uint64_t(1) << 52) - 1);
  if (exponent == 0x7ff)
    {
      poisoned = true;
      return;
    }
  // term = ± mantissa 2^(position − 1074); subnormals share the position of the smallest normal numbers.
  unsigned int position = 0;
  if (exponent > 0)
    {
      mantissa |= std::uint64_t(1) << 52;
      position = exponent - 1;
    }

  const unsigned int chunk = position / 32;
  const Wide         wide  = static_cast<Wide>(mantissa) << (position % 32);
  const auto         low   = static_cast<std::int64_t>(static_cast<std::uint64_t>(wide) & low_bits);
  const auto         mid   = static_cast<std::int64_t>(static_cast<std::uint64_t>(wide >> 32) & low_bits);
  const auto         high  = static_cast<std::int64_t>(static_cast<std::uint64_t>(wide >> 64));
  if (bits >> 63)
    {
      chunks[chunk] -= low;
      chunks[chunk + 1] -= mid;
      chunks[chunk + 2] -= high;
    }
  else
    {
      chunks[chunk] += low;
      chunks[chunk + 1] += mid;
      chunks[chunk + 2] += high;
    }
  if (++additions == max_additions)
    propagate_carries();
}

void ExactSum::add(const ExactSum &other)
{
  ExactSum term = other;
  term.propagate_carries();
  for (unsigned int c = 0; c < n_chunks; ++c)
    chunks[c] += term.chunks[c];
  poisoned = poisoned || term.poisoned;
  if (++additions == max_additions)
    propagate_carries();
}

void ExactSum::propagate_carries()
{
  // Afterwards every chunk but the last lies in [0, 2^32); the last one carries the sign.
  std::int64_t carry = 0;
  for (unsigned int c = 0; c + 1 < n_chunks; ++c)
    {
      const std::int64_t sum = chunks[c] + carry;
      carry                  = sum >> 32;
      chunks[c]              = sum & low_bits;
    }
  chunks[n_chunks - 1] += carry;
  additions = 1;
}

double ExactSum::value() const
{
  if (poisoned)
    return std::numeric_limits<double>::quiet_NaN();

  ExactSum magnitude = *this;
  magnitude.propagate_carries();
  const bool negative = magnitude.chunks[n_chunks - 1] < 0;
  if (negative)
    {
      for (auto &chunk : magnitude.chunks)
        chunk = -chunk;
      magnitude.propagate_carries();
    }

  // The binary digits of the magnitude: bit i of chunk c weighs 2^(32 c + i − 1074).
  unsigned int top = n_chunks;
  while (top > 0 && magnitude.chunks[top - 1] == 0)
    --top;
  if (top == 0)
    return 0.;
  const auto bit = [&](const int position) {
    const int c = std::min(position / 32, static_cast<int>(n_chunks) - 1);
    return (magnitude.chunks[c] >> (position - 32 * c)) & 1;
  };
  int highest = 32 * static_cast<int>(top - 1);
  for (std::int64_t rest = magnitude.chunks[top - 1]; rest > 1; rest >>= 1)
    ++highest;

  // 53 bits from the highest one, or fewer where the result is subnormal: below bit 0 there is nothing.
  const int     lowest   = std::max(highest - 52, 0);
  std::uint64_t mantissa = 0;
  for (int position = highest; position >= lowest; --position)
    mantissa = 2 * mantissa + static_cast<std::uint64_t>(bit(position));
  if (lowest > 0 && bit(lowest - 1))
    {
      bool beyond_half = false;
      for (int c = 0; c < (lowest - 1) / 32; ++c)
        beyond_half = beyond_half || magnitude.chunks[c] != 0;
      for (int position = 32 * ((lowest - 1) / 32); position < lowest - 1; ++position)
        beyond_half = beyond_half || bit(position);
      if (beyond_half || (mantissa & 1))
        ++mantissa;
    }
  const double result = std::ldexp(static_cast<double>(mantissa), lowest + smallest_binary_exponent);
  return negative ? -result : result;
}

std::vector<double> global_sums(std::vector<ExactSum> sums, const MPI_Comm communicator)
{
  constexpr unsigned int    width = ExactSum::n_chunks + 1;
  std::vector<std::int64_t> packed(sums.size() * width);
  for (std::size_t i = 0; i < sums.size(); ++i)
    {
      sums[i].propagate_carries();
      for (unsigned int c = 0; c < ExactSum::n_chunks; ++c)
        packed[i * width + c] = sums[i].chunks[c];
      packed[i * width + ExactSum::n_chunks] = sums[i].poisoned;
    }
  // Integers below 2^32: no overflow with up to 2^31 ranks, and addition in any order.
  MPI_Allreduce(MPI_IN_PLACE, packed.data(), static_cast<int>(packed.size()), MPI_INT64_T, MPI_SUM, communicator);

  std::vector<double> values(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i)
    {
      for (unsigned int c = 0; c < ExactSum::n_chunks; ++c)
        sums[i].chunks[c] = packed[i * width + c];
      sums[i].poisoned = packed[i * width + ExactSum::n_chunks] != 0;
      values[i]        = sums[i].value();
    }
  return values;
}

double global_sum(const ExactSum &sum, const MPI_Comm communicator)
{
  return global_sums({sum}, communicator).front();
}
} // namespace rhoflow
