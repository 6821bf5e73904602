#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/model/activation/activation.h>

using namespace rhoflow;

namespace
{
std::vector<Activation> all_activations()
{
  std::vector<Activation> list;
  for (const std::string &name : Activation::names())
    list.emplace_back(Activation::kind_from_name(name),
                      std::vector<std::pair<double, double>>{{-1., 0.3}, {0.5, -2.5}, {1.5, 7.5}});
  return list;
}

/// Arguments on all scales, some of them extreme.
std::vector<double> arguments()
{
  std::vector<double> t{0., -0., 40., -40., 1e3, -1e3, 1e-300, -1e-20, 0.5, 1.5, -1.};
  for (int i = -800; i <= 800; ++i)
    t.push_back(0.0131 * i + 1e-4);
  return t;
}
} // namespace

TEST_CASE("Vectorised activations agree with the standard library")
{
  const std::vector<double> t = arguments();
  for (const Activation &sigma : all_activations())
    {
      CAPTURE(static_cast<int>(sigma.kind()));
      std::vector<double> values(t.size()), slopes(t.size());
      sigma.evaluate(t.data(), t.size(), values.data(), slopes.data());
      for (std::size_t i = 0; i < t.size(); ++i)
        {
          CAPTURE(t[i]);
          // Nothing overflows. Sums of several terms are accurate relative to their largest one, and so are tails that
          // underflow.
          const double scale = sigma.kind() == Activation::Kind::piecewise_linear ? 10. : 0.;
          const double ulps  = 8. * std::numeric_limits<double>::epsilon();
          CHECK(std::isfinite(values[i]));
          CHECK(std::abs(values[i] - sigma.value(t[i])) <= ulps * std::max(scale, std::abs(sigma.value(t[i]))) + 1e-307);
          CHECK(std::abs(slopes[i] - sigma.derivative(t[i])) <=
                ulps * std::max(scale, (1. + t[i] * t[i]) * std::abs(sigma.derivative(t[i]))) + 1e-307);
        }
    }
}

TEST_CASE("Derivatives of activations are those of the values")
{
  for (const Activation &sigma : all_activations())
    for (double t = -6.017; t < 6.; t += 0.0873)
      {
        CAPTURE(static_cast<int>(sigma.kind()), t);
        const double h = 1e-5;
        CHECK(sigma.derivative(t) == Approx((sigma.value(t + h) - sigma.value(t - h)) / (2. * h)).margin(2e-9));
      }
}

TEST_CASE("Activations take the values of their definitions")
{
  const auto value = [](const std::string &name, double t) { return Activation(Activation::kind_from_name(name)).value(t); };
  CHECK(value("erf", 1.) == Approx(0.68268949213708590).epsilon(1e-15));
  CHECK(value("tanh", 1.) == Approx(0.76159415595576489).epsilon(1e-15));
  CHECK(value("sigmoid", 1.) == Approx(0.73105857863000488).epsilon(1e-15));
  CHECK(value("sigmoid", -40.) == Approx(4.248354255291589e-18).epsilon(1e-14));
  CHECK(value("softplus", 1.) == Approx(1.3132616875182228).epsilon(1e-15));
  CHECK(value("softplus", 1000.) == 1000.);
  CHECK(value("relu", -1.) == 0.);
  CHECK(value("relu", 2.) == 2.);
  CHECK(value("rectified cosine", 1.) == Approx(0.54030230586813972).epsilon(1e-15));
  CHECK(value("rectified cosine", 2.) == 0.);
  CHECK(value("cosine", 2.) == Approx(-0.41614683654714239).epsilon(1e-15));
  const Activation line(Activation::Kind::piecewise_linear, {{0.5, -2.5}, {1.5, 7.5}});
  CHECK(line.value(-3.) == -2.5);
  CHECK(line.value(1.) == 2.5);
  CHECK(line.value(9.) == 7.5);
  CHECK(line.derivative(0.5) == 10.);
  CHECK(line.derivative(1.5) == 0.);
}

TEST_CASE("An activation does not depend on the neighbours of its argument")
{
  const std::vector<double> t = arguments();
  for (const Activation &sigma : all_activations())
    {
      std::vector<double> values(t.size()), slopes(t.size());
      sigma.evaluate(t.data(), t.size(), values.data(), slopes.data());
      bool equal = true;
      for (std::size_t i = 0; i < t.size(); ++i)
        {
          double value, slope;
          sigma.evaluate(&t[i], 1, &value, &slope);
          equal = equal && value == values[i] && slope == slopes[i];
        }
      CHECK(equal);
      // In place, and without derivatives.
      std::vector<double> in_place = t;
      sigma.evaluate(in_place.data(), in_place.size(), in_place.data(), nullptr);
      CHECK(in_place == values);
    }
}

TEST_CASE("Parity of activations")
{
  for (const Activation &sigma : all_activations())
    if (sigma.parity() != 0)
      for (double t = 0.1; t < 5.; t += 0.3)
        CHECK(sigma.value(-t) == sigma.parity() * sigma.value(t));
}

TEST_CASE("Wrong activations are refused")
{
  CHECK_THROWS_AS(Activation::kind_from_name("tahn"), InputError);
  CHECK_THROWS_WITH(Activation::kind_from_name("tahn"), Catch::Contains("did you mean 'tanh'"));
  using Nodes     = std::vector<std::pair<double, double>>;
  const auto kind = Activation::Kind::piecewise_linear;
  CHECK_THROWS_AS(Activation(kind, Nodes{{0., 1.}}), InputError);
  CHECK_THROWS_WITH(Activation(kind, Nodes{{0., 1.}, {0., 2.}}), Catch::Contains("increase"));
  CHECK_THROWS_AS(Activation(kind, Nodes{{0., 1.}, {std::nan(""), 2.}}), InputError);
}
