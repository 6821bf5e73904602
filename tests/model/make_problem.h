#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/model/learning_problem.h>

#include <tests/support/run.h>

/// The learning problem of some parameters, {"Section/Name", "value"}, all others at their defaults.
inline std::unique_ptr<rhoflow::LearningProblem> make_problem(const Settings &settings, const std::vector<double> &lower = {},
                                                              const std::vector<double> &upper = {}, std::uint64_t seed = 1)
{
  return rhoflow::make_learning_problem(*make_parameters(settings), lower, upper, seed);
}

/// f_k of a law given by its quadrature.
inline std::vector<double> prediction(const rhoflow::LearningProblem &problem, const std::vector<double> &theta,
                                      const std::vector<double> &weights)
{
  const unsigned int  D = problem.n_parameters(), K = problem.n_nodes(), offset = problem.has_outer_weight() ? 1 : 0;
  std::vector<double> f(K, 0.), g(K);
  for (std::size_t i = 0; i < weights.size(); ++i)
    {
      problem.features(1, &theta[i * D + offset], g.data(), nullptr);
      for (unsigned int k = 0; k < K; ++k)
        f[k] += weights[i] * (offset == 1 ? theta[i * D] : 1.) * g[k];
    }
  return f;
}

/// R of a law given by its quadrature, by definition.
inline double risk(const rhoflow::LearningProblem &problem, const std::vector<double> &theta,
                   const std::vector<double> &weights)
{
  const std::vector<double> f   = prediction(problem, theta, weights);
  double                    sum = problem.noise_variance();
  for (unsigned int k = 0; k < problem.n_nodes(); ++k)
    sum += problem.weights()[k] * (problem.targets()[k] - f[k]) * (problem.targets()[k] - f[k]);
  return 0.5 * sum;
}

/// R(ρ_0).
inline double initial_risk(const rhoflow::LearningProblem &problem, unsigned int n_per_factor)
{
  std::vector<double> theta, weights;
  problem.initial_law().quadrature(n_per_factor, theta, weights);
  return risk(problem, theta, weights);
}

/// The largest difference between the gradients of the features at ω and central differences of step h.
inline double gradient_error(const rhoflow::LearningProblem &problem, const std::vector<double> &omega, double h)
{
  const unsigned int  n = problem.n_feature_parameters(), K = problem.n_nodes();
  std::vector<double> g(K), gradients(n * K), plus(K), minus(K);
  problem.features(1, omega.data(), g.data(), gradients.data());
  double worst = 0.;
  for (unsigned int c = 0; c < n; ++c)
    {
      std::vector<double> shifted = omega;
      shifted[c]                  = omega[c] + h;
      problem.features(1, shifted.data(), plus.data(), nullptr);
      shifted[c] = omega[c] - h;
      problem.features(1, shifted.data(), minus.data(), nullptr);
      for (unsigned int k = 0; k < K; ++k)
        worst = std::max(worst, std::abs(gradients[c * K + k] - (plus[k] - minus[k]) / (2. * h)));
    }
  return worst;
}
