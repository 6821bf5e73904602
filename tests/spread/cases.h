#pragma once

#include <memory>
#include <string>
#include <vector>

#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include "../model/make_problem.h"

/// A problem with its mean field: all data nodes (tolerance 0), or compressed on a box.
struct SpreadCase
{
  SpreadCase(const Settings &settings, const double weight_decay = 0., const double tolerance = 0.)
    : problem(make_problem(settings))
  {
    rhoflow::MeanFieldParameters parameters;
    parameters.tolerance    = tolerance;
    parameters.weight_decay = weight_decay;
    const unsigned int  n   = problem->n_feature_parameters();
    std::vector<double> lower(n, -4.), upper(n, 4.);
    if (problem->parameter_names().back() == "r")
      lower.back() = 0.;
    field = std::make_unique<rhoflow::MeanField>(*problem, lower, upper, parameters);
  }

  rhoflow::Measure law(const unsigned int n) const
  {
    rhoflow::Measure points;
    problem->initial_law().quadrature(n, points.points, points.weights);
    return points;
  }

  std::unique_ptr<rhoflow::LearningProblem> problem;
  std::unique_ptr<rhoflow::MeanField>       field;
};

/// T1: four points that weigh the same, and the cubic polynomial that takes their targets.
inline const Settings four_points = {
  {"Data/Law", "discrete"},
  {"Data/Points", "1: -1.2 | 1: -0.5 | 1: 0.6 | 1: 1"},
  {"Target/Type", "expression"},
  {"Target/Expression", "-0.4*(x+0.5)*(x-0.6)*(x-1)/((-0.7)*(-1.8)*(-2.2)) + 0.5*(x+1.2)*(x-0.6)*(x-1)/(0.7*(-1.1)*(-1.5))"
                        " + 0.6*(x+1.2)*(x+0.5)*(x-1)/(1.8*1.1*(-0.4)) - 0.3*(x+1.2)*(x+0.5)*(x-0.6)/(2.2*1.5*0.4)"}};
