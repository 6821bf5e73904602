#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <map>

#include <solvers/base/numerics/random.h>
#include <solvers/model/observables.h>

#include <tests/support/refusals.h>

#include "make_problem.h"

using namespace rhoflow;
namespace
{
Settings landscape(const std::string &function, const std::string &coordinates, const std::string &law)
{
  return {{"Learning problem/Neuron", "landscape"},
          {"Landscape/Function", function},
          {"Landscape/Coordinates", coordinates},
          {"Initial law/Law", law}};
}

void refuse(const Settings &settings, const Settings &more, const std::string &parameter, const Refusal why,
            const std::string &name = "", const std::vector<double> &lower = {}, const std::vector<double> &upper = {})
{
  CHECK(refusal([&]() { make_problem(with(settings, more), lower, upper); }) == Refused{parameter, why}.naming(name));
}
} // namespace

TEST_CASE("a landscape is the formula, without data, and its walkers are its neurons")
{
  const auto problem = make_problem(landscape("(x^2 - 1)^2 + x*y/2", "x, y", "normal(1, 0.1), point(2)"), {-3, -3}, {3, 3});
  CHECK(problem->has_external_potential());
  CHECK(problem->n_parameters() == 2);
  CHECK(problem->parameter_names() == std::vector<std::string>{"x", "y"});
  CHECK(!problem->has_outer_weight());
  CHECK(problem->n_nodes() == 0);
  CHECK(problem->noise_variance() == 0.);
  const double theta[] = {1.5, -2., 0., 1.};
  CHECK(problem->external_potential(theta) == Approx(1.25 * 1.25 - 1.5).epsilon(1e-15));
  CHECK(problem->self_kernel(theta) == 0.);
  CHECK(problem->particle_risk(theta, 2) == Approx((1.25 * 1.25 - 1.5 + 1.) / 2.).epsilon(1e-15));
  CHECK(problem->particle_neuron().type == ParticleNeuron::Type::landscape);
  CHECK(problem->particle_neuron().n_parameters() == 2);
  CHECK(problem->data_set_size() == 0);
  CHECK(problem->curve_inputs().empty());
  CounterRandom random(1, RandomPurpose::initial_particles);
  double        walker[2], place[2];
  problem->sample_particle(random, walker);
  problem->reduce(walker, place);
  CHECK(place[0] == walker[0]);
  CHECK(place[1] == 2.);

  // Networks have no such potential.
  const auto neuron     = make_problem({{"Learning problem/Neuron", "weighted ridge"},
                                        {"Target/Type", "expression"},
                                        {"Initial law/Law", "normal(0, 1), normal(0, 1)"}});
  double     gradient[] = {1., 1.};
  CHECK(!neuron->has_external_potential());
  CHECK(neuron->external_potential(theta) == 0.);
  neuron->external_gradient(theta, gradient);
  CHECK((gradient[0] == 0. && gradient[1] == 0.));
}

TEST_CASE("the gradient of a landscape has the error that is promised")
{
  struct Case
  {
    std::string                                        function;
    std::function<std::vector<double>(const double *)> gradient;
    double                                             largest, fifth_derivative; ///< on [-2.01, 2.01]³
  };
  const std::vector<Case> cases{
    {"(x^2 - 1)^2",
     [](const double *t) {
       return std::vector<double>{4. * t[0] * (t[0] * t[0] - 1.), 0., 0.};
     },
     9.3, 0.},
    {"sin(3*x)*cos(y) + exp(z)",
     [](const double *t) {
       return std::vector<double>{3. * std::cos(3. * t[0]) * std::cos(t[1]), -std::sin(3. * t[0]) * std::sin(t[1]),
                                  std::exp(t[2])};
     },
     8.5, 243.},
    {"log(5 + x + 2*y) + z^6",
     [](const double *t) {
       const double u = 5. + t[0] + 2. * t[1];
       return std::vector<double>{u > 0. ? 1. / u : 0., u > 0. ? 2. / u : 0., 6. * std::pow(t[2], 5)};
     },
     70., 6. * 5. * 4. * 3. * 2. * 2.01 + 24. * 32. / std::pow(0.9, 5)}};
  for (const Case &one : cases)
    {
      CAPTURE(one.function);
      // A box of length 4: h = 2^-10.
      const auto   problem = make_problem(landscape(one.function, "x, y, z", "normal(0, 1), normal(0, 1), normal(0, 1)"),
                                          {0, 0, 0}, {4, 4, 4});
      const double bound   = std::ldexp(1., -40) / 30. * one.fifth_derivative + 1.5 * 2.3e-16 * one.largest * 1024.;
      for (unsigned int i = 0; i < 500; ++i)
        {
          CounterRandom random(5, RandomPurpose::check_points, 0, 0, i);
          double        theta[3], gradient[3];
          for (double &t : theta)
            t = 4. * random.uniform() - 2.;
          theta[1] = std::max(theta[1], -1.); // 5 + x + 2y ≥ 1
          problem->external_gradient(theta, gradient);
          const auto exact = one.gradient(theta);
          for (unsigned int c = 0; c < 3; ++c)
            CHECK(std::abs(gradient[c] - exact[c]) < bound);
        }
    }
}

TEST_CASE("landscapes that make no sense are refused")
{
  const Settings good = landscape("x^2", "x", "normal(0, 1)");
  CHECK_NOTHROW(make_problem(good));
  refuse(good, {{"Landscape/Function", ""}}, "Landscape/Function", Refusal::missing);
  refuse(good, {{"Landscape/Function", "x^2 +"}}, "Landscape/Function", Refusal::malformed, "x^2 +");
  refuse(good, {{"Landscape/Function", "z^2"}}, "Landscape/Function", Refusal::unknown_name, "variables are x");
  refuse(good, {{"Landscape/Function", "1/(x - 1)"}}, "Landscape/Function", Refusal::out_of_range, "x = 1", {-3.}, {5.});
  refuse(good, {{"Landscape/Function", "-log(x)"}}, "Landscape/Function", Refusal::out_of_range, "-log(x)", {0.}, {5.});
  refuse(landscape("1/(x + y)", "x, y", "normal(0, 1), normal(0, 1)"), {}, "Landscape/Function", Refusal::out_of_range,
         "x = ", {-1., -1.}, {1., 1.});
  refuse(good, {{"Landscape/Coordinates", ""}}, "Landscape/Coordinates", Refusal::out_of_range, "0");
  refuse(good, {{"Landscape/Coordinates", "x, y, z, u"}}, "Landscape/Coordinates", Refusal::out_of_range, "4");
  refuse(good, {{"Landscape/Coordinates", "x, x"}}, "Landscape/Coordinates", Refusal::repeated, "'x'");
  refuse(good, {{"Landscape/Coordinates", "x, 2y"}}, "Landscape/Coordinates", Refusal::malformed, "'2y'");
  refuse(good, {{"Landscape/Coordinates", "x, r"}}, "Landscape/Coordinates", Refusal::unsupported, "'r'");
  // muParser throws what is no std::exception for names that it does not take.
  refuse(good, {{"Landscape/Coordinates", std::string(200, 'y')}}, "Landscape/Coordinates", Refusal::out_of_range, "50");
  refuse(good, {{"Landscape/Coordinates", "_pi"}}, "Landscape/Function", Refusal::malformed, "_pi");
  refuse(good, {{"Initial law/Law", "normal(0, 1), normal(0, 1)"}}, "Initial law/Law", Refusal::inconsistent, "2 factors");

  // What a landscape does not know, and the landscape where there is a network.
  for (const auto &setting : Settings{{"Data/Law", "uniform"},
                                      {"Data/Quadrature nodes", "5"},
                                      {"Target/Noise deviation", "0.1"},
                                      {"Target/Type", "expression"},
                                      {"Learning problem/Activation", "tanh"},
                                      {"Learning problem/Input dimension", "2"}})
    refuse(good, {setting}, setting.first, Refusal::no_effect);
  const Settings ridge{
    {"Learning problem/Neuron", "ridge"}, {"Target/Type", "expression"}, {"Initial law/Law", "normal(0, 1)"}};
  refuse(ridge, {{"Landscape/Function", "x^2"}}, "Landscape/Function", Refusal::no_effect,
         "Learning problem/Neuron = landscape");
  refuse(ridge, {{"Landscape/Coordinates", "x, y"}}, "Landscape/Coordinates", Refusal::no_effect,
         "Learning problem/Neuron = landscape");

  CHECK_NOTHROW(refuse_landscape(*make_problem(ridge), "continuity"));
  CHECK(refusal([&]() { refuse_landscape(*make_problem(good), "continuity"); }) ==
        Refused{"Learning problem/Neuron", Refusal::unsupported}
          .naming("'continuity'")
          .naming("fokker planck'")
          .naming("'boltzmann'")
          .naming("'particles'"));
}

TEST_CASE("observables are formulas in the parameters")
{
  const auto parsed = [](const std::string &text) {
    dealii::ParameterHandler prm;
    Observables::declare(prm);
    prm.enter_subsection("Output");
    prm.set("Observables", text);
    prm.leave_subsection();
    Observables observables;
    observables.parse(prm, {"a", "w"});
    if (!text.empty())
      CHECK(refusal([&]() { Observables::refuse(prm, "continuity"); }) == Refused{"Output/Observables", Refusal::unsupported});
    else
      CHECK_NOTHROW(Observables::refuse(prm, "continuity"));
    return observables;
  };
  CHECK(parsed("").size() == 0);
  const auto three = parsed("a > 0; if(w < a, w^2, max(a, 3)) ;a*w");
  CHECK(three.names() == std::vector<std::string>{"a > 0", "if(w < a, w^2, max(a, 3))", "a*w"});
  double       values[3];
  const double theta[] = {0.5, -2.};
  three.evaluate(theta, values);
  CHECK(values[0] == 1.);
  CHECK(values[1] == 4.);
  CHECK(values[2] == -1.);
  // Where there is mass they must be numbers: at points, at draws of a law, in a box.
  const auto logarithm = parsed("a^2; log(w)");
  CHECK_NOTHROW(logarithm.require_finite_at({-1., 1., 2., 3.}));
  CHECK(refusal([&]() {
          logarithm.require_finite_at({-1., 1., 2., -3.});
        }) == Refused{"Output/Observables", Refusal::out_of_range}.naming("'log(w)'").naming("a = 2, w = -3"));
  const auto positive = make_initial_law("normal(0, 1), uniform(1, 2)", {"a", "w"}, {}, {}),
             both     = make_initial_law("normal(0, 1), uniform(-1, 200)", {"a", "w"}, {}, {});
  CHECK_NOTHROW(logarithm.require_finite_at(*positive));
  CHECK(refusal([&]() { logarithm.require_finite_at(*both); }) == Refused{"Output/Observables", Refusal::out_of_range});
  CHECK_NOTHROW(logarithm.require_finite_in({-1., 0.}, {1., 4.}));
  CHECK(refusal([&]() {
          logarithm.require_finite_in({-1., -.1}, {1., 4.});
        }) == Refused{"Output/Observables", Refusal::out_of_range});
  CHECK_NOTHROW(parsed("1/a; log(abs(w))").require_finite_in({-1., -1.}, {1., 1.})); // poles at points
  CHECK(logarithm.complaint(values) == "");
  values[1] = std::nan("");
  CHECK_THAT(logarithm.complaint(values), Catch::Contains("'log(w)'"));
  for (const auto &[bad, why] : std::map<std::string, Refusal>{{"a; b", Refusal::unknown_name},
                                                               {"a;; w", Refusal::malformed},
                                                               {"a; a", Refusal::repeated},
                                                               {"a;", Refusal::malformed},
                                                               {"a)", Refusal::malformed}})
    {
      const std::string text = bad;
      CHECK(refusal([&]() { parsed(text); }) == Refused{"Output/Observables", why});
    }
}
