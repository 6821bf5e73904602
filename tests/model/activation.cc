#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/activation/activation_functions.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

namespace
{
/// One of every row of the table, so that a new row is tested without a word here.
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
      CAPTURE(sigma.info().name);
      std::vector<double> values(t.size()), slopes(t.size());
      sigma.evaluate(t.data(), t.size(), values.data(), slopes.data());
      for (std::size_t i = 0; i < t.size(); ++i)
        {
          CAPTURE(t[i]);
          // Nothing overflows. Sums of several terms are accurate relative to their largest one, and so are tails that
          // underflow.
          // An activation without a known form may be such a sum.
          const bool   unknown = sigma.info().gaussian_form == GaussianForm::quadrature;
          const double scale   = sigma.info().kinks == Kinks::nodes ? 10. : unknown ? 1. : 0.;
          const double ulps    = 8. * std::numeric_limits<double>::epsilon();
          CHECK(std::isfinite(values[i]));
          CHECK(std::abs(values[i] - sigma.value(t[i])) <= ulps * std::max(scale, std::abs(sigma.value(t[i]))) + 1e-307);
          CHECK(std::abs(slopes[i] - sigma.derivative(t[i])) <=
                ulps * std::max(scale, (1. + t[i] * t[i]) * std::abs(sigma.derivative(t[i]))) + 1e-307);
        }
    }
}

TEST_CASE("Every activation that has a function has a row in the table")
{
  // Casts reach kinds that a list of names would leave out.
  std::size_t n_functions = 0;
  for (int number = 0; number < 100; ++number)
    {
      const auto kind         = static_cast<Activation::Kind>(number);
      bool       has_function = false;
      try
        {
          activation_functions::with_function(kind, 0, nullptr, nullptr, [&](const auto &) { has_function = true; });
        }
      catch (const std::logic_error &)
        {}
      CAPTURE(number);
      if (has_function)
        CHECK(activation_info(kind).kind == kind);
      else
        CHECK_THROWS_AS(activation_info(kind), std::logic_error);
      n_functions += has_function;
    }
  CHECK(n_functions == Activation::names().size());
}

TEST_CASE("Names of activations lead to their kinds and back")
{
  for (const ActivationInfo &info : activation_table)
    {
      CAPTURE(info.name);
      CHECK(find_activation(info.name) == &info);
      CHECK(Activation::kind_from_name(info.name) == info.kind);
      CHECK(&activation_info(info.kind) == &info);
      // The manual lists the rows by their descriptions.
      CHECK(std::string(info.description).rfind(info.name, 0) == 0);
      CHECK(std::string(info.formula).size() > 2);
    }
  CHECK(find_activation("same") == nullptr);
}

TEST_CASE("Derivatives of activations are those of the values")
{
  const double h = 1e-5;
  for (const Activation &sigma : all_activations())
    {
      const std::vector<double> kinks = sigma.kinks(10.);
      for (double t = -6.017; t < 6.; t += 0.0873)
        {
          if (std::any_of(kinks.begin(), kinks.end(), [&](double kink) { return std::abs(t - kink) < 2. * h; }))
            continue;
          CAPTURE(sigma.info().name, t);
          CHECK(sigma.derivative(t) == Approx((sigma.value(t + h) - sigma.value(t - h)) / (2. * h)).margin(2e-9));
        }
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

TEST_CASE("Parities of activations are those of the table")
{
  for (const Activation &sigma : all_activations())
    {
      CAPTURE(sigma.info().name);
      bool odd = true, even = true, odd_curvature = true, even_curvature = true;
      for (double t = 0.1; t < 5.; t += 0.3)
        {
          const double plus = sigma.value(t), minus = sigma.value(-t);
          odd  = odd && minus == -plus;
          even = even && minus == plus;
          // Apart from a constant, apart from a linear function.
          odd_curvature  = odd_curvature && std::abs(plus + minus - 2. * sigma.value(0.)) < 1e-13;
          even_curvature = even_curvature && std::abs((plus - minus) / t - (sigma.value(1.) - sigma.value(-1.))) < 1e-13;
        }
      CHECK(sigma.info().parity == (odd ? -1 : even ? 1 : 0));
      CHECK(sigma.info().curvature_parity == (odd_curvature ? -1 : even_curvature ? 1 : 0));
    }
}

TEST_CASE("Activations have kinks where the table says and nowhere else")
{
  const double step = 1e-3, range = 20.;
  for (const Activation &sigma : all_activations())
    {
      const std::vector<double> kinks = sigma.kinks(range);
      CHECK((kinks.empty()) == (sigma.info().kinks == Kinks::none));
      std::size_t found = 0;
      bool        equal = true;
      for (double t = -range + 0.3 * step; t < range - step; t += step)
        {
          const bool jumps = std::abs(sigma.derivative(t + step) - sigma.derivative(t)) > 0.1;
          const bool named = std::any_of(kinks.begin(), kinks.end(), [&](double kink) { return t < kink && kink < t + step; });
          found += jumps;
          equal = equal && jumps == named;
        }
      CAPTURE(sigma.info().name);
      CHECK(equal);
      CHECK(found == kinks.size());
    }
}

TEST_CASE("Activations are as regular as the table says")
{
  for (const Activation &sigma : all_activations())
    {
      // Second differences: 0 where σ is linear.
      const auto bend = [&](double t, double h) {
        const double scale = std::abs(sigma.value(t)) + 1.;
        return std::abs(sigma.value(t - h) - 2. * sigma.value(t) + sigma.value(t + h)) / scale;
      };
      const std::vector<double> kinks = sigma.kinks(100.);
      double                    near = 0., far = 0.;
      for (double t = -90.; t < 90.; t += 0.0777)
        if (std::none_of(kinks.begin(), kinks.end(), [&](double kink) { return std::abs(kink - t) <= 0.1; }))
          (std::abs(t) > 40.1 ? far : near) = std::max(std::abs(t) > 40.1 ? far : near, bend(t, 0.1));
      CAPTURE(sigma.info().name, near, far);
      switch (sigma.info().regularity)
        {
          case Regularity::smooth:
            CHECK(kinks.empty());
            CHECK(near > 1e-4);
            CHECK(far < 1e-14);
            break;
          case Regularity::piecewise_linear:
            CHECK(std::max(near, far) < 1e-14);
            break;
          case Regularity::wave:
            CHECK(near > 1e-4);
            CHECK(far > 1e-4);
            break;
        }
    }
}

TEST_CASE("Wrong activations are refused")
{
  CHECK(refusal([&]() { Activation::kind_from_name("tahn"); }) ==
        Refused{"Learning problem/Activation", Refusal::unknown_name}.naming("mean 'tanh'"));
  using Nodes     = std::vector<std::pair<double, double>>;
  const auto kind = Activation::Kind::piecewise_linear;
  CHECK(refusal([&]() {
          Activation(kind, Nodes{{0., 1.}});
        }) == Refused{"Learning problem/Activation nodes", Refusal::missing});
  CHECK(refusal([&]() {
          Activation(kind, Nodes{{0., 1.}, {0., 2.}});
        }) == Refused{"Learning problem/Activation nodes", Refusal::out_of_range});
  CHECK(refusal([&]() {
          Activation(kind, Nodes{{0., 1.}, {std::nan(""), 2.}});
        }) == Refused{"Learning problem/Activation nodes", Refusal::out_of_range});
}
