#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/model/expression.h>

using namespace rhoflow;
using Catch::Contains;

namespace
{
double value(const std::string &formula, const double x = 0.3)
{
  return Expression(formula, {"x"}, "Target/Expression")(&x);
}

std::string refused(const std::string &formula, const std::vector<std::string> &variables = {"x"})
{
  try
    {
      Expression(formula, variables, "Target/Expression");
    }
  catch (const InputError &error)
    {
      return error.what();
    }
  return "accepted";
}
} // namespace

TEST_CASE("Formulas have the functions of the field")
{
  CHECK(value("erf(x)") == std::erf(0.3));
  CHECK(value("erfc(x)") == std::erfc(0.3));
  CHECK(value("gamma(x) - tgamma(x)") == 0.);
  CHECK(value("gamma(5)") == Approx(24.));
  CHECK(value("lgamma(x)") == std::lgamma(0.3));
  CHECK(value("sigmoid(x)") == Approx(1. / (1. + std::exp(-0.3))).epsilon(1e-15));
  CHECK(value("sigmoid(x)", -800.) == 0.);
  CHECK(value("softplus(x)", 800.) == 800.);
  CHECK(value("relu(x) + relu(-x)", -2.) == 2.);
  CHECK(value("heaviside(x)", 0.) == 0.5);
  CHECK(value("step(x) + 2*step(-x)") == 1.);
  CHECK(value("log1p(x) + expm1(x)") == std::log1p(0.3) + std::expm1(0.3));
  CHECK(value("hypot(3, 4) + cbrt(8) + exp2(3) + fmod(7, 4) + trunc(1.7) + round(1.7)") == Approx(21.));
}

TEST_CASE("Formulas keep the functions that they had")
{
  CHECK(value("if(x > 0, 1, 2) + if (0.4, 10, 20) + if(-0.6, 100, 200)") == 121.);
  CHECK(value("(x | 0) + (x & 0)", 0.6) == 1.);
  CHECK(value("int(2.5) + int(-2.5) + int(0.49)") == 0.);
  CHECK(value("cot(x)*tan(x) + csc(x)*sin(x) + sec(x)*cos(x)") == Approx(3.));
  CHECK(value("log(e) + ln(e^2) + log10(100) + log2(8) + pow(2, 3)") == Approx(16.));
  CHECK(value("floor(x) + ceil (x) + sin  (0)") == 1.);
  CHECK(value("x >= 0.3 && x < 1 ? pi : e") == 3.14159265358979323846);
  const double gamma = 2.;
  CHECK(Expression("gamma(gamma + 1)", {"gamma"}, "")(&gamma) == Approx(2.));
  CHECK(Expression("e", {"e"}, "")(&gamma) == 2.);
}

TEST_CASE("A formula that cannot be read says what exists")
{
  CHECK_THAT(refused("gama(x)"), Contains("'gama' is unknown. Did you mean 'gamma'?") && Contains("The variables are x.") &&
                                   Contains("The constants are e, pi.") && Contains("erf, erfc, exp,") &&
                                   Contains("Operators: + - * / ^"));
  CHECK_THAT(refused("erff(x)"), Contains("Did you mean 'erf'?"));
  CHECK_THAT(refused("Sin(x)"), Contains("Did you mean 'sin'?"));
  CHECK_THAT(refused("coordinat*x", {"x", "coordinate"}), Contains("Did you mean 'coordinate'?"));
  CHECK_THAT(refused("arctan(x)"), Contains("Write atan."));
  CHECK_THAT(refused("sinc(x)"), Contains("Write sin(x)/x"));
  CHECK_THAT(refused("x**2"), Contains("the power is written with '^'"));
  CHECK_THAT(refused("2x"), Contains("an operator such as * is missing before 'x' at character 2."));
  CHECK_THAT(refused("x(3)"), Contains("an operator such as * is missing before '(' at character 2."));
  CHECK_THAT(refused("1d5*x"), Contains("written with e, as in 1e5"));
  CHECK_THAT(refused("1 + erf"), Contains("'erf' is a function, and its argument is missing"));
  CHECK_THAT(refused("erf(x, 1)"), Contains("Too many parameters"));
  CHECK_THAT(refused("x % 2"), Contains("Operators: "));
  CHECK_THAT(refused("rand()"), Contains("no random numbers"));
  CHECK_THAT(refused("rnd(1)"), Contains("no random numbers"));
  CHECK_THAT(refused("x", {"two words"}), Contains("a variable has a name"));
}
