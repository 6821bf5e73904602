#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <tests/support/run.h>

/// A learning problem with its mean field on a box.
struct Problem
{
  std::string                               name;
  Settings                                  settings;
  std::vector<double>                       lower, upper; ///< of θ
  std::unique_ptr<rhoflow::LearningProblem> learning;
  std::unique_ptr<rhoflow::MeanField>       field;

  Problem(std::string title, Settings choices, std::vector<double> lower_corner, std::vector<double> upper_corner,
          double tolerance)
    : name(std::move(title))
    , settings(std::move(choices))
    , lower(std::move(lower_corner))
    , upper(std::move(upper_corner))
  {
    learning = rhoflow::make_learning_problem(*make_parameters(settings), lower, upper, 1);
    rhoflow::MeanFieldParameters parameters;
    parameters.tolerance = tolerance;
    field = std::make_unique<rhoflow::MeanField>(*learning, std::vector<double>(lower.begin() + offset(), lower.end()),
                                                 std::vector<double>(upper.begin() + offset(), upper.end()), parameters);
  }

  unsigned int offset() const { return learning->has_outer_weight() ? 1 : 0; }
  unsigned int dim() const { return learning->n_parameters(); }

  /// n random points of the box, [n][D].
  std::vector<double> points(unsigned int n, std::uint64_t seed) const
  {
    rhoflow::CounterRandom random(seed, rhoflow::RandomPurpose::projections);
    std::vector<double>    theta;
    for (unsigned int i = 0; i < n * dim(); ++i)
      theta.push_back(lower[i % dim()] + (upper[i % dim()] - lower[i % dim()]) * random.uniform());
    return theta;
  }

  /// σ*(x_k; θ) at all data nodes.
  std::vector<double> neuron(const double *theta) const
  {
    std::vector<double> g(learning->n_nodes());
    learning->features(1, theta + offset(), g.data(), nullptr);
    for (double &value : g)
      value *= offset() == 1 ? theta[0] : 1.;
    return g;
  }

  /// m_j = Σ_i w_i a_i χ_j(ω_i).
  std::vector<double> moments(const std::vector<double> &theta, const std::vector<double> &weights) const
  {
    std::vector<double> m(field->n_modes(), 0.), chi(field->n_modes());
    for (std::size_t i = 0; i < weights.size(); ++i)
      {
        field->modes(1, &theta[i * dim() + offset()], chi.data(), nullptr);
        for (std::size_t j = 0; j < m.size(); ++j)
          m[j] += weights[i] * (offset() == 1 ? theta[i * dim()] : 1.) * chi[j];
      }
    return m;
  }
};

inline std::vector<Problem> problems(double tolerance)
{
  std::vector<Problem> result;
  result.emplace_back("single neuron",
                      Settings{{"Data/Quadrature nodes", "12"}, {"Data/Radial nodes", "4"}, {"Data/Angular nodes", "6"}},
                      std::vector<double>{-3., -2., 0.}, std::vector<double>{3., 2., 1.5}, tolerance);
  result.emplace_back("bump",
                      Settings{{"Learning problem/Neuron", "bump"},
                               {"Learning problem/Input dimension", "2"},
                               {"Learning problem/Activation", "sigmoid"},
                               {"Data/Law", "uniform"},
                               {"Data/Quadrature nodes", "9"},
                               {"Target/Type", "expression"},
                               {"Target/Expression", "x1*x2"},
                               {"Target/Noise deviation", "0.3"},
                               {"Initial law/Law", "uniform(-1,1), uniform(-1,1)"}},
                      std::vector<double>{-1.5, -1.5}, std::vector<double>{1.5, 1.5}, tolerance);
  result.emplace_back("biased ridge",
                      Settings{{"Learning problem/Neuron", "biased ridge"},
                               {"Learning problem/Activation", "tanh"},
                               {"Data/Law", "uniform"},
                               {"Data/Quadrature nodes", "30"},
                               {"Target/Type", "expression"},
                               {"Target/Expression", "sin(3*x)"},
                               {"Initial law/Law", "normal(0,1), normal(0,1), normal(0,1)"}},
                      std::vector<double>{-4., -4., -3.}, std::vector<double>{4., 4., 3.}, tolerance);
  // More parameters than one data point can tell apart: many samples, few nodes.
  result.emplace_back("few data",
                      Settings{{"Learning problem/Neuron", "weighted ridge"},
                               {"Learning problem/Activation", "tanh"},
                               {"Data/Law", "discrete"},
                               {"Data/Points", "0.2: -1 | 0.5: 0.3 | 0.3: 0.3"},
                               {"Target/Type", "expression"},
                               {"Target/Expression", "x^2"},
                               {"Initial law/Law", "normal(0,1), normal(0,1)"}},
                      std::vector<double>{-2., -3.}, std::vector<double>{2., 3.}, tolerance);
  return result;
}
