#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <solvers/model/expression.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

namespace
{
double value(const std::string &formula, const double x = 0.3)
{
  return Expression(formula, {"x"}, "Target/Expression")(&x);
}

std::optional<Refused> refused(const std::string &formula, const std::vector<std::string> &variables = {"x"})
{
  return refusal([&]() { Expression(formula, variables, "Target/Expression"); });
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
  CHECK(refused("gama(x)") == Refused{"Target/Expression", Refusal::unknown_name}
                                .naming("'gama'")
                                .naming("mean 'gamma'")
                                .naming("variables are x")
                                .naming("e, pi")
                                .naming("erf, erfc, exp,")
                                .naming("+ - * / ^"));
  CHECK(refused("erff(x)") == Refused{"Target/Expression", Refusal::unknown_name}.naming("mean 'erf'"));
  CHECK(refused("Sin(x)") == Refused{"Target/Expression", Refusal::unknown_name}.naming("mean 'sin'"));
  CHECK(refused("coordinat*x", {"x", "coordinate"}) ==
        Refused{"Target/Expression", Refusal::unknown_name}.naming("mean 'coordinate'"));
  CHECK(refused("arctan(x)") == Refused{"Target/Expression", Refusal::unknown_name}.naming("atan."));
  CHECK(refused("sinc(x)") == Refused{"Target/Expression", Refusal::unknown_name}.naming("sin(x)/x"));
  CHECK(refused("x**2") == Refused{"Target/Expression", Refusal::malformed}.naming("'^'"));
  CHECK(refused("2x") == Refused{"Target/Expression", Refusal::malformed}.naming("'x' at character 2"));
  CHECK(refused("x(3)") == Refused{"Target/Expression", Refusal::malformed}.naming("'(' at character 2"));
  CHECK(refused("1d5*x") == Refused{"Target/Expression", Refusal::malformed}.naming("1e5"));
  CHECK(refused("1 + erf") == Refused{"Target/Expression", Refusal::malformed}.naming("'erf'").naming("argument"));
  CHECK(refused("erf(x, 1)") == Refused{"Target/Expression", Refusal::malformed}.naming("parameters"));
  CHECK(refused("x % 2") == Refused{"Target/Expression", Refusal::malformed}.naming("Operators"));
  CHECK(refused("rand()") == Refused{"Target/Expression", Refusal::malformed}.naming("random"));
  CHECK(refused("rnd(1)") == Refused{"Target/Expression", Refusal::malformed}.naming("random"));
  CHECK(refused("x", {"two words"}) == Refused{"Target/Expression", Refusal::malformed}.naming("variable"));
}

TEST_CASE("A formula is text")
{
  CHECK(refused(std::string("x\0+1", 4)) == Refused{"Target/Expression", Refusal::malformed}.naming("control"));
  CHECK(Expression("x\t+ 1", {"x"}, "")(std::vector<double>{1.}.data()) == 2.);
}
