#include <catch2/catch.hpp>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/random.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using rhoflow::CounterRandom;
using rhoflow::ExactSum;
using rhoflow::RandomPurpose;

namespace
{
__extension__ using Integer128 = __int128; // no part of ISO C++

double sum(const std::vector<double> &terms)
{
  ExactSum s;
  for (const double term : terms)
    s.add(term);
  return s.value();
}

/// Any finite double, all exponents equally likely.
double any_double(CounterRandom &random)
{
  while (true)
    {
      const std::uint64_t bits = random.bits();
      double              value;
      std::memcpy(&value, &bits, sizeof(value));
      if (std::isfinite(value))
        return value;
    }
}

bool same_bits(const double a, const double b)
{
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}
} // namespace

TEST_CASE("An exact sum of nothing is zero")
{
  CHECK(same_bits(sum({}), 0.));
  CHECK(same_bits(sum({1., -1.}), 0.));
  CHECK(sum({-0., -0.}) == 0.);
}

TEST_CASE("An exact sum of one term is the term, for all kinds of doubles")
{
  const double tiny = std::numeric_limits<double>::denorm_min(), smallest = std::numeric_limits<double>::min(),
               largest = std::numeric_limits<double>::max();
  for (const double x : {1., -1., 0.1, -1e300, 1e-300, tiny, -tiny, 3 * tiny, smallest, smallest - tiny, largest, -largest})
    CHECK(same_bits(sum({x}), x));
  CounterRandom random(1, RandomPurpose::check_points);
  for (unsigned int i = 0; i < 10000; ++i)
    {
      const double x = any_double(random);
      if (x != 0. && !same_bits(sum({x}), x))
        FAIL("wrong: " << x);
    }
}

TEST_CASE("An exact sum of two terms is what the processor computes, also at ties and for subnormal numbers")
{
  // IEEE 754 addition of two doubles is correctly rounded (ties to even).
  CounterRandom random(2, RandomPurpose::check_points);
  unsigned int  wrong = 0;
  for (unsigned int i = 0; i < 100000; ++i)
    {
      const double a = any_double(random);
      // Near in magnitude: alignments from -60 to 60 bits, few mantissa bits so that ties happen.
      double b = std::ldexp(static_cast<double>(random.integer(16)) - 8.,
                            std::ilogb(a) + static_cast<int>(random.integer(120)) - 60);
      if (i % 2 == 0)
        b = std::nextafter(b, a);
      const double expected = a + b;
      if (std::isfinite(expected) && !(sum({a, b}) == expected))
        ++wrong;
    }
  CHECK(wrong == 0);

  const double one_half_ulp = 0x1p-53;
  CHECK(sum({1., one_half_ulp}) == 1.);                      // tie, to even
  CHECK(sum({1. + 0x1p-52, one_half_ulp}) == 1. + 0x1p-51);  // tie, to even
  CHECK(sum({1., one_half_ulp, 0x1p-1074}) == 1. + 0x1p-52); // just above the tie
  CHECK(sum({1., one_half_ulp, -0x1p-1074}) == 1.);          // just below it
  CHECK(sum({-1., -one_half_ulp, -0x1p-1074}) == -1. - 0x1p-52);
  CHECK(sum({0x1.fffffffffffffp0, one_half_ulp}) == 2.); // rounding lengthens the mantissa
}

TEST_CASE("An exact sum survives overflow and cancellation on the way")
{
  const double largest = std::numeric_limits<double>::max();
  CHECK(sum({largest, largest, -largest}) == largest);
  CHECK(sum({-largest, -largest, largest, largest, 1e-300}) == 1e-300);
  CHECK(std::isinf(sum({largest, largest})));
  CHECK(sum({1e100, 1., -1e100}) == 1.);
  CHECK(sum({0x1p-1022, -0x1p-1074}) == 0x1p-1022 - 0x1p-1074);
}

TEST_CASE("NaN and infinity poison an exact sum")
{
  CHECK(std::isnan(sum({1., std::numeric_limits<double>::quiet_NaN()})));
  CHECK(std::isnan(sum({std::numeric_limits<double>::infinity()})));
  ExactSum a, b;
  b.add(std::numeric_limits<double>::infinity());
  a.add(b);
  CHECK(std::isnan(a.value()));
}

TEST_CASE("An exact sum agrees with 128-bit integers in any order")
{
  CounterRandom random(3, RandomPurpose::check_points);
  for (unsigned int repetition = 0; repetition < 200; ++repetition)
    {
      // Terms n 2^-40 with |n| < 2^100 of at most 53 significant bits: the exact sum is an integer of 128 bits.
      std::vector<double> terms;
      Integer128          exact = 0;
      for (unsigned int i = 0; i < 300; ++i)
        {
          const auto     mantissa = static_cast<std::int64_t>(random.bits() >> 11) - (std::int64_t(1) << 52);
          const unsigned shift    = static_cast<unsigned>(random.integer(60));
          exact += static_cast<Integer128>(mantissa) * (static_cast<Integer128>(1) << shift);
          terms.push_back(std::ldexp(static_cast<double>(mantissa), static_cast<int>(shift) - 40));
        }
      const double expected = std::ldexp(static_cast<double>(exact), -40); // conversion rounds to nearest, ties to even
      ExactSum     parts[3];
      for (std::size_t i = terms.size(); i > 1; --i)
        std::swap(terms[i - 1], terms[random.integer(i)]);
      for (const double term : terms)
        parts[random.integer(3)].add(term);
      parts[0].add(parts[1]);
      parts[2].add(parts[0]);
      if (sum(terms) != expected || parts[2].value() != expected)
        FAIL("wrong in repetition " << repetition);
    }
}

TEST_CASE("Sums over ranks have the same bits as on one rank", "[mpi]")
{
  int rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  CounterRandom         random(4, RandomPurpose::check_points);
  std::vector<ExactSum> mine(2), all(2);
  for (int i = 0; i < 5000; ++i)
    {
      const double a = random.normal() * std::exp(20. * random.normal()), b = random.normal();
      all[0].add(a);
      all[1].add(b);
      if ((i * 7) % n_ranks == rank)
        {
          mine[0].add(a);
          mine[1].add(b);
        }
    }
  const auto sums = rhoflow::global_sums(mine, MPI_COMM_WORLD);
  CHECK(same_bits(sums[0], all[0].value()));
  CHECK(same_bits(sums[1], all[1].value()));

  ExactSum poisoned;
  if (rank == n_ranks - 1)
    poisoned.add(std::numeric_limits<double>::quiet_NaN());
  CHECK(std::isnan(rhoflow::global_sum(poisoned, MPI_COMM_WORLD)));
}
