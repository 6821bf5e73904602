#include <catch2/catch.hpp>

#include <solvers/base/numerics/random.h>
#include <solvers/study/power_law.h>

#include <cmath>

using namespace rhoflow;

TEST_CASE("A power law is found exactly")
{
  std::vector<FitPoint> points;
  for (const double x : {50., 100., 400., 1600.})
    points.push_back({x, 3. * std::pow(x, -.5), 0.});
  const PowerLaw law = fit_power_law(points);
  CHECK_FALSE(law.weighted);
  CHECK(law.slope.value == Approx(-.5).epsilon(1e-12));
  CHECK(law.prefactor.value == Approx(3.).epsilon(1e-12));
  CHECK(law.slope.error < 1e-12);
  CHECK(std::isnan(law.chi2_per_dof));
  CHECK(fit_prefactor(points, -.5).value == Approx(3.).epsilon(1e-12));

  // Errors of one per cent: var(slope) = 0.01² / Σ (x - mean)², and no inflation since the residuals vanish.
  double mean = 0., sum = 0.;
  for (FitPoint &point : points)
    {
      point.error = .01 * point.y;
      mean += std::log(point.x) / 4.;
    }
  for (const FitPoint &point : points)
    sum += std::pow(std::log(point.x) - mean, 2);
  const PowerLaw weighted = fit_power_law(points);
  CHECK(weighted.weighted);
  CHECK(weighted.slope.error == Approx(.01 / std::sqrt(sum)).epsilon(1e-12));
  // Student's 97.5 % quantiles for 2 and 3 degrees of freedom: 4.302653, 3.182446
  CHECK((weighted.slope.upper - weighted.slope.value) / weighted.slope.error == Approx(4.302653).epsilon(1e-6));
  CHECK(weighted.chi2_per_dof < 1e-12);
  const Estimate prefactor = fit_prefactor(points, -.5);
  CHECK(std::log(prefactor.upper / prefactor.value) == Approx(3.182446 * .01 / 2.).epsilon(1e-6));
}

TEST_CASE("Least squares by hand")
{
  // log2 y = 0, 1, 5 at log2 x = 0, 1, 2: slope 2.5, residuals 0.5, -1, 0.5, s² = 1.5, var = 1.5/2
  const std::vector<FitPoint> points = {{1., 1., 0.}, {2., 2., 0.}, {4., 32., 0.}};
  const PowerLaw              law    = fit_power_law(points);
  CHECK(law.slope.value == Approx(2.5));
  CHECK(law.slope.error == Approx(std::sqrt(.75)));
  CHECK(law.prefactor.value == Approx(std::pow(2., -.5)));
  // 12.7062 is Student's quantile for one degree of freedom.
  CHECK(law.slope.upper == Approx(2.5 + 12.7062047 * std::sqrt(.75)));

  // Errors of log2 y of 0.5: chi² = 1.5/0.25 = 6 with one degree of freedom: the error is 0.5/sqrt(2) sqrt(6).
  std::vector<FitPoint> with_errors = points;
  for (FitPoint &point : with_errors)
    point.error = .5 * std::log(2.) * point.y;
  const PowerLaw inflated = fit_power_law(with_errors);
  CHECK(inflated.chi2_per_dof == Approx(6.));
  CHECK(inflated.slope.error == Approx(std::sqrt(.125 * 6.)));
}

TEST_CASE("Too few points have no interval, equal abscissas no slope")
{
  const PowerLaw two = fit_power_law({{1., 1., .1}, {10., 100., 10.}});
  CHECK(two.slope.value == Approx(2.));
  CHECK(two.slope.error == Approx(.1 * std::sqrt(2.) / std::log(10.)));
  CHECK(std::isnan(two.slope.lower));
  CHECK_FALSE(two.slope.contains(2.));
  CHECK(std::isnan(fit_power_law({{1., 1., .1}, {10., 100., 0.}}).slope.error));
  CHECK(std::isnan(fit_power_law({{3., 1., .1}, {3., 2., .1}}).slope.value));
  CHECK(std::isnan(fit_power_law({{3., 1., .1}}).slope.value));
  CHECK(std::isnan(fit_power_law({}).slope.value));
  CHECK(std::isnan(fit_prefactor({}, 1.).value));
}

TEST_CASE("The 95 % interval contains the slope in 95 % of the cases")
{
  const unsigned int n_experiments = 4000;
  unsigned int       plain = 0, weighted = 0, prefactor = 0;
  for (unsigned int e = 0; e < n_experiments; ++e)
    {
      CounterRandom         random(7, RandomPurpose::check_points, e);
      std::vector<FitPoint> equal, unequal;
      for (unsigned int i = 0; i < 6; ++i)
        {
          const double x = std::pow(2., i), y = 5. * std::pow(x, -.5);
          equal.push_back({x, y * std::exp(.05 * random.normal()), 0.});
          const double error = .01 + .01 * i;
          const double noisy = y * std::exp(error * random.normal());
          unequal.push_back({x, noisy, error * noisy});
        }
      plain += fit_power_law(equal).slope.contains(-.5);
      weighted += fit_power_law(unequal).slope.contains(-.5);
      prefactor += fit_prefactor(equal, -.5).contains(5.);
    }
  // Five standard errors of a share of 0.95 are 0.017. Errors that are known and inflated at need are on the safe side.
  CHECK(std::abs(plain / static_cast<double>(n_experiments) - .95) < .017);
  CHECK(std::abs(prefactor / static_cast<double>(n_experiments) - .95) < .017);
  CHECK(weighted / static_cast<double>(n_experiments) > .95 - .017);
}
