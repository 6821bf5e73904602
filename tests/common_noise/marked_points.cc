#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/sample_statistics.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "setup.h"

using namespace rhoflow;

namespace
{
/// Neurons cos(w x) that rest at w = 0, f = 1, with the data (1, 3) and (2, 1), which have the residuals −2 and 0 for ever. A
/// small w moves by −∇R(w, ξ) = −w (1 + ξ), ξ = ±1 with equal probabilities: Σ(w, w') = w w'. With steps of α, to O(w²),
///   E w_1(t) w_2(t)/(w_1(0) w_2(0)) = ((1 − α)² + α²)^(t/α) for SGD and e^(−2t) for the modified flow,
///   E w(t)/w(0) = (1 − α)^(t/α) and e^(−(1 + α/2) t).
/// An equation with the noise Σ^{1/2}(w, w) = |w| has the same mean and e^(−(2 + 2α) t) where w_1 and w_2 have different signs.
const Settings at_rest{{"Learning problem/Neuron", "ridge"},
                       {"Learning problem/Activation", "cosine"},
                       {"Data/Law", "discrete"},
                       {"Data/Points", "1 | 2"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "if(x < 1.5, 3, 1)"},
                       {"Initial law/Law", "point(0)"},
                       {"End time", "1"},
                       {"Output times", "0, 1"},
                       {"Characteristics/Nodes per coordinate", "1"},
                       {"Characteristics/Tolerance", "1e-8"},
                       {"Common noise/Equation", "modified flow"},
                       {"Common noise/Step size", "0.1"},
                       {"Common noise/Paths", "4000"},
                       {"Common noise/Marked points", "0.01 | -0.01"}};

using Columns = decltype(columns_of(std::string()));

/// Their covariance at the end, over w_1(0) w_2(0).
double covariance(Columns &table, const std::string &suffix = "")
{
  return -1e4 * table["covariance w w of points 0 1" + suffix].back();
}

double error_of_covariance(Columns &table, const std::string &suffix = "")
{
  return 1e4 * table["standard error of covariance w w of points 0 1" + suffix].back();
}
} // namespace

TEST_CASE("two marked points have the covariance of the modified flow and not that of the square root", "[common_noise]")
{
  const double             alpha = .1;
  const TemporaryDirectory directory;
  run_solver("characteristics", directory.path("run"), at_rest);
  auto         table = columns_of(directory.path("run/marked_points.csv"));
  const double c = covariance(table), error = error_of_covariance(table), of_means = std::exp(-2. - alpha);
  CAPTURE(c, error);
  CHECK(std::abs(c - (std::exp(-2.) - of_means)) < 4. * error);
  // That of the square root has the other sign.
  CHECK(std::abs(c - (std::exp(-2. - 2. * alpha) - of_means)) > 20. * error);
  // A path with one noise for both: w_2 = −w_1.
  CHECK(table["mean w of point 0"].back() == Approx(-table["mean w of point 1"].back()).epsilon(1e-6));
  CHECK(100. * table["mean w of point 0"].back() ==
        Approx(std::exp(-1. - alpha / 2.)).margin(4. * 100. * table["deviation w of point 0"].back() / std::sqrt(4000.)));
  // What moves the points is the path, which they do not move.
  CHECK(columns_of(directory.path("run/paths.csv"))["risk of path 7"].back() == Approx(1.).margin(1e-12));
}

TEST_CASE("two marked points beside SGD have its covariance", "[common_noise]")
{
  const double             alpha = .1;
  const TemporaryDirectory directory;
  run_solver("characteristics", directory.path("run"), at_rest + Settings{{"Common noise/Noise", "samples of SGD"}});
  auto              table = columns_of(directory.path("run/marked_points.csv"));
  const std::string sgd   = " of SGD";
  const double      c = covariance(table, sgd), error = error_of_covariance(table, sgd), of_means = std::pow(1. - alpha, 20);
  CAPTURE(c, error, covariance(table));
  CHECK(std::abs(c - (std::pow(std::pow(1. - alpha, 2) + alpha * alpha, 10) - of_means)) < 4. * error);
  CHECK(std::abs(c - (std::exp(-2. - 2. * alpha) - std::exp(-2. - alpha))) > 20. * error);
  // The path on the same samples: a step multiplies w by exp(−α (1 + α) − αξ).
  CHECK(std::abs(covariance(table) -
                 std::exp(-2. - 2. * alpha) * (std::pow(std::cosh(2. * alpha), 10) - std::pow(std::cosh(alpha), 20))) <
        4. * error_of_covariance(table));
}

TEST_CASE("marked points do not act on the path and need as many coordinates as neurons", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings           short_run = four_data() + Settings{{"End time", "1"},
                                                    {"Output times", "0, 1"},
                                                    {"Characteristics/Nodes per coordinate", "16"},
                                                    {"Common noise/Equation", "modified flow"},
                                                    {"Common noise/Step size", "0.05"},
                                                    {"Common noise/Paths", "3"}};
  const Settings           marked    = short_run + Settings{{"Common noise/Marked points", "0.2 | -0.4 | 3"}};
  run_solver("characteristics", directory.path("without"), short_run);
  run_solver("characteristics", directory.path("with"), marked);
  for (const char *file : {"paths.csv", "statistics.csv"})
    {
      auto without = columns_of(directory.path("without/" + std::string(file)));
      auto with    = columns_of(directory.path("with/" + std::string(file)));
      REQUIRE(without.size() == with.size());
      for (const auto &[name, values] : without)
        CHECK(with[name].back() == Approx(values.back()).margin(1e-6));
    }
  for (const char *points : {"0.2, 1", "0.5: 1"})
    CHECK(refusal("characteristics", short_run + Settings{{"Common noise/Marked points", points}}) ==
          Refused{"Common noise/Marked points", Refusal::inconsistent});
}
