#include <catch2/catch.hpp>

#include <cmath>
#include <memory>

#include <solvers/base/numerics/random.h>
#include <solvers/model/gaussian/quadrature.h>
#include <solvers/model/initial_law.h>

#include <tests/support/refusals.h>

#include "make_problem.h"

using namespace rhoflow;

namespace
{
std::unique_ptr<InitialLaw> law_of_one(const std::string &text, double lower = -1., double upper = 1.)
{
  return make_initial_law(text, {"theta"}, {lower}, {upper});
}

/// ∫ x^p ρ(x) dx by a composite Gauss rule on [lower, upper].
double density_moment(const InitialLaw &law, double lower, double upper, unsigned int p)
{
  const unsigned int   n    = 400;
  const QuadratureRule rule = gauss_legendre(8, 0., 1.);
  double               sum  = 0.;
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int q = 0; q < 8; ++q)
      {
        const double x = lower + (upper - lower) * (i + rule.nodes[q]) / n;
        sum += (upper - lower) / n * rule.weights[q] * std::pow(x, p) * law.density(&x);
      }
  return sum;
}

double quadrature_moment(const InitialLaw &law, unsigned int n, unsigned int p)
{
  std::vector<double> nodes, weights;
  law.quadrature(n, nodes, weights);
  double sum = 0.;
  for (std::size_t i = 0; i < weights.size(); ++i)
    sum += weights[i] * std::pow(nodes[i], p);
  return sum;
}

/// Sample mean of x^p in units of its standard error away from the exact value.
double sample_deviation(const InitialLaw &law, unsigned int p, double exact)
{
  const unsigned int n    = 20000;
  double             mean = 0., square = 0.;
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(3, RandomPurpose::initial_particles, 0, 0, i);
      double        x;
      law.sample(random, &x);
      mean += std::pow(x, p) / n;
      square += std::pow(x, 2 * p) / n;
    }
  return std::abs(mean - exact) / std::sqrt((square - mean * mean) / n);
}
} // namespace

TEST_CASE("Density, quadrature and sampler of one factor belong together")
{
  struct Case
  {
    std::string law;
    double      lower, upper; // of the support, or far outside
  };
  for (const Case &c :
       {Case{"normal(0.5, 0.3)", -4., 5.}, Case{"uniform(-1, 2)", -1., 2.}, Case{"truncated_normal(0.2, 1, -0.5, 3)", -0.5, 3.},
        Case{"truncated_normal(0, 1, 4, 9)", 4., 9.}, Case{"truncated_normal(0, 1, -9, -4)", -9., -4.},
        Case{"chi(39, 1/sqrt(40))", 0., 3.}, Case{"chi(1, 0.5)", 0., 6.}, Case{"chi(3, 2)", 0., 25.},
        Case{"3: normal(-1, 0.2) | 1: uniform(0, 1)", -4., 4.}})
    {
      CAPTURE(c.law);
      const auto law = law_of_one(c.law);
      CHECK(law->has_density());
      CHECK(density_moment(*law, c.lower, c.upper, 0) == Approx(1.).epsilon(1e-12));
      for (unsigned int p = 1; p <= 5; ++p)
        {
          const double moment = density_moment(*law, c.lower, c.upper, p);
          CHECK(quadrature_moment(*law, 3, p) == Approx(moment).epsilon(1e-9));
          if (p <= 2)
            CHECK(sample_deviation(*law, p, moment) < 3.5);
        }
    }
  // The singular density of χ with less than one degree of freedom: E x² = k c².
  CHECK(quadrature_moment(*law_of_one("chi(0.5, 2)"), 4, 2) == Approx(2.).epsilon(1e-10));
  CHECK(sample_deviation(*law_of_one("chi(0.5, 2)"), 2, 2.) < 3.5);
}

TEST_CASE("A point mass has no density but can be sampled")
{
  const auto law = make_initial_law("uniform(-1, 1), point(0), point(pi/2)", {"a", "s", "r"}, {}, {});
  CHECK_FALSE(law->has_density());
  CounterRandom random(1, RandomPurpose::initial_particles);
  double        theta[3];
  law->sample(random, theta);
  CHECK(theta[1] == 0.);
  CHECK(theta[2] == Approx(1.5707963267948966));
  std::vector<double> nodes, weights;
  law->quadrature(7, nodes, weights);
  CHECK(weights.size() == 7);
}

TEST_CASE("A mixture in two dimensions")
{
  const auto          law = make_initial_law("normal(1, 0.1), uniform(0, 1) | 3: point(0), normal(0, 2)", {"a", "w"}, {}, {});
  std::vector<double> nodes, weights;
  law->quadrature(4, nodes, weights);
  REQUIRE(weights.size() == 16 + 4);
  double mass = 0., a = 0., aw = 0., ww = 0.;
  for (std::size_t i = 0; i < weights.size(); ++i)
    {
      mass += weights[i];
      a += weights[i] * nodes[2 * i];
      aw += weights[i] * nodes[2 * i] * nodes[2 * i + 1];
      ww += weights[i] * nodes[2 * i + 1] * nodes[2 * i + 1];
    }
  CHECK(mass == Approx(1.).epsilon(1e-14));
  CHECK(a == Approx(0.25).epsilon(1e-13));
  CHECK(aw == Approx(0.125).epsilon(1e-13));
  CHECK(ww == Approx(0.25 / 3. + 0.75 * 4.).epsilon(1e-13));
  unsigned int first = 0;
  for (unsigned int i = 0; i < 20000; ++i)
    {
      CounterRandom random(5, RandomPurpose::initial_particles, 0, 0, i);
      double        theta[2];
      law->sample(random, theta);
      first += theta[0] != 0.;
    }
  CHECK(std::abs(first - 5000.) < 3.5 * std::sqrt(20000. * 0.25 * 0.75));
}

TEST_CASE("An expression is normalised on the domain and sampled from")
{
  const auto law = law_of_one("expression(exp(-8*(theta^2 - 1)^2))", -3., 3.);
  CHECK(density_moment(*law, -3., 3., 0) == Approx(1.).epsilon(1e-12));
  const double square = density_moment(*law, -3., 3., 2);
  CHECK(square == Approx(0.9641655).epsilon(2e-2)); // near the bottoms of the wells, ±1
  CHECK(quadrature_moment(*law, 100, 2) == Approx(square).epsilon(1e-7));
  CHECK(sample_deviation(*law, 1, 0.) < 3.5);
  CHECK(sample_deviation(*law, 2, square) < 3.5);
  const double outside = 3.5;
  CHECK(law->density(&outside) == 0.);

  // In two dimensions, a normal density without its factor.
  const auto   plane = make_initial_law("expression(exp(-(a-1)^2/2 - 2*b^2))", {"a", "b"}, {-7., -5.}, {9., 5.});
  const double at[]  = {1., 0.};
  CHECK(plane->density(at) == Approx(1. / 3.14159265358979323846).epsilon(1e-10));
}

TEST_CASE("Gaussian neurons stand for the coordinates of a weight vector")
{
  const std::vector<double> s_r{0.1, 0.9};
  const auto                single = make_problem({{"Initial law/Law", "normal(0, 1), gaussian_neurons(0.8)"}});
  const auto direct = make_initial_law("normal(0, 1), normal(0, 0.8/sqrt(40)), chi(39, 0.8/sqrt(40))", {"a", "s", "r"}, {}, {});
  const double theta[] = {0.3, 0.1, 0.7};
  CHECK(single->initial_law().density(theta) == Approx(direct->density(theta)).epsilon(1e-13));

  const auto limit = make_problem(
    {{"Learning problem/Input dimension", "inf"}, {"Initial law/Law", "uniform(-1, 1), gaussian_neurons(2)"}});
  std::vector<double> nodes, weights;
  limit->initial_law().quadrature(3, nodes, weights);
  CHECK(weights.size() == 3);
  CHECK(nodes[2] == 2.);

  const auto   ridge = make_problem({{"Learning problem/Neuron", "ridge"},
                                     {"Learning problem/Input dimension", "2"},
                                     {"Target/Type", "expression"},
                                     {"Initial law/Law", "gaussian_neurons(sqrt(2))"}});
  const double w[]   = {0., 0.};
  CHECK(ridge->initial_law().density(w) == Approx(0.5 / 3.14159265358979323846).epsilon(1e-13));
}

TEST_CASE("Wrong initial laws are refused with a reason")
{
  const auto refuse = [](const std::string &text, const Refusal why, const std::string &name) {
    CAPTURE(text);
    CHECK(refusal([&]() {
            make_initial_law(text, {"a", "w"}, {-1., -1.}, {1., 1.});
          }) == Refused{"Initial law/Law", why}.naming(name));
  };
  refuse("", Refusal::missing, "a, w");
  refuse("normal(0, 1)", Refusal::inconsistent, "1 factors");
  refuse("normal(0, 1), normal(0, 1), normal(0, 1)", Refusal::inconsistent, "a, w");
  refuse("norml(0, 1), normal(0, 1)", Refusal::unknown_name, "mean 'normal'");
  refuse("normal(0), normal(0, 1)", Refusal::malformed, "1 arguments");
  refuse("normal(0, 0), normal(0, 1)", Refusal::out_of_range, "normal(0, 0)");
  refuse("normal(0, -1), normal(0, 1)", Refusal::out_of_range, "normal(0, -1)");
  refuse("normal(0, 1/0), normal(0, 1)", Refusal::out_of_range, "'1/0'");
  refuse("normal(0, one), normal(0, 1)", Refusal::unknown_name, "'one'");
  refuse("uniform(1, 1), normal(0, 1)", Refusal::out_of_range, "uniform(1, 1)");
  refuse("truncated_normal(0, 1, 50, 60), normal(0, 1)", Refusal::out_of_range, "mass");
  refuse("chi(0, 1), normal(0, 1)", Refusal::out_of_range, "chi(0, 1)");
  refuse("normal(0, 1, normal(0, 1)", Refusal::malformed, "parentheses");
  refuse("normal(0, 1),, normal(0, 1)", Refusal::malformed, "entry");
  refuse("-1: normal(0, 1), normal(0, 1)", Refusal::out_of_range, "weights");
  refuse("expression(a - w)", Refusal::out_of_range, "'a - w'");
  refuse("expression(a + b)", Refusal::unknown_name, "'b'");
  refuse("expression(0)", Refusal::out_of_range, "'0' vanishes");
  CHECK(refusal([&]() { make_initial_law("expression(1)", {"a"}, {}, {}); }) ==
        Refused{"Initial law/Law", Refusal::inconsistent});
}
