#include <catch2/catch.hpp>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmarks/peer/frozen_velocity.h>
#include <benchmarks/peer/matrix_free_advection.templates.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/discretization/dg/initial_density.h>

using namespace rhoflow;

namespace
{
struct Case
{
  std::vector<std::pair<std::string, std::string>> settings; ///< of the sections of the model
  Domain                                           domain;
  double                                           weight_decay;
};

std::unique_ptr<LearningProblem> problem_of(const Case &test)
{
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  for (const auto &setting : test.settings)
    {
      const auto slash = setting.first.find('/');
      prm.enter_subsection(setting.first.substr(0, slash));
      prm.set(setting.first.substr(slash + 1), setting.second);
      prm.leave_subsection();
    }
  return make_learning_problem(prm, test.domain.lower, test.domain.upper, 1);
}

/// max |L − L_peer| / max |L| over all unknowns of an irregularly refined mesh.
template <int dim, int degree>
double difference_to_matrix_free(const Case &test, std::uint64_t &n_hanging, double &size)
{
  const auto          problem = problem_of(test);
  const unsigned int  first   = problem->has_outer_weight() ? 1 : 0;
  MeanFieldParameters mean_field_parameters;
  mean_field_parameters.weight_decay = test.weight_decay;
  mean_field_parameters.tolerance    = 0.; // all modes in double precision, as the peer has them
  const MeanField field(*problem, std::vector<double>(test.domain.lower.begin() + first, test.domain.lower.end()),
                        std::vector<double>(test.domain.upper.begin() + first, test.domain.upper.end()), mean_field_parameters);

  AdaptiveMesh            mesh(test.domain, MPI_COMM_WORLD);
  std::unique_ptr<DGMesh> space;
  std::vector<double>     values;
  for (unsigned int round = 0;; ++round)
    {
      space          = std::make_unique<DGMesh>(mesh, degree, first == 1, 0.);
      double missing = 0.;
      values         = project_initial_density(problem->initial_law(), *space, missing);
      if (round == 2)
        break;
      // Cells here and there: hanging faces on all sides, at all corners and at the boundary.
      std::vector<signed char> flags;
      for (const CellKey &key : mesh.cells())
        flags.push_back((3 * key.index[0] + 5 * key.index[1] + 7 * key.index[2]) % 11 < 3 ? 1 : 0);
      mesh.adapt(flags, space->points_per_cell(), values, space->cell_transfer());
    }

  ContinuityState solution(field, RungeKutta::from_name("SSP(3,3)"), false);
  solution.reinit(*space, values);
  const std::vector<double> rates = solution.rate_of_change();

  FrozenVelocity velocity(field, field.residual(solution.moments()));
  const auto peer = make_matrix_free_advection<dim, degree>(mesh, [&](const double *theta, double *v) { velocity(theta, v); });
  peer->set_density(values);
  const std::vector<double> expected = peer->rate_of_change();

  REQUIRE(rates.size() == expected.size());
  double worst = 0.;
  size         = 0.;
  for (std::size_t i = 0; i < rates.size(); ++i)
    {
      worst = std::max(worst, std::abs(rates[i] - expected[i]));
      size  = std::max(size, std::abs(expected[i]));
    }
  n_hanging = dealii::Utilities::MPI::sum(space->hanging_faces().size(), MPI_COMM_WORLD);
  size      = dealii::Utilities::MPI::max(size, MPI_COMM_WORLD);
  return dealii::Utilities::MPI::max(worst, MPI_COMM_WORLD) / size;
}

Domain box(const std::vector<double> &lower, const std::vector<double> &upper, const std::vector<unsigned int> &subdivisions)
{
  Domain domain;
  domain.lower        = lower;
  domain.upper        = upper;
  domain.subdivisions = subdivisions;
  domain.periodic.assign(lower.size(), false);
  return domain;
}

template <int dim, int degree>
void check(const Case &test)
{
  std::uint64_t n_hanging = 0;
  double        size      = 0.;
  const double  error     = difference_to_matrix_free<dim, degree>(test, n_hanging, size);
  INFO("largest |L| " << size << ", batches of hanging faces " << n_hanging);
  CHECK(n_hanging > 0);
  CHECK(size > 1e-3);
  CHECK(error < 2e-12);
}

const Case single_neuron  = {{}, box({-6.5, -2.6, 0.}, {6.5, 2.6, 2.}, {5, 4, 3}), 0.3};
const Case ridge          = {{{"Learning problem/Neuron", "ridge"},
                              {"Learning problem/Input dimension", "3"},
                              {"Data/Quadrature nodes", "6"},
                              {"Target/Type", "teachers"},
                              {"Target/Teachers", "1: 1, 0.5, -0.5"},
                              {"Initial law/Law", "normal(0.2, 0.7), normal(-0.1, 0.6), normal(0, 0.8)"}},
                             box({-3., -2.5, -3.}, {3., 2.5, 3.5}, {3, 4, 3}),
                             0.1};
const Case weighted_ridge = {{{"Learning problem/Neuron", "weighted ridge"},
                              {"Learning problem/Activation", "tanh"},
                              {"Target/Type", "expression"},
                              {"Target/Expression", "sin(2*x)"}},
                             box({-4., -5.}, {4., 4.5}, {5, 4}),
                             0.};
} // namespace

TEST_CASE("The rate of change is that of deal.II's MatrixFree, features linear in the first coordinate", "[mpi]")
{
  check<3, 2>(single_neuron);
}

TEST_CASE("The rate of change is that of deal.II's MatrixFree, general features", "[mpi]")
{
  check<3, 2>(ridge);
}

TEST_CASE("The rate of change is that of deal.II's MatrixFree, two dimensions", "[mpi]")
{
  check<2, 3>(weighted_ridge);
}
