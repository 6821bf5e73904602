#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

#include <solvers/spread/spread_prediction.h>

#include "cases.h"

using namespace rhoflow;

namespace
{
/// The adjoint by brute force, from forward runs alone: fixed steps of the classical Runge-Kutta method, features and their
/// gradients as the problem gives them, and differences of the risk at the end when something was moved before.
class BruteForce
{
public:
  BruteForce(const LearningProblem &learning_problem, const double weight_decay, Measure start)
    : problem(learning_problem)
    , lambda(weight_decay)
    , law(std::move(start))
    , D(problem.n_parameters())
    , first(D - problem.n_feature_parameters())
  {}

  RiskVariance at(const double end) const
  {
    RiskVariance result;
    result.time         = end;
    const std::size_t n = law.weights.size(), K = problem.n_nodes();
    // The derivative of the risk by the mass at a point.
    double mean = 0., square = 0.;
    for (std::size_t i = 0; i < n; ++i)
      {
        const auto risk_with = [&](const double mass) {
          std::vector<double> weights = law.weights;
          for (double &weight : weights)
            weight *= 1. - mass;
          weights[i] += mass;
          return risk(move(law.points, weights, end), weights);
        };
        const double phi = difference(risk_with);
        mean += law.weights[i] * phi;
        square += law.weights[i] * phi * phi;
      }
    result.of_initial = square - mean * mean;

    // Gauss-Legendre in s; a sample at s moves every point by −ε r ∇σ, and label noise by ε ∇σ.
    constexpr double       nodes[] = {-.77459666924148338, 0., .77459666924148338}, weights[] = {5. / 9., 8. / 9., 5. / 9.};
    constexpr unsigned int parts = 4;
    for (unsigned int part = 0; part < parts; ++part)
      for (unsigned int node = 0; node < 3; ++node)
        {
          const double              s      = end / parts * (part + .5 + .5 * nodes[node]);
          const std::vector<double> points = move(law.points, law.weights, s), r = residuals(points, law.weights);
          double                    sum = 0., total = 0.;
          for (std::size_t k = 0; k < K; ++k)
            {
              const double a = difference([&](const double epsilon) {
                std::vector<double> moved = points;
                for (std::size_t i = 0; i < n; ++i)
                  {
                    const std::vector<double> slope = gradients(&points[i * D]);
                    for (unsigned int d = 0; d < D; ++d)
                      moved[i * D + d] += epsilon * slope[d * K + k];
                  }
                return risk(move(moved, law.weights, end - s), law.weights);
              });
              const double p = problem.weights()[k];
              sum += p * (r[k] * r[k] + problem.noise_variance()) * a * a;
              total += p * r[k] * a;
            }
          result.of_data += .5 * end / parts * weights[node] * (sum - total * total);
        }
    return result;
  }

private:
  static double difference(const std::function<double(double)> &f)
  {
    constexpr double h = 1e-3;
    return (8. * (f(h) - f(-h)) - (f(2. * h) - f(-2. * h))) / (12. * h);
  }

  /// ∇σ_k(θ), [D][K]; in front of them, with `values`, σ_k.
  std::vector<double> gradients(const double *theta, std::vector<double> *values = nullptr) const
  {
    const std::size_t   K = problem.n_nodes();
    std::vector<double> g(K), dg(D * K);
    problem.features(1, theta + first, g.data(), &dg[first * K]);
    const double a = first == 1 ? theta[0] : 1.;
    for (std::size_t k = 0; k < K; ++k)
      {
        for (unsigned int d = first; d < D; ++d)
          dg[d * K + k] *= a;
        if (first == 1)
          dg[k] = g[k];
        g[k] *= a;
      }
    if (values != nullptr)
      *values = g;
    return dg;
  }

  std::vector<double> residuals(const std::vector<double> &points, const std::vector<double> &weights) const
  {
    std::vector<double> r = problem.targets(), g;
    for (double &value : r)
      value = -value;
    for (std::size_t i = 0; i < weights.size(); ++i)
      {
        gradients(&points[i * D], &g);
        for (std::size_t k = 0; k < g.size(); ++k)
          r[k] += weights[i] * g[k];
      }
    return r;
  }

  double risk(const std::vector<double> &points, const std::vector<double> &weights) const
  {
    double                    sum = 0.;
    const std::vector<double> r   = residuals(points, weights);
    for (std::size_t k = 0; k < r.size(); ++k)
      sum += .5 * problem.weights()[k] * r[k] * r[k];
    return sum;
  }

  std::vector<double> velocity(const std::vector<double> &points, const std::vector<double> &weights) const
  {
    const std::vector<double> r = residuals(points, weights);
    std::vector<double>       v(points.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
      {
        const std::vector<double> slope = gradients(&points[i * D]);
        for (unsigned int d = 0; d < D; ++d)
          {
            v[i * D + d] = -lambda * points[i * D + d];
            for (std::size_t k = 0; k < r.size(); ++k)
              v[i * D + d] -= problem.weights()[k] * r[k] * slope[d * r.size() + k];
          }
      }
    return v;
  }

  std::vector<double> move(std::vector<double> points, const std::vector<double> &weights, const double time) const
  {
    const auto   n    = static_cast<unsigned int>(std::ceil(time / .05));
    const double h    = n > 0 ? time / n : 0.;
    const auto   plus = [](std::vector<double> x, const double factor, const std::vector<double> &y) {
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] += factor * y[i];
      return x;
    };
    for (unsigned int step = 0; step < n; ++step)
      {
        const auto k1 = velocity(points, weights), k2 = velocity(plus(points, .5 * h, k1), weights),
                   k3 = velocity(plus(points, .5 * h, k2), weights), k4 = velocity(plus(points, h, k3), weights);
        points = plus(plus(plus(plus(points, h / 6., k1), h / 3., k2), h / 3., k3), h / 6., k4);
      }
    return points;
  }

  const LearningProblem &problem;
  double                 lambda;
  Measure                law;
  unsigned int           D, first;
};

struct Example
{
  std::string         name;
  Settings            settings;
  std::vector<double> points;               ///< as many as there are weights
  std::string         law = "normal(0, 1)"; ///< of the problem, not used
};

const std::vector<Example> &examples()
{
  static const std::vector<Example> list = {
    {"ridge",
     four_points + Settings{{"Learning problem/Neuron", "ridge"}, {"Learning problem/Activation", "tanh"}},
     {-.3, .4, .9, 1.6}},
    {"weighted ridge, label noise",
     four_points + Settings{{"Learning problem/Neuron", "weighted ridge"},
                            {"Learning problem/Activation", "sigmoid"},
                            {"Target/Noise deviation", "0.4"}},
     {.7, -.3, -.5, .8, 1.2, 1.5},
     "normal(0, 1), normal(0, 1)"},
    {"biased ridge",
     four_points + Settings{{"Learning problem/Neuron", "biased ridge"}, {"Learning problem/Activation", "erf"}},
     {.7, -.3, .2, -.5, .8, -.4, 1.2, 1.5, .3},
     "normal(0, 1), normal(0, 1), normal(0, 1)"},
    {"softplus",
     four_points + Settings{{"Learning problem/Neuron", "ridge"}, {"Learning problem/Activation", "softplus"}},
     {-.3, .4, .9, 1.6}},
    {"bumps",
     four_points + Settings{{"Learning problem/Neuron", "bump"},
                            {"Learning problem/Activation", "cosine"},
                            {"Learning problem/Bump width", "0.8"}},
     {-.3, .41, .9, 1.63}},
    {"single neuron",
     {{"Learning problem/Neuron", "single neuron"},
      {"Learning problem/Input dimension", "6"},
      {"Data/Quadrature nodes", "6"},
      {"Data/Radial nodes", "2"},
      {"Target/Noise deviation", "0.3"}},
     {.7, -.4, .9, -1.2, .5, .6, .3, 1.1, .2},
     "normal(0, 1), gaussian_neurons(1)"},
    {"isotropic",
     {{"Learning problem/Neuron", "isotropic"},
      {"Learning problem/Input dimension", "40"},
      {"Data/Quadrature nodes", "4"},
      {"Learning problem/Activation", "piecewise linear"},
      {"Learning problem/Activation nodes", "0.5:-2.5, 1.5:7.5"}},
     {.7, .9, 1.1},
     "gaussian_neurons(1)"},
    {"isotropic, smooth",
     {{"Learning problem/Neuron", "isotropic"},
      {"Learning problem/Input dimension", "10"},
      {"Data/Quadrature nodes", "4"},
      {"Learning problem/Activation", "softplus"}},
     {.7, .9, 1.1},
     "gaussian_neurons(1)"}};
  return list;
}
} // namespace

TEST_CASE("the adjoint is that of finite differences for all neurons", "[spread]")
{
  const auto      &example = examples()[GENERATE(range(0, 8))];
  const double     lambda  = GENERATE(0., .2);
  const SpreadCase c(example.settings + Settings{{"Initial law/Law", example.law}}, lambda);
  Measure          law;
  law.points          = example.points;
  const std::size_t n = law.points.size() / c.problem->n_parameters();
  for (std::size_t i = 0; i < n; ++i)
    law.weights.push_back((i + 1.) / (.5 * static_cast<double>(n * (n + 1))));
  const double           end      = 1.5;
  const RiskVariance     expected = BruteForce(*c.problem, lambda, law).at(end);
  const SpreadPrediction prediction(*c.field, law, {0., .6, end}, {1e-10, false}, MPI_COMM_SELF);
  const RiskVariance    &found = prediction.at(end);
  CAPTURE(example.name, lambda);
  CHECK(found.of_data == Approx(expected.of_data).epsilon(1e-5));
  CHECK(found.of_initial == Approx(expected.of_initial).epsilon(1e-5));
  CHECK(prediction.at(0.).of_data == 0.);
}
