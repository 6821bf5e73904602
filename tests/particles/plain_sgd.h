#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/particles/network.h>
#include <solvers/particles/sgd/sample_source.h>

#include "data_set_problem.h"

namespace rhoflow
{
/// Steps of 1/8.
inline ParticleParameters small_sgd(std::uint64_t n_neurons, unsigned int batch_size)
{
  ParticleParameters parameters;
  parameters.n_neurons  = n_neurons;
  parameters.step_size  = 0.125;
  parameters.batch_size = batch_size;
  return parameters;
}

inline double largest_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  REQUIRE(a.size() == b.size());
  double difference = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = std::max(difference, std::abs(a[i] - b[i]));
  return difference;
}

/// SGD as its definition reads: one neuron and one number after the other, with seed 3 and replica 1. `schedule` is ξ(t) of
/// steps that are shortened to end at `end`; without it there are `n_steps` steps of the same length.
inline std::vector<double> plain_sgd(const DataSetProblem &problem, const ParticleParameters &parameters, double weight_decay,
                                     unsigned int n_steps, const std::function<double(double)> &schedule = {}, double end = 0.)
{
  const unsigned int  n = problem.n_parameters();
  SampleSource        source(problem, parameters.method, parameters.sampling, parameters.batch_size, 3, 1);
  std::vector<double> theta = initial_neurons(problem, parameters.n_neurons, 3, 1), x(problem.neuron.input_dimension),
                      gradient(n);
  const double alpha =
    (parameters.scaling == ParticleParameters::Scaling::lazy ? std::sqrt(static_cast<double>(parameters.n_neurons)) : 1.);
  const auto moves = [&](unsigned int i) {
    return parameters.layers == TrainedLayers::both || (parameters.layers == TrainedLayers::outer) == (i == 0);
  };
  double time = 0.;
  for (unsigned int step = 0; schedule ? time < end : step < n_steps; ++step)
    {
      double eta = parameters.step_size;
      if (schedule)
        {
          eta = std::min(eta * schedule(time), end - time);
          time += eta;
        }
      std::vector<double> next = theta;
      for (std::size_t k = 0; k < next.size(); ++k)
        if (moves(k % n))
          next[k] *= 1. - eta * weight_decay;
      for (unsigned int b = 0; b < parameters.batch_size; ++b)
        {
          double y;
          source.draw(step, b, x.data(), y);
          const double residual = y - alpha * problem.network(x.data(), theta);
          for (std::uint64_t j = 0; j < parameters.n_neurons; ++j)
            {
              problem.value(x.data(), theta.data() + j * n, gradient.data());
              for (unsigned int i = 0; i < n; ++i)
                if (moves(i))
                  next[j * n + i] += eta / (alpha * parameters.batch_size) * residual * gradient[i];
            }
        }
      const double variance = 2. * eta / parameters.inverse_temperature;
      for (std::uint64_t j = 0; j < parameters.n_neurons && variance > 0.; ++j)
        for (unsigned int part = 0; part < parameters.noise_parts; ++part)
          {
            CounterRandom random(3, RandomPurpose::langevin_noise, 1, step * parameters.noise_parts + part, j);
            for (unsigned int i = 0; i < n; ++i)
              {
                const double g = random.normal();
                if (moves(i))
                  next[j * n + i] += std::sqrt(variance / parameters.noise_parts) * g;
              }
          }
      theta = next;
    }
  return theta;
}
} // namespace rhoflow
