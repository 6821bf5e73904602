#include <catch2/catch.hpp>

#include <solvers/base/numerics/sample_statistics.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
/// R at time 2 of paths of the modified flow with four data, α = 0.05.
std::vector<double> risks(double interval, unsigned int n_paths)
{
  const auto          problem = make_problem(four_data());
  const Measure       law     = initial_points(*problem, 12);
  std::vector<double> result;
  for (unsigned int number = 0; number < n_paths; ++number)
    {
      OnePath path(*problem, noise_of(Equation::modified_flow, .05, 1, interval), law, 0., 1e-9);
      for (std::uint64_t k = 0; static_cast<double>(k) * interval < 2. - .5 * interval; ++k)
        path.step(path.field.increment(1, number, k));
      result.push_back(path.risk());
    }
  return result;
}
} // namespace

TEST_CASE("finer intervals of the noise converge on the same paths", "[common_noise]")
{
  constexpr unsigned int    n_paths = 200;
  const std::vector<double> finest  = risks(1. / 128., n_paths);
  std::vector<double>       strong, weak, error_of_weak;
  for (const double interval : {.5, .25, .125, .0625})
    {
      std::vector<double> difference = risks(interval, n_paths), square;
      for (unsigned int i = 0; i < n_paths; ++i)
        {
          difference[i] -= finest[i];
          square.push_back(difference[i] * difference[i]);
        }
      strong.push_back(std::sqrt(mean(square)));
      weak.push_back(mean(difference));
      error_of_weak.push_back(standard_error(difference));
      WARN("interval " << interval << ": strong " << strong.back() << ", weak " << weak.back() << " +- "
                       << error_of_weak.back());
    }
}
