#include <catch2/catch.hpp>

#include "setup.h"

// Neuron θx, y = bx + ε, x ~ N(0, 1), ε ~ N(0, s²), e = m − b: with batches of one
//   E e = e_0 e^{−μt},   d/dt E e² = (−2μ + 2α) E e² + α s²,   μ = 1 (stochastic mean-field equation), 1 + α/2 (modified flow).
// Gauss's rule over the increments gives the expectations of a step without sampling.

using namespace rhoflow;

namespace
{
constexpr double b = 1.;

std::unique_ptr<LearningProblem> linear_problem(double label_noise)
{
  // Three nodes know E x⁴, which the noise needs.
  return make_problem({{"Learning problem/Neuron", "linear"},
                       {"Data/Quadrature nodes", "3"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "x"},
                       {"Target/Noise deviation", std::to_string(label_noise)},
                       {"Initial law/Law", "point(0)"}});
}

struct Moments
{
  double first, second;
};

/// E e and E e² after one step from e.
Moments step_from(const LearningProblem &problem, const CommonNoiseParameters &noise, double e)
{
  const bool       labels = problem.noise_variance() > 0.;
  const NormalRule of_samples(3, 5), of_labels(3, 2); // e is linear in the label noise
  Moments          result{0., 0.};
  const double     deviation = std::sqrt(noise.interval);
  for (std::size_t i = 0; i < of_samples.weights.size(); ++i)
    for (std::size_t j = 0; j < (labels ? of_labels.weights.size() : 1); ++j)
      {
        NoiseIncrement increment;
        for (unsigned int l = 0; l < 3; ++l)
          {
            increment.samples.push_back(deviation * of_samples.points[3 * i + l]);
            if (labels)
              increment.labels.push_back(deviation * of_labels.points[3 * j + l]);
          }
        increment.samples = project_on_data(increment.samples, problem.weights());
        OnePath path(problem, noise, {{b + e}, {1.}, {}}, 0., 1e-12);
        path.step(increment);
        const double after = path.state.points[0] - b, weight = of_samples.weights[i] * (labels ? of_labels.weights[j] : 1.);
        result.first += weight * after;
        result.second += weight * after * after;
      }
  return result;
}

/// The same at time 1 from −1.1. Both moments close: after a step they are affine functions of those before.
Moments at_time_one(double label_noise, Equation equation, double alpha, double interval)
{
  const auto                  problem = linear_problem(label_noise);
  const CommonNoiseParameters noise   = noise_of(equation, alpha, 1, interval);
  const double                e0      = -1.1;
  const Moments               zero = step_from(*problem, noise, 0.), one = step_from(*problem, noise, e0);
  Moments                     m{e0, e0 * e0};
  for (double t = 0.; t < 1. - .5 * interval; t += interval)
    {
      m.first  = zero.first + (one.first - zero.first) * m.first / e0;
      m.second = zero.second + (one.second - zero.second) * m.second / (e0 * e0);
    }
  return m;
}

struct Case
{
  double   alpha;
  Equation equation;
  double   first, second; ///< closed forms for s = 0.5, t = 1
};
} // namespace

TEST_CASE("the moments of a linear neuron are exact where the drift and the noise commute", "[common_noise]")
{
  const double   alpha = .05, interval = GENERATE(1., .25);
  const Equation equation = GENERATE(Equation::stochastic_mean_field, Equation::modified_flow);
  const double   mu       = equation == Equation::modified_flow ? 1. + alpha / 2. : 1.;
  const Moments  m        = at_time_one(0., equation, alpha, interval);
  CAPTURE(interval, mu);
  CHECK(std::abs(m.first - -1.1 * std::exp(-mu)) < 1e-8);
  CHECK(std::abs(m.second - 1.21 * std::exp(-2. * mu + 2. * alpha)) < 1e-8);
}

TEST_CASE("the moments of a linear neuron with label noise tend to the closed forms", "[common_noise]")
{
  const Case c = GENERATE(Case{.05, Equation::stochastic_mean_field, -.40466738528859, .18657297255398},
                          Case{.05, Equation::modified_flow, -.39467611194655, .17764986975054},
                          Case{.025, Equation::stochastic_mean_field, -.40466738528859, .17490074818511},
                          Case{.025, Equation::modified_flow, -.39964052629491, .17062662669928});
  CAPTURE(c.alpha, c.equation == Equation::modified_flow);
  std::vector<double> second;
  for (const double interval : {.25, .125, .0625, .03125})
    {
      const Moments m = at_time_one(.5, c.equation, c.alpha, interval);
      CHECK(std::abs(m.first - c.first) < 1e-8);
      second.push_back(m.second);
    }
  INFO("errors " << second[0] - c.second << ' ' << second[1] - c.second << ' ' << second[2] - c.second << ' '
                 << second[3] - c.second << ", extrapolated " << extrapolated(second) - c.second);
  CHECK(std::abs(extrapolated(second) - c.second) < 1e-8);
  // The additive and the multiplicative noise do not commute: α² Δt and α Δt².
  CHECK(std::abs(second[0] - c.second) < c.alpha * (.25 * .25 + .25 * c.alpha));
}
