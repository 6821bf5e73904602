#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/particles/ensemble/sample_statistics.h>

using namespace rhoflow;

TEST_CASE("mean, standard error and quantiles of small samples", "[particles]")
{
  const std::vector<double> sample{4., 1., 3., 2., 10.};
  CHECK(mean(sample) == 4.);
  // Squares of the differences: 0 + 9 + 1 + 4 + 36 = 50, divided by 5 · 4.
  CHECK(standard_error(sample) == Approx(std::sqrt(2.5)));
  CHECK(quantile(sample, 0.) == 1.);
  CHECK(quantile(sample, .25) == 2.);
  CHECK(quantile(sample, .5) == 3.);
  CHECK(quantile(sample, .95) == Approx(4. + .8 * 6.));
  CHECK(quantile(sample, 1.) == 10.);
  CHECK(quantile({7.}, .3) == 7.);
  CHECK(std::isnan(standard_error({7.})));
  CHECK(std::isnan(quantile({}, .5)));
}
