#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <solvers/characteristics/noisy_points.h>
#include <solvers/characteristics/noisy_step.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/common_noise/sgd_field.h>
#include <solvers/model/learning_problem.h>

#include "../model/make_problem.h"

using Equation = rhoflow::CommonNoiseParameters::Equation;

/// Four data with equal weights, x = (−1.2, −0.5, 0.6, 1), y = (−0.4, 0.5, 0.6, −0.3), and neurons tanh(w x).
inline Settings four_data()
{
  return {{"Learning problem/Neuron", "ridge"},
          {"Learning problem/Activation", "tanh"},
          {"Data/Law", "discrete"},
          {"Data/Points", "-1.2 | -0.5 | 0.6 | 1"},
          {"Target/Type", "expression"},
          {"Target/Expression", "if(x < -1, -0.4, if(x < 0, 0.5, if(x < 0.8, 0.6, -0.3)))"},
          {"Initial law/Law", "normal(0.6, 0.5)"}};
}

inline rhoflow::CommonNoiseParameters noise_of(Equation equation, double step_size, unsigned int batch_size = 1,
                                               double interval = 0.25)
{
  rhoflow::CommonNoiseParameters noise;
  noise.equation   = equation;
  noise.step_size  = step_size;
  noise.batch_size = batch_size;
  noise.interval   = interval;
  return noise;
}

/// The Gauss points of the initial law.
inline rhoflow::Measure initial_points(const rhoflow::LearningProblem &problem, unsigned int n)
{
  rhoflow::Measure law;
  problem.initial_law().quadrature(n, law.points, law.weights);
  return law;
}

/// Points on one path, on one rank.
struct OnePath
{
  OnePath(const rhoflow::LearningProblem &learning_problem, const rhoflow::CommonNoiseParameters &noise,
          rhoflow::Measure initial, double weight_decay = 0., double tolerance = 1e-11)
    : problem(learning_problem)
    , field(noise, learning_problem, weight_decay)
    , law(std::move(initial))
    , points(learning_problem, field, law, MPI_COMM_SELF)
    , stepper(points, tolerance)
    , state{law.points}
    , interval(noise.interval)
  {}

  void step(const rhoflow::NoiseIncrement &increment) { stepper.step(state, interval, increment, 0.); }

  double risk()
  {
    double sum = problem.noise_variance();
    for (std::size_t l = 0; l < problem.n_nodes(); ++l)
      sum += problem.weights()[l] * std::pow(field.residuals(points.prediction(state.points))[l], 2);
    return .5 * sum;
  }

  const rhoflow::LearningProblem &problem;
  rhoflow::SgdField               field;
  rhoflow::Measure                law;
  rhoflow::NoisyPoints            points;
  rhoflow::NoisyStep              stepper;
  rhoflow::NoisyState             state;
  double                          interval;
};

/// The limit of values with intervals h, h/2, h/4, ..., whose errors are a h + b h² + ...: Romberg's extrapolation.
inline double extrapolated(std::vector<double> values)
{
  for (double factor = 2.; values.size() > 1; factor *= 2.)
    {
      for (std::size_t i = 0; i + 1 < values.size(); ++i)
        values[i] = (factor * values[i + 1] - values[i]) / (factor - 1.);
      values.pop_back();
    }
  return values[0];
}

/// Gauss's rule for independent standard normal numbers: `points` [n][dimension].
struct NormalRule
{
  NormalRule(unsigned int dimension, unsigned int n_per_coordinate)
  {
    std::string              law;
    std::vector<std::string> names;
    for (unsigned int d = 0; d < dimension; ++d)
      {
        law += d == 0 ? "normal(0, 1)" : ", normal(0, 1)";
        names.push_back("x" + std::to_string(d));
      }
    rhoflow::make_initial_law(law, names, {}, {})->quadrature(n_per_coordinate, points, weights);
  }

  std::vector<double> points, weights;
};
