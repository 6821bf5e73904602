#include <catch2/catch.hpp>

#include <cmath>

#include <tests/support/references.h>

#include "../base/temporary_directory.h"
#include "run.h"

namespace
{
using Table = std::map<std::string, std::vector<double>>;

/// The statistics of a shipped file with some changes.
Table solve(const std::string &name, Settings changes = {})
{
  changes.emplace_back("Characteristics/Write points", "false");
  TemporaryDirectory directory;
  run_into(directory.path("run"), shipped_file("characteristics/" + name), changes, MPI_COMM_WORLD);
  return columns_of(directory.path("run/statistics.csv"));
}

/// Agreement at all output times with a reference solution to within its error; `at_start`: the value at t = 0 if it has none.
void check_reference(const Table &table, const std::string &solution, const std::string &quantity, const double at_start = NAN)
{
  const std::vector<double> &computed = table.at(quantity);
  REQUIRE(computed.size() > 1);
  for (std::size_t i = 0; i < computed.size(); ++i)
    {
      const double time = table.at("time")[i];
      CAPTURE(solution, quantity, time);
      if (time == 0. && !std::isnan(at_start))
        CHECK(std::abs(computed[i] - at_start) <= 1e-7);
      else
        {
          const ReferenceValue reference = reference_value(solution, quantity, time);
          CHECK(std::abs(computed[i] - reference.value) <= reference.error);
        }
    }
}

/// E σ(Z), Z ~ N(0, s²), σ piecewise linear with slopes that jump by `jumps` at `kinks`.
double gaussian_mean(double s, const std::vector<double> &kinks, const std::vector<double> &jumps, double left)
{
  double sum = left;
  for (std::size_t i = 0; i < kinks.size(); ++i)
    {
      const double z = kinks[i] / s;
      sum += jumps[i] * (s * std::exp(-.5 * z * z) / std::sqrt(2. * M_PI) - kinks[i] * .5 * std::erfc(z / std::sqrt(2.)));
    }
  return sum;
}

/// R(ρ_0) of two Gaussians with deviations 1 ± Δ and weights w ~ N(0, (κ²/d) I): given |x| = τχ, w·x ~ N(0, (κτχ)²/d). The
/// integral over χ ~ χ_d by the trapezoidal rule.
double initial_risk(double d, double contrast, double kappa, const std::vector<double> &kinks, const std::vector<double> &jumps,
                    double left)
{
  const unsigned int n    = 4000;
  double             risk = 0.;
  for (const double y : {1., -1.})
    for (unsigned int i = 0; i <= n; ++i)
      {
        const double chi     = std::max(1e-9, std::sqrt(d) - 6.) + 12. * i / n;
        const double density = std::exp((d - 1.) * std::log(chi) - .5 * chi * chi - (.5 * d - 1.) * std::log(2.) -
                                        std::lgamma(.5 * d));
        const double f       = gaussian_mean(kappa * (1. + y * contrast) * chi / std::sqrt(d), kinks, jumps, left);
        risk += .25 * 12. / n * density * (y - f) * (y - f);
      }
  return risk;
}
} // namespace

TEST_CASE("Reference A: a single neuron in 40 dimensions", "[characteristics]")
{
  const Table table = solve("reference_a", {{"Characteristics/Nodes per coordinate", "16"}, {"End time", "6"}});
  check_reference(table, "reference_a", "risk");
  // A point mass at a = s = 1, r = 0 in the box has no risk, so that the certificate bounds the excess risk itself.
  for (std::size_t i = 0; i < 7; ++i)
    {
      CHECK(table.at("excess risk")[i] <= table.at("Frank-Wolfe gap")[i]);
      CHECK(std::abs(table.at("energy balance")[i]) < 1e-8);
      CHECK(table.at("mass")[i] == Approx(1.).margin(1e-12));
    }
}

TEST_CASE("Reference A converges in the number of nodes", "[characteristics][slow]")
{
  std::vector<double> last;
  for (const char *n : {"8", "12", "16", "24"})
    {
      const Table table = solve("reference_a", {{"Characteristics/Nodes per coordinate", n}});
      last.push_back(table.at("risk").back());
      if (last.size() == 4)
        check_reference(table, "reference_a", "risk");
    }
  const auto error = [&](std::size_t i) { return std::abs(last[i] - last[3]); };
  CHECK(error(1) < .5 * error(0));
  CHECK(error(2) < .5 * error(1));
  CHECK(error(2) < 4e-3 * last[3]);
}

TEST_CASE("Reference B: infinitely many dimensions from a point mass in s and r", "[characteristics]")
{
  const Table table = solve("reference_b");
  check_reference(table, "reference_b", "risk");
  check_reference(table, "reference_b", "alignment");
}

TEST_CASE("Reference C: two centred isotropic Gaussians", "[characteristics]")
{
  const Table table = solve("reference_c");
  check_reference(table, "reference_c", "risk");
  check_reference(table, "reference_c", "mean r");
  CHECK(table.at("risk")[0] == Approx(initial_risk(40., .8, .8, {.5, 1.5}, {10., -10.}, -2.5)).epsilon(1e-8));
}

TEST_CASE("the failure example learns from wide weights", "[characteristics]")
{
  const Table table = solve("failure_learns");
  check_reference(table, "failure_learns", "risk", initial_risk(320., .5, .4, {0., .5, 1.5}, {-3., 14.5, -11.5}, -2.5));
}

TEST_CASE("the failure example collapses from small weights", "[characteristics]")
{
  const Table table = solve("failure_collapses");
  CHECK(table.at("risk")[0] == Approx(initial_risk(320., .5, .1, {0., .5, 1.5}, {-3., 14.5, -11.5}, -2.5)).epsilon(1e-8));
  // All weights are zero: f = σ(0) = −2.5, R = ¼ (3.5² + 1.5²).
  CHECK(table.at("risk").back() == Approx(3.625).epsilon(1e-12));
  CHECK(table.at("mean r").back() == 0.);
  CHECK(table.at("covariance r r").back() == 0.);
  // The potential tells that this is no global minimum.
  CHECK(table.at("Frank-Wolfe gap").back() > 3.625);
}
