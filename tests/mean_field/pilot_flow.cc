// The coarse solution that tells where a density goes, and the choices that a set-up makes of it.

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include <deal.II/base/parameter_handler.h>

#include <solvers/mean_field/mean_field_setup.h>
#include <solvers/mean_field/pilot_flow.h>

#include <tests/support/refusals.h>

#include "problem.h"

using namespace rhoflow;

namespace
{
/// θ·x learns 0.7 x with x ~ N(0, 1): a Gaussian whose mean goes from −0.5 to 0.7 as exp(−t), exact in mathematics.md.
const Settings linear_neuron{{"End time", "2"},
                             {"Learning problem/Neuron", "linear"},
                             {"Target/Type", "expression"},
                             {"Target/Expression", "0.7*x"},
                             {"Initial law/Law", "normal(-0.5, 0.4)"}};

std::string value(const dealii::ParameterHandler &prm, const std::string &section, const std::string &name)
{
  return prm.get(std::vector<std::string>{section}, name);
}
} // namespace

TEST_CASE("A pilot tells where a Gaussian goes")
{
  const auto      prm     = make_parameters(linear_neuron);
  const auto      problem = make_learning_problem(*prm, {}, {}, 1);
  const double    decay = 0.25, end = 2.;
  const PilotFlow pilot(*problem, decay, end);
  REQUIRE(pilot.reached == end);
  // The mean goes to 0.7/(1 + λ) at the rate 1 + λ, the deviation falls at the rate λ.
  const double limit = .7 / (1. + decay), mean = limit + (-.5 - limit) * std::exp(-(1. + decay) * end),
               deviation = .4 * std::exp(-decay * end);
  const Measure &last    = pilot.snapshots.back();
  double         mass = 0., first = 0., second = 0.;
  for (std::size_t i = 0; i < last.weights.size(); ++i)
    {
      mass += last.weights[i];
      first += last.weights[i] * last.points[i];
      second += last.weights[i] * std::pow(last.points[i] - mean, 2.);
    }
  CHECK(mass == Approx(1.).epsilon(1e-14));
  CHECK(first == Approx(mean).margin(2e-3));
  CHECK(std::sqrt(second) == Approx(deviation).epsilon(1e-2));
  // All but 1e-9 of the mass of the first law and of the last one: five deviations at least.
  CHECK(pilot.lower.front() < -.5 - 5. * .4);
  CHECK(pilot.lower.front() > -.5 - 8. * .4);
  CHECK(pilot.upper.front() > mean + 5. * deviation);
}

TEST_CASE("A pilot that has no solution says how far it came")
{
  const auto prm = make_parameters(
    {{"Learning problem/Neuron", "landscape"}, {"Landscape/Function", "-x^4"}, {"Initial law/Law", "normal(1, 0.1)"}});
  const auto      problem = make_learning_problem(*prm, {}, {}, 1);
  const PilotFlow pilot(*problem, 0., 10.);
  CHECK(pilot.reached < 1.);
  CHECK(std::isfinite(pilot.upper.front()));
}

TEST_CASE("Corners are round numbers, farther out, and radii stay non-negative")
{
  std::vector<double> lower{-6.213, 0.02, 99.7}, upper{5.871, 1.31, 100.13};
  const auto          before_lower = lower, before_upper = upper;
  enlarge_to_round_numbers({"a", "r", "w"}, lower, upper);
  for (std::size_t d = 0; d < 3; ++d)
    {
      const double extent = before_upper[d] - before_lower[d];
      CHECK(upper[d] >= before_upper[d] + .25 * extent);
      CHECK(upper[d] <= before_upper[d] + .31 * extent);
    }
  CHECK(lower[0] == -9.5);
  CHECK(lower[1] == 0.);
  CHECK(lower[2] <= 99.7 - .25 * .43);
  // A point has a box too.
  std::vector<double> point{2.}, other{2.};
  enlarge_to_round_numbers({"a"}, point, other);
  CHECK(point[0] < 2.);
  CHECK(other[0] > 2.);
}

TEST_CASE("A set-up chooses the box and the data nodes, and writes them into the parameters")
{
  const auto     prm = make_parameters(linear_neuron);
  MeanFieldSetup setup;
  setup.parse(*prm);
  REQUIRE_FALSE(setup.domain.is_automatic());
  CHECK(setup.domain.lower.front() < -.5 - 5. * .4);
  CHECK(setup.domain.upper.front() > .53 + 5. * .4);
  CHECK(std::stod(value(*prm, "Domain", "Lower corner")) == setup.domain.lower.front());
  CHECK(std::stod(value(*prm, "Domain", "Upper corner")) == setup.domain.upper.front());
  CHECK(std::stoul(value(*prm, "Data", "Quadrature nodes")) == setup.problem->n_nodes());

  SECTION("what the parameters say then gives the same set-up")
  {
    MeanFieldSetup again;
    again.parse(*prm);
    CHECK(again.domain.lower == setup.domain.lower);
    CHECK(again.domain.upper == setup.domain.upper);
    CHECK(again.problem->weights() == setup.problem->weights());
    CHECK(again.data_nodes.error == setup.data_nodes.error);
  }
}

TEST_CASE("What a file gives stays")
{
  const auto prm = make_parameters(
    linear_neuron + Settings{{"Domain/Lower corner", "-3.3"}, {"Domain/Upper corner", "3.1"}, {"Data/Quadrature nodes", "5"}});
  MeanFieldSetup setup;
  setup.parse(*prm);
  CHECK(setup.domain.lower == std::vector<double>{-3.3});
  CHECK(setup.domain.upper == std::vector<double>{3.1});
  CHECK(setup.problem->n_nodes() == 5);
}

TEST_CASE("Boxes that cannot be chosen are refused")
{
  const auto refused = [](const Settings &more) {
    const auto prm = make_parameters(linear_neuron + more);
    return refusal([&]() {
      MeanFieldSetup setup;
      setup.parse(*prm);
    });
  };
  CHECK(refused({{"Domain/Periodic", "true"}}) == Refused{"Domain/Lower corner", Refusal::missing});
  CHECK(refused({{"Domain/Lower corner", "-2"}}) == Refused{"Domain/Upper corner", Refusal::missing});
  CHECK(refused({{"Initial law/Law", "expression(exp(-theta1^2))"}}) == Refused{"Initial law/Law", Refusal::inconsistent});
}

TEST_CASE("A box that the program chose is extended by whole cells for a later end time, and no other")
{
  /// A solver that takes states into larger boxes.
  struct Extending : MeanFieldSetup
  {
    bool can_extend_box() const override { return true; }
  };
  // The mean goes from -0.5 to 30.
  const Settings drifting = linear_neuron + Settings{{"Target/Expression", "30*x"}, {"End time", "0.1"}};
  const auto     first    = make_parameters(drifting);
  Extending      start;
  start.parse(*first);
  CHECK_FALSE(start.extended);
  CHECK(value(*first, "Domain", "Extendable") == "true");
  const Settings box{{"Domain/Lower corner", value(*first, "Domain", "Lower corner")},
                     {"Domain/Upper corner", value(*first, "Domain", "Upper corner")},
                     {"Domain/Extendable", "true"}};

  // The same time needs the same box.
  const auto same = make_parameters(drifting + box);
  Extending  again;
  again.parse(*same);
  CHECK_FALSE(again.extended);
  CHECK(again.domain.upper == start.domain.upper);

  const auto later = make_parameters(drifting + box + Settings{{"End time", "2"}});
  Extending  grown;
  grown.parse(*later);
  CHECK(grown.extended);
  CHECK(grown.domain.lower.front() <= start.domain.lower.front());
  const double mean = 30. - 30.5 * std::exp(-2.);
  CHECK(grown.domain.upper.front() > mean + 5. * .4);
  grown.domain.set_subdivisions(Domain::automatic_subdivisions(1));
  const double cell = (start.domain.upper.front() - start.domain.lower.front()) / 96.;
  CHECK((grown.domain.upper.front() - grown.domain.lower.front()) / grown.domain.subdivisions.front() ==
        Approx(cell).epsilon(1e-12));
  CHECK(grown.domain.subdivisions.front() % 4 == 0);
  CHECK(value(*later, "Domain", "Upper corner") == value(*first, "Domain", "Upper corner"));

  const auto given = make_parameters(drifting + box + Settings{{"End time", "2"}, {"Domain/Extendable", "automatic"}});
  Extending  stays;
  stays.parse(*given);
  CHECK_FALSE(stays.extended);

  const auto odd = make_parameters(drifting + box + Settings{{"End time", "2"}, {"Domain/Subdivisions", "30"}});
  CHECK(refusal([&]() { Extending().parse(*odd); }) == Refused{"Domain/Extendable", Refusal::inconsistent});
}
