#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
/// A learning problem made of K samples (x_k, y_k) of equal weight and normally distributed initial neurons: everything about
/// it is a short sum, written with scalar functions alone.
class DataSetProblem : public LearningProblem
{
public:
  DataSetProblem(ParticleNeuron::Type type, unsigned int d, unsigned int n_samples,
                 Activation::Kind kind = Activation::Kind::erf, double initial_deviation = 1.)
    : neuron{type, d, 0.7}
    , deviation(initial_deviation)
  {
    sigma = std::make_unique<Activation>(kind);
    node_weights.assign(n_samples, 1. / n_samples);
    CounterRandom random(7, RandomPurpose::check_points);
    for (unsigned int k = 0; k < n_samples; ++k)
      {
        double y = 0.;
        for (unsigned int i = 0; i < d; ++i)
          {
            inputs.push_back(random.normal());
            y += (i % 2 == 0 ? 0.5 : -0.25) * inputs.back();
          }
        node_targets.push_back(y + 0.3 * random.normal());
      }
  }

  unsigned int             n_parameters() const override { return neuron.n_parameters(); }
  std::vector<std::string> parameter_names() const override
  {
    std::vector<std::string> names;
    for (unsigned int i = 0; i < n_parameters(); ++i)
      names.push_back("theta" + std::to_string(i));
    return names;
  }
  bool has_outer_weight() const override
  {
    return neuron.type == ParticleNeuron::Type::weighted_ridge || neuron.type == ParticleNeuron::Type::biased_ridge;
  }

  /// σ*(x; θ) and, unless null, its gradient.
  double value(const double *x, const double *theta, double *gradient) const
  {
    const unsigned int d        = neuron.input_dimension;
    const bool         weighted = has_outer_weight();
    const bool         biased   = (neuron.type == ParticleNeuron::Type::biased_ridge);
    const double      *w        = theta + (weighted ? 1 : 0);
    if (neuron.type == ParticleNeuron::Type::bump)
      {
        double square = 0.;
        for (unsigned int i = 0; i < d; ++i)
          square += (x[i] - w[i]) * (x[i] - w[i]);
        const double r = std::sqrt(square);
        for (unsigned int i = 0; gradient != nullptr && i < d; ++i)
          gradient[i] = sigma->derivative(r / neuron.bump_width) * (w[i] - x[i]) / (r * neuron.bump_width);
        return sigma->value(r / neuron.bump_width);
      }
    double z = (biased ? w[d] : 0.);
    for (unsigned int i = 0; i < d; ++i)
      z += w[i] * x[i];
    const bool   linear = (neuron.type == ParticleNeuron::Type::linear);
    const double s      = (linear ? z : sigma->value(z));
    const double slope  = (linear ? 1. : sigma->derivative(z));
    const double a      = (weighted ? theta[0] : 1.);
    if (gradient != nullptr)
      {
        if (weighted)
          *gradient++ = s;
        for (unsigned int i = 0; i < d; ++i)
          gradient[i] = a * slope * x[i];
        if (biased)
          gradient[d] = a * slope;
      }
    return a * s;
  }

  void features(unsigned int n, const double *omega, double *values, double *gradients) const override
  {
    const unsigned int  K = n_nodes(), n_omega = n_feature_parameters(), D = n_parameters();
    std::vector<double> theta(D, 1.), gradient(D);
    for (unsigned int j = 0; j < n; ++j)
      {
        std::copy_n(omega + j * n_omega, n_omega, theta.data() + (D - n_omega));
        for (unsigned int k = 0; k < K; ++k)
          {
            values[j * K + k] = value(inputs.data() + k * neuron.input_dimension, theta.data(), gradient.data());
            for (unsigned int i = 0; gradients != nullptr && i < n_omega; ++i)
              gradients[(j * n_omega + i) * K + k] = gradient[D - n_omega + i];
          }
      }
  }

  double self_kernel(const double *theta) const override
  {
    double sum = 0.;
    for (unsigned int k = 0; k < n_nodes(); ++k)
      {
        const double s = value(inputs.data() + k * neuron.input_dimension, theta, nullptr);
        sum += node_weights[k] * s * s;
      }
    return sum;
  }

  ParticleNeuron particle_neuron() const override { return neuron; }

  void sample(CounterRandom &random, double *x, double &y) const override { data_set_sample(random.integer(n_nodes()), x, y); }
  std::uint64_t data_set_size() const override { return n_nodes(); }
  void          data_set_sample(std::uint64_t index, double *x, double &y) const override
  {
    std::copy_n(inputs.data() + index * neuron.input_dimension, neuron.input_dimension, x);
    y = node_targets[index];
  }

  void sample_particle(CounterRandom &random, double *parameters) const override
  {
    for (unsigned int i = 0; i < n_parameters(); ++i)
      parameters[i] = deviation * random.normal();
  }
  void reduce(const double *parameters, double *theta) const override { std::copy_n(parameters, n_parameters(), theta); }

  double network(const double *x, const std::vector<double> &theta) const
  {
    const std::size_t M   = theta.size() / n_parameters();
    double            sum = 0.;
    for (std::size_t j = 0; j < M; ++j)
      sum += value(x, theta.data() + j * n_parameters(), nullptr);
    return sum / static_cast<double>(M);
  }

  double particle_risk(const double *parameters, std::uint64_t n_particles, MPI_Comm = MPI_COMM_SELF) const override
  {
    const std::vector<double> theta(parameters, parameters + n_particles * n_parameters());
    double                    sum = 0.;
    for (unsigned int k = 0; k < n_nodes(); ++k)
      sum += .5 * node_weights[k] * std::pow(node_targets[k] - network(inputs.data() + k * neuron.input_dimension, theta), 2);
    return sum;
  }
  std::string particle_risk_method() const override { return "all samples"; }

  ParticleNeuron      neuron;
  double              deviation;
  std::vector<double> inputs; ///< [K][d]
};
} // namespace rhoflow
