#include <catch2/catch.hpp>

#include <solvers/base/numerics/lagrange.h>

#include "setup.h"

using namespace rhoflow;

namespace
{
/// E R at time 2 for the single neuron tanh(θx) from θ = 0.9 with four data, without sampling: u ↦ E u(θ after a step), with
/// Gauss's rule over the increments, on the polynomials through Chebyshev points of an interval whose ends θ does not come
/// near.
double expected_risk(Equation equation, double alpha, double interval)
{
  const auto                  problem = make_problem(four_data());
  const CommonNoiseParameters noise   = noise_of(equation, alpha, 1, interval);
  constexpr unsigned int      n       = 60;
  constexpr double            lower = -1.2, upper = 3.;
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

/// `reference`: without sampling and without time steps, from another program.
void check(Equation equation, double alpha, double reference)
{
  CAPTURE(alpha, equation == Equation::modified_flow);
  std::vector<double> risks;
  for (const double interval : {.5, .25, .125, .0625})
    risks.push_back(expected_risk(equation, alpha, interval));
  INFO("errors " << risks[0] - reference << ' ' << risks[1] - reference << ' ' << risks[2] - reference << ' '
                 << risks[3] - reference << ", extrapolated " << extrapolated(risks) - reference);
  CHECK(std::abs(extrapolated(risks) - reference) < 1e-8);
  for (unsigned int i = 0; i < 3; ++i)
    CHECK(std::abs(risks[i + 1] - reference) < .5 * std::abs(risks[i] - reference));
}
} // namespace

TEST_CASE("the expected risk of one neuron is that of the equations", "[common_noise]")
{
  check(Equation::stochastic_mean_field, .05, .140084676409);
  check(Equation::modified_flow, .05, .139868968756);
}

TEST_CASE("the expected risk of one neuron is that of the equations with a larger step", "[common_noise][slow]")
{
  check(Equation::stochastic_mean_field, .1, .141470850891);
  check(Equation::modified_flow, .1, .141073765352);
}
