#include <catch2/catch.hpp>

#include <solvers/base/numerics/sample_statistics.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
struct End
{
  std::vector<double> points;
  double              risk;
};

/// Paths of the modified flow with four data and α = 0.05 at time 2.
std::vector<End> ends(double interval, unsigned int n_paths)
{
  const auto       problem = make_problem(four_data());
  const Measure    law     = initial_points(*problem, 12);
  std::vector<End> result;
  for (unsigned int number = 0; number < n_paths; ++number)
    {
      OnePath path(*problem, noise_of(Equation::modified_flow, .05, 1, interval), law, 0., 1e-9);
      for (std::uint64_t k = 0; static_cast<double>(k) * interval < 2. - .5 * interval; ++k)
        path.step(path.field.increment(1, number, k));
      result.push_back({path.state.points, path.risk()});
    }
  return result;
}

struct Case
{
  double interval, strong; ///< the error of another program
};
} // namespace

TEST_CASE("finer intervals of the noise converge on the same paths", "[common_noise]")
{
  constexpr unsigned int n_paths = 120;
  const Measure          law     = initial_points(*make_problem(four_data()), 12);
  double                 before  = 1.;
  const std::vector<End> finest  = ends(1. / 128., n_paths);
  for (const Case &c : {Case{.5, 4.2e-3}, Case{.25, 2.1e-3}, Case{.125, 1.1e-3}, Case{.0625, 6e-4}})
    {
      const std::vector<End> coarse = ends(c.interval, n_paths);
      std::vector<double>    square(n_paths, 0.), of_risk;
      for (unsigned int i = 0; i < n_paths; ++i)
        {
          for (std::size_t j = 0; j < law.weights.size(); ++j)
            square[i] += law.weights[j] * std::pow(coarse[i].points[j] - finest[i].points[j], 2);
          of_risk.push_back(coarse[i].risk - finest[i].risk);
        }
      const double strong = std::sqrt(mean(square)), error_of_strong = standard_error(square) / (2. * strong);
      CAPTURE(c.interval, strong, error_of_strong, mean(of_risk), standard_error(of_risk));
      // Its last digit may be off by a half, and its sampling error is unknown: taken as that of these paths.
      CHECK(std::abs(strong - c.strong) < 4. * std::sqrt(2.) * error_of_strong + 5e-5);
      // The weak error of E R is O(α Δt² + α² Δt).
      CHECK(std::abs(mean(of_risk)) < 4. * standard_error(of_risk) + .05 * (c.interval + .05) * c.interval);
      CHECK(strong < before / std::sqrt(2.));
      before = strong;
    }
}
