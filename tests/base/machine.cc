#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/machine.h>
#include <solvers/base/numerics/machine_kernel.h>

using namespace rhoflow;

TEST_CASE("the rates of a machine are finite, positive and of a processor's size", "[machine]")
{
  const MachineRates rates = measure_machine();
  INFO(rates.bandwidth << " bytes/s, " << rates.peak_double << " and " << rates.peak_single << " flop/s");
  for (const double rate : {rates.bandwidth, rates.peak_double, rates.peak_single})
    CHECK(std::isfinite(rate));
  // Wide enough for a machine that is slow and crowded.
  CHECK(rates.bandwidth > 1e7);
  CHECK(rates.bandwidth < 1e13);
  CHECK(rates.peak_double > 1e7);
  CHECK(rates.peak_double < 1e13);
  // Twice as many numbers in a register, with room for whatever disturbs one of the two measurements.
  CHECK(rates.peak_single > 0.5 * rates.peak_double);
  CHECK(rates.peak_single < 8. * rates.peak_double);
}

TEST_CASE("the loops that are timed compute what they count", "[machine]")
{
  SECTION("triad")
  {
    const double b[] = {1., 2., 3., 4., 5.}, c[] = {-1., 0., 1., 2., 3.};
    double       a[] = {9., 9., 9., 9., 9.};
    machine_kernel::triad(4, 0.5, b, c, a);
    CHECK(a[0] == 0.5);
    CHECK(a[1] == 2.);
    CHECK(a[2] == 3.5);
    CHECK(a[3] == 5.);
    CHECK(a[4] == 9.);
    CHECK(Triad().bytes() >= 0.99 * (64 << 20));
  }
  SECTION("multiply-adds")
  {
    // Twelve chains x ← x/2 + 1 from 1 + i/12: x_n = 2 − (1 − i/12)/2^n.
    for (const unsigned int n : {0u, 1u, 5u})
      {
        double exact = 0.;
        for (unsigned int i = 0; i < 12; ++i)
          exact += 2. - (1. - i / 12.) * std::pow(0.5, n);
        double       result   = 0.;
        const double n_double = machine_kernel::multiply_add_double(n, result);
        CHECK(result == Approx(exact).epsilon(1e-14));
        const double n_single = machine_kernel::multiply_add_single(n, result);
        CHECK(result == Approx(exact).epsilon(1e-6));
        CHECK(n_single == 2. * n_double);
        CHECK(std::fmod(n_double, 24. * (n == 0 ? 1 : n)) == 0.);
      }
  }
}
