#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/sample_statistics.h>

using namespace rhoflow;

TEST_CASE("mean, deviation, standard error and quantiles of small samples")
{
  const std::vector<double> sample{4., 1., 3., 2., 10.};
  CHECK(mean(sample) == 4.);
  // Squares of the differences: 0 + 9 + 1 + 4 + 36 = 50, divided by 4, and by 5 · 4.
  CHECK(standard_deviation(sample) == Approx(std::sqrt(12.5)));
  CHECK(standard_error(sample) == Approx(std::sqrt(2.5)));
  CHECK(quantile(sample, 0.) == 1.);
  CHECK(quantile(sample, .25) == 2.);
  CHECK(quantile(sample, .5) == 3.);
  CHECK(quantile(sample, .95) == Approx(4. + .8 * 6.));
  CHECK(quantile(sample, 1.) == 10.);
  CHECK(quantile({7.}, .3) == 7.);
  CHECK(std::isnan(mean({})));
  CHECK(std::isnan(standard_deviation({7.})));
  CHECK(std::isnan(standard_error({7.})));
  CHECK(std::isnan(quantile({}, .5)));
}

TEST_CASE("an order statistic is a value of the sample that enough others do not exceed")
{
  const std::vector<double> sample{4., 1., 3., 2., 10.};
  CHECK(order_statistic(sample, .2) == 1.);
  CHECK(order_statistic(sample, .21) == 2.);
  CHECK(order_statistic(sample, .8) == 4.);
  CHECK(order_statistic(sample, .95) == 10.);
  CHECK(order_statistic({7.}, .05) == 7.);
}

TEST_CASE("the jackknife of a mean is its standard error")
{
  const std::vector<double> sample{4., 1., 3., 2., 10.};
  std::vector<double>       without_one;
  for (const double x : sample)
    without_one.push_back((20. - x) / 4.);
  CHECK(jackknife_error(without_one) == Approx(standard_error(sample)));
}

TEST_CASE("a compensated sum keeps what a plain one rounds away")
{
  const std::vector<double> terms{1., 1e100, 1., -1e100};
  CHECK(compensated_sum(terms.size(), [&](std::size_t i) { return terms[i]; }) == 2.);
}
