#include <catch2/catch.hpp>

#include <solvers/base/numerics/lagrange.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
/// E R at time 2 for the single neuron tanh(θx) from θ = 0.9 with four data, without sampling: u ↦ E u(θ after a step) on the
/// polynomials through Chebyshev points, with Gauss's rule over the increments.
double expected_risk(Equation equation, double alpha, double interval)
{
  const auto                  problem = make_problem(four_data());
  const CommonNoiseParameters noise   = noise_of(equation, alpha, 1, interval);
  constexpr unsigned int      n       = 30;
  constexpr double            lower = -.6, upper = 2.4;
  double                      nodes[n];
  for (unsigned int i = 0; i < n; ++i)
    nodes[i] = .5 * (lower + upper) + .5 * (upper - lower) * std::cos(M_PI * (i + .5) / n);

  // The complement of √p = (1, 1, 1, 1)/2.
  const double        basis[3][4] = {{.5, .5, -.5, -.5}, {.5, -.5, .5, -.5}, {.5, -.5, -.5, .5}};
  const NormalRule    rule(3, 5);
  std::vector<double> transition(n * n, 0.), u(n), next(n);
  for (unsigned int i = 0; i < n; ++i)
    {
      u[i] = OnePath(*problem, noise, {{nodes[i]}, {1.}, {}}).risk();
      for (std::size_t q = 0; q < rule.weights.size(); ++q)
        {
          NoiseIncrement increment;
          increment.samples.assign(4, 0.);
          for (unsigned int l = 0; l < 4; ++l)
            for (unsigned int c = 0; c < 3; ++c)
              increment.samples[l] += std::sqrt(interval) * basis[c][l] * rule.points[3 * q + c];
          OnePath path(*problem, noise, {{nodes[i]}, {1.}, {}});
          path.step(increment);
          for (unsigned int j = 0; j < n; ++j)
            transition[i * n + j] += rule.weights[q] * lagrange_value(n, nodes, j, path.state.points[0]);
        }
    }
  for (double t = 0.; t < 2. - .5 * interval; t += interval)
    {
      std::fill(next.begin(), next.end(), 0.);
      for (unsigned int i = 0; i < n; ++i)
        for (unsigned int j = 0; j < n; ++j)
          next[i] += transition[i * n + j] * u[j];
      u.swap(next);
    }
  double result = 0.;
  for (unsigned int j = 0; j < n; ++j)
    result += lagrange_value(n, nodes, j, .9) * u[j];
  return result;
}

struct Case
{
  double   alpha;
  Equation equation;
  double   risk; ///< without sampling and without time steps, from another program
};
} // namespace

TEST_CASE("the expected risk of one neuron is that of the equation, to the order of the splitting", "[common_noise]")
{
  const Case c = GENERATE(
    Case{.1, Equation::stochastic_mean_field, .141470850891}, Case{.1, Equation::modified_flow, .141073765352},
    Case{.05, Equation::stochastic_mean_field, .140084676409}, Case{.05, Equation::modified_flow, .139868968756});
  CAPTURE(c.alpha, c.equation == Equation::modified_flow);
  std::vector<double> risks;
  for (const double interval : {.5, .25, .125})
    risks.push_back(expected_risk(c.equation, c.alpha, interval));
  // The error is a Δt + b Δt² + ...: both are extrapolated.
  const double one = 2. * risks[1] - risks[0], two = 2. * risks[2] - risks[1], limit = (4. * two - one) / 3.;
  INFO("errors " << risks[0] - c.risk << ' ' << risks[1] - c.risk << ' ' << risks[2] - c.risk << ' ' << limit - c.risk);
  CHECK(std::abs(limit - c.risk) < 1e-7);
  CHECK(std::abs(risks[2] - c.risk) < std::abs(risks[1] - c.risk));
  CHECK(std::abs(risks[1] - c.risk) < std::abs(risks[0] - c.risk));
}
