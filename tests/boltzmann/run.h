#pragma once

#include <memory>
#include <string>
#include <vector>

#include <meshes/domain.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

#include <tests/support/run.h>

/// Runs the solver into a directory. Collective.
inline void run_into(const std::string &directory, const std::string &text, const Settings &changes, MPI_Comm communicator)
{
  run_solver("boltzmann", directory, changes, communicator, text);
}

/// The parts that the solver puts together.
struct Parts
{
  Parts(const std::string &text, const Settings &changes, MPI_Comm communicator)
  {
    const auto prm = make_parameters(changes, text);
    domain.parse(*prm);
    field_parameters.parse(*prm);
    settings.parse(*prm);
    problem         = rhoflow::make_learning_problem(*prm, domain.lower, domain.upper, 1);
    const auto skip = problem->n_parameters() - problem->n_feature_parameters();
    mean_field      = std::make_unique<rhoflow::MeanField>(
      *problem, std::vector<double>(domain.lower.begin() + skip, domain.lower.end()),
      std::vector<double>(domain.upper.begin() + skip, domain.upper.end()), field_parameters);
    dual = std::make_unique<rhoflow::DualProblem>(*mean_field, domain, settings.nodes_per_cell, communicator);
  }

  rhoflow::Domain                           domain;
  rhoflow::MeanFieldParameters              field_parameters;
  rhoflow::BoltzmannParameters              settings;
  std::unique_ptr<rhoflow::LearningProblem> problem;
  std::unique_ptr<rhoflow::MeanField>       mean_field;
  std::unique_ptr<rhoflow::DualProblem>     dual;
};
