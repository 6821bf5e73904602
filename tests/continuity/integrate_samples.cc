#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/continuity/diagnostics.h>

using namespace rhoflow;

namespace
{
/// |∫_0^3 sin(t) e^{−t/2} dt − its approximation| with n intervals of uneven lengths.
double error(unsigned int n)
{
  std::vector<double> times, values;
  for (unsigned int i = 0; i <= n; ++i)
    {
      const double s = static_cast<double>(i) / n, t = 3. * (s + 0.05 * std::sin(2. * M_PI * s));
      times.push_back(t);
      values.push_back(std::sin(t) * std::exp(-0.5 * t));
    }
  const auto primitive = [](double t) { return -std::exp(-0.5 * t) * (0.5 * std::sin(t) + std::cos(t)) / 1.25; };
  return std::abs(integrate_samples(times, values) - primitive(3.) + primitive(0.));
}
} // namespace

TEST_CASE("Integrated samples: few samples, and polynomials that are integrated exactly")
{
  CHECK(integrate_samples({}, {}) == 0.);
  CHECK(integrate_samples({1.}, {5.}) == 0.);
  CHECK(integrate_samples({1., 3.}, {5., 7.}) == Approx(12.));
  // Parabolas whatever the times; cubics on equal intervals inside, where the errors of the two parabolas cancel.
  const std::vector<double> times{-1., -0.7, 0.1, 0.4, 1.3, 2.};
  std::vector<double>       values;
  for (const double t : times)
    values.push_back(1. + 2. * t - 3. * t * t);
  CHECK(integrate_samples(times, values) == Approx(3. + (4. - 1.) - (8. + 1.)).epsilon(1e-13));
}

TEST_CASE("Integrated samples: fourth order")
{
  const double order = std::log2(error(40) / error(80));
  CAPTURE(error(40), error(80));
  CHECK(order > 3.7);
}
