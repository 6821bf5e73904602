#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
/// The linear neuron θ·x with y = b·x, x ~ N(0, I_d), θ ~ N(μ, v I_d): R(ρ) = ½ |m − b|² with m the mean of ρ. The d data nodes
/// x_k = √d e_k of weight 1/d give the same risk.
class LinearProblem : public LearningProblem
{
public:
  LinearProblem(std::vector<double> target_vector, std::vector<double> initial_mean, double initial_deviation)
    : b(std::move(target_vector))
    , mu(std::move(initial_mean))
    , deviation(initial_deviation)
    , d(static_cast<unsigned int>(b.size()))
  {
    node_weights.assign(d, 1. / d);
    for (const double value : b)
      node_targets.push_back(std::sqrt(d) * value);
  }

  unsigned int             n_parameters() const override { return d; }
  std::vector<std::string> parameter_names() const override
  {
    const std::vector<std::string> names{"u", "v", "w"};
    return {names.begin(), names.begin() + d};
  }
  bool has_outer_weight() const override { return false; }
  void features(unsigned int n, const double *omega, double *values, double *gradients) const override
  {
    for (unsigned int j = 0; j < n; ++j)
      for (unsigned int k = 0; k < d; ++k)
        {
          values[j * d + k] = std::sqrt(d) * omega[j * d + k];
          for (unsigned int i = 0; gradients != nullptr && i < d; ++i)
            gradients[(j * d + i) * d + k] = (i == k ? std::sqrt(d) : 0.);
        }
  }
  double self_kernel(const double *theta) const override
  {
    double sum = 0.;
    for (unsigned int i = 0; i < d; ++i)
      sum += theta[i] * theta[i];
    return sum;
  }
  ParticleNeuron particle_neuron() const override { return {ParticleNeuron::Type::linear, d, 1.}; }
  void           sample(CounterRandom &random, double *x, double &y) const override
  {
    y = 0.;
    for (unsigned int i = 0; i < d; ++i)
      {
        x[i] = random.normal();
        y += b[i] * x[i];
      }
  }
  void sample_particle(CounterRandom &random, double *theta) const override
  {
    for (unsigned int i = 0; i < d; ++i)
      theta[i] = mu[i] + deviation * random.normal();
  }
  void   reduce(const double *parameters, double *theta) const override { std::copy_n(parameters, d, theta); }
  double particle_risk(const double *parameters, std::uint64_t n_particles, MPI_Comm = MPI_COMM_SELF) const override
  {
    double risk = 0.;
    for (unsigned int i = 0; i < d; ++i)
      {
        double sum = 0.;
        for (std::uint64_t j = 0; j < n_particles; ++j)
          sum += parameters[j * d + i];
        risk += .5 * std::pow(sum / static_cast<double>(n_particles) - b[i], 2);
      }
    return risk;
  }
  std::string particle_risk_method() const override { return "closed form"; }

  std::vector<double> b, mu;
  double              deviation;
  unsigned int        d;
};
} // namespace rhoflow
