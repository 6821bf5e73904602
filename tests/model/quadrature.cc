#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include <solvers/model/gaussian/quadrature.h>

using namespace rhoflow;

namespace
{
template <typename Function>
double mean(const QuadratureRule &rule, const Function &f)
{
  double sum = 0.;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i)
    sum += rule.weights[i] * f(rule.nodes[i]);
  return sum;
}

double moment(const QuadratureRule &rule, double power)
{
  return mean(rule, [power](double x) { return std::pow(x, power); });
}

/// E χ_k^p = 2^{p/2} Γ((k + p)/2) / Γ(k/2).
double chi_moment(double k, double p)
{
  return std::exp(0.5 * p * std::log(2.) + std::lgamma(0.5 * (k + p)) - std::lgamma(0.5 * k));
}

void check_symmetry(const QuadratureRule &rule)
{
  const std::size_t n = rule.nodes.size();
  for (std::size_t i = 0; i < n; ++i)
    {
      CHECK(rule.nodes[i] == -rule.nodes[n - 1 - i]);
      CHECK(rule.weights[i] == rule.weights[n - 1 - i]);
    }
}
} // namespace

TEST_CASE("Gauss-Hermite rules are exact to degree 2n - 1 and symmetric")
{
  for (const unsigned int n : {1u, 2u, 5u, 10u, 28u})
    {
      const QuadratureRule rule = gauss_hermite(n);
      check_symmetry(rule);
      double exact = 1.; // (p − 1)!!
      for (unsigned int p = 0; p <= 2 * n - 1 && p <= 20; p += 2)
        {
          CAPTURE(n, p);
          CHECK(moment(rule, p) == Approx(exact).epsilon(1e-12));
          exact *= p + 1.;
        }
    }
  const QuadratureRule rule = gauss_hermite(28);
  CHECK(std::abs(mean(rule, [](double x) { return std::cos(x); }) - std::exp(-0.5)) < 1e-14);
  CHECK(std::abs(mean(rule, [](double x) { return std::exp(x); }) - std::exp(0.5)) < 1e-13);
  CHECK(std::abs(mean(rule, [](double x) { return x * std::exp(2. * x); }) - 2. * std::exp(2.)) < 1e-11);
}

TEST_CASE("Gauss-Legendre rules are exact to degree 2n - 1")
{
  for (const unsigned int n : {1u, 3u, 8u, 40u})
    {
      check_symmetry(gauss_legendre(n));
      for (unsigned int p = 0; p <= 2 * n - 1; ++p)
        CHECK(moment(gauss_legendre(n), p) == Approx(p % 2 == 1 ? 0. : 1. / (p + 1.)).margin(1e-14));
    }
  CHECK(moment(gauss_legendre(4, 2., 5.), 3.) == Approx((625. - 16.) / 4. / 3.).epsilon(1e-14));
}

TEST_CASE("Gauss-Gegenbauer rules have the moments of a coordinate on the sphere")
{
  for (const double d : {2., 3., 4., 39., 1e4})
    for (const unsigned int n : {1u, 2u, 10u, 15u})
      {
        CAPTURE(d, n);
        const QuadratureRule rule = gauss_gegenbauer(n, d);
        check_symmetry(rule);
        double exact = 1.; // E u^p = (p − 1)!! / (d (d + 2) ... (d + p − 2))
        for (unsigned int p = 0; p <= 2 * n - 1; p += 2)
          {
            CHECK(moment(rule, p) == Approx(exact).epsilon(1e-12));
            exact *= (p + 1.) / (d + p);
          }
      }
  CHECK(gauss_gegenbauer(7, 1.).nodes == std::vector<double>{-1., 1.});
}

TEST_CASE("Gauss rules for chi laws, also with thousands of degrees of freedom")
{
  for (const double k : {0.3, 0.5, 1., 1.3, 2., 2.5, 3.7, 39., 320., 9999.})
    for (const unsigned int n : {1u, 2u, 6u, 12u})
      {
        CAPTURE(k, n);
        const QuadratureRule laguerre = gauss_laguerre_chi(n, k), direct = gauss_chi(n, k);
        for (unsigned int p = 0; p <= 2 * n - 1; ++p)
          {
            CHECK(moment(laguerre, 2. * p) == Approx(chi_moment(k, 2. * p)).epsilon(1e-10));
            CHECK(moment(direct, p) == Approx(chi_moment(k, p)).epsilon(1e-10));
          }
      }
}

TEST_CASE("Gauss rules for truncated normal laws")
{
  // Standard normal on [a, b]: mean (φ(a) − φ(b))/Z; E x^{p+1} = p E x^{p−1} − (b^p φ(b) − a^p φ(a))/Z.
  const auto phi = [](double x) { return std::exp(-0.5 * x * x) / std::sqrt(2. * 3.14159265358979323846); };
  const std::pair<double, double> intervals[] = {{-1., 2.}, {0., 1e6}, {-50., 50.}, {3., 4.}, {8., 30.}};
  for (const auto &interval : intervals)
    {
      const double a = interval.first, b = interval.second;
      CAPTURE(a, b);
      const double         Z        = 0.5 * (std::erfc(a / std::sqrt(2.)) - std::erfc(b / std::sqrt(2.)));
      double               previous = 1., current = (phi(a) - phi(b)) / Z;
      const QuadratureRule rule = gauss_truncated_normal(6, 0., 1., a, b);
      for (unsigned int p = 1; p <= 11; ++p)
        {
          // The recurrence loses digits far from the mean.
          CHECK(moment(rule, p) == Approx(current).epsilon(a > 2. ? 1e-4 : 1e-9).margin(1e-9));
          const double next = p * previous - (std::pow(b, p) * phi(b) - std::pow(a, p) * phi(a)) / Z;
          previous          = current;
          current           = next;
        }
    }
  const QuadratureRule scaled = gauss_truncated_normal(5, 1., 2., 0., 3.), unit = gauss_truncated_normal(5, 0., 1., -0.5, 1.);
  for (unsigned int i = 0; i < 5; ++i)
    CHECK(scaled.nodes[i] == Approx(1. + 2. * unit.nodes[i]).epsilon(1e-12));
}

TEST_CASE("Quadrature rules without nodes are refused")
{
  CHECK_THROWS_AS(gauss_hermite(0), std::invalid_argument);
  CHECK_THROWS_AS(gauss_of_discrete_law(3, {{0., 1.}, {0.5, 0.5}}), std::invalid_argument);
}
