#include <catch2/catch.hpp>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <utility>
#include <vector>

#include <solvers/discretization/line_basis.h>

using namespace rhoflow;

namespace
{
struct Interval
{
  double kappa, lower, upper;
};

/// The powers that are in use, on the cell at r = 0, next to it, and far out.
std::vector<Interval> intervals()
{
  std::vector<Interval> result;
  for (const double kappa : {0., 1., 5., 38., 0.5})
    for (const auto &ends : std::vector<std::pair<double, double>>{{0., 0.125}, {0.125, 0.25}, {1., 2.}, {1.9, 2.}})
      result.push_back({kappa, ends.first, ends.second});
  return result;
}

/// ∫_0^1 ((lower + (upper − lower) ξ)/upper)^κ f(ξ) dξ by an adaptive rule, in s = √ξ, in which half powers are smooth.
template <typename Function>
double weighted_integral(const Interval &interval, const Function &f)
{
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
    [&](double s) {
      const double xi = s * s, r = (interval.lower + (interval.upper - interval.lower) * xi) / interval.upper;
      return 2. * s * std::pow(r, interval.kappa) * f(xi);
    },
    0., 1., 12, 1e-14);
}
} // namespace

TEST_CASE("Line basis: the Gauss rule of the weight is exact to degree 2k + 1")
{
  for (const Interval &interval : intervals())
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const LineBasis line  = make_line_basis(degree, interval.kappa, interval.lower, interval.upper);
        const double    total = weighted_integral(interval, [](double) { return 1.; });
        CAPTURE(interval.kappa, interval.lower, degree);
        REQUIRE(line.n == degree + 1);
        for (unsigned int p = 0; p <= 2 * degree + 1; ++p)
          {
            double sum = 0.;
            for (unsigned int q = 0; q < line.n; ++q)
              sum += line.weights[q] * std::pow(line.nodes[q], p);
            const double exact = interval.lower == 0. ?
                                   (interval.kappa + 1.) / (interval.kappa + p + 1.) :
                                   weighted_integral(interval, [&](double xi) { return std::pow(xi, p); }) / total;
            CHECK(sum == Approx(exact).epsilon(1e-12).margin(1e-13));
          }
        // The mean of r^κ itself.
        const double mean = (std::pow(interval.upper, interval.kappa + 1.) - std::pow(interval.lower, interval.kappa + 1.)) /
                            ((interval.kappa + 1.) * (interval.upper - interval.lower));
        CHECK(line.weight_mean == Approx(mean).epsilon(1e-12));
        for (unsigned int q = 0; q < line.n; ++q)
          {
            CHECK(line.nodes[q] > (q > 0 ? line.nodes[q - 1] : 0.));
            CHECK(line.nodes[q] < 1.);
            CHECK(line.weights[q] > 0.);
          }
      }
}

TEST_CASE("Line basis: Lagrange polynomials, orthogonal in the weight")
{
  for (const Interval &interval : intervals())
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const LineBasis line  = make_line_basis(degree, interval.kappa, interval.lower, interval.upper);
        const double    total = weighted_integral(interval, [](double) { return 1.; });
        CAPTURE(interval.kappa, interval.lower, degree);
        for (unsigned int i = 0; i < line.n; ++i)
          {
            CHECK(line.lower[i] == Approx(line.value(i, 0.)).margin(1e-14));
            CHECK(line.upper[i] == Approx(line.value(i, 1.)).margin(1e-14));
            const double h = 1e-5;
            CHECK(line.derivative(i, 0.3) ==
                  Approx((line.value(i, 0.3 + h) - line.value(i, 0.3 - h)) / (2. * h)).epsilon(1e-6).margin(1e-6));
            for (unsigned int j = 0; j < line.n; ++j)
              {
                CHECK(line.value(i, line.nodes[j]) == Approx(i == j ? 1. : 0.).margin(1e-14));
                const double mass =
                  weighted_integral(interval, [&](double xi) { return line.value(i, xi) * line.value(j, xi); }) / total;
                // Relative to the entries: far nodes of a steep weight carry tiny masses.
                CHECK(mass == Approx(i == j ? line.weights[i] : 0.)
                                .epsilon(1e-10)
                                .margin(1e-11 * std::sqrt(line.weights[i] * line.weights[j]) + 1e-15));
              }
          }
      }
}

TEST_CASE("Line basis: integration by parts holds, so that a constant flux changes nothing but at the ends")
{
  // Σ_q w_q ℓ_i'(ξ_q) f_q for a constant flux of a constant weight is f (ℓ_i(1) − ℓ_i(0)); with the weight r^κ, the mass is
  // kept: Σ_i w_i (stiffness f)_i = 0 and Σ_i w_i lift_i = g(end).
  for (const Interval &interval : intervals())
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const LineBasis line = make_line_basis(degree, interval.kappa, interval.lower, interval.upper);
        CAPTURE(interval.kappa, interval.lower, degree);
        double lower = 0., upper = 0.;
        for (unsigned int q = 0; q < line.n; ++q)
          {
            double column = 0., row = 0., scale = 0.;
            for (unsigned int i = 0; i < line.n; ++i)
              {
                column += line.weights[i] * line.stiffness[i][q];
                scale += std::abs(line.weights[i] * line.stiffness[i][q]);
                row += line.stiffness[q][i];
              }
            CHECK(std::abs(column) <= 1e-12 * scale);
            if (interval.kappa == 0.)
              CHECK(row == Approx(line.upper_lift[q] - line.lower_lift[q]).margin(1e-12));
            lower += line.weights[q] * line.lower_lift[q];
            upper += line.weights[q] * line.upper_lift[q];
          }
        const double at_lower = std::pow(interval.lower, interval.kappa), at_upper = std::pow(interval.upper, interval.kappa);
        CHECK(lower * line.weight_mean == Approx(at_lower).epsilon(1e-11).margin(1e-300));
        CHECK(upper * line.weight_mean == Approx(at_upper).epsilon(1e-11));
      }
}

TEST_CASE("Line transfer: projection undoes interpolation and keeps mass, interpolation is evaluation")
{
  for (const Interval &interval : intervals())
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const double       middle  = 0.5 * (interval.lower + interval.upper);
        const LineBasis    parent  = make_line_basis(degree, interval.kappa, interval.lower, interval.upper);
        const LineBasis    child[] = {make_line_basis(degree, interval.kappa, interval.lower, middle),
                                      make_line_basis(degree, interval.kappa, middle, interval.upper)};
        const LineTransfer half[]  = {make_line_transfer(parent, child[0], 0), make_line_transfer(parent, child[1], 1)};
        CAPTURE(interval.kappa, interval.lower, degree);
        for (unsigned int i = 0; i < parent.n; ++i)
          for (unsigned int j = 0; j < parent.n; ++j)
            {
              double product = 0.;
              for (unsigned int h = 0; h < 2; ++h)
                {
                  for (unsigned int q = 0; q < parent.n; ++q)
                    product += half[h].project[i][q] * half[h].interpolate[q][j];
                  CHECK(half[h].interpolate[i][j] == parent.value(j, 0.5 * (h + child[h].nodes[i])));
                }
              // Where r^κ is steep a value at the inner nodes is the quotient of two tiny numbers.
              const double condition = std::sqrt(parent.weights[j] / parent.weights[i]);
              CHECK(product == Approx(i == j ? 1. : 0.).margin(1e-11 * (1. + condition)));
            }
        // Any values on the children, continuous or not.
        for (unsigned int h = 0; h < 2; ++h)
          for (unsigned int q = 0; q < parent.n; ++q)
            {
              double mass = 0.;
              for (unsigned int i = 0; i < parent.n; ++i)
                mass += parent.weights[i] * parent.weight_mean * half[h].project[i][q];
              CHECK(mass == Approx(0.5 * child[h].weights[q] * child[h].weight_mean).epsilon(1e-10));
            }
      }
}
