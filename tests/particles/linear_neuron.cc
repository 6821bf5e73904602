#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/sgd/sgd.h>

#include "linear_problem.h"

using namespace rhoflow;

namespace
{
const LinearProblem problem({0.8, -0.5, 0.3}, {-0.2, 0.4, 0.}, 0.6);
}

TEST_CASE("SGD of linear neurons: mean risk and mean parameters against their recursions", "[particles]")
{
  // With e = m − b: E|e_{k+1}|² = (1 − 2η + (d + 2) η²) E|e_k|², and for the mean with weight decay
  // E m_{k+1} = (1 − η(1+λ)) E m_k + η b.
  ParticleParameters parameters;
  parameters.n_neurons  = 4;
  parameters.n_replicas = 3000;
  parameters.step_size  = 0.02;
  const unsigned int d = 3, n_steps = 50;
  double             initial = 0.;
  for (unsigned int i = 0; i < d; ++i)
    initial += std::pow(problem.mu[i] - problem.b[i], 2) + std::pow(problem.deviation, 2) / 4.;

  Replicas replicas(problem, parameters, 0., 11, MPI_COMM_SELF);
  replicas.advance_to(n_steps * parameters.step_size);
  const auto   risks    = replicas.risks();
  const double eta      = parameters.step_size;
  const double expected = .5 * initial * std::pow(1. - 2. * eta + (d + 2) * eta * eta, n_steps);
  CHECK(std::abs(mean(risks) - expected) < 3. * standard_error(risks));
  // The sample is large enough to tell the step's bias, e^{−2t} (1 + d η t), from none.
  CHECK(std::abs(mean(risks) - .5 * initial * std::exp(-2.)) > 5. * .2 * standard_error(risks));

  const double lambda = 0.5;
  Replicas     decaying(problem, parameters, lambda, 11, MPI_COMM_SELF);
  decaying.advance_to(n_steps * eta);
  const auto coordinates = decaying.local_coordinates();
  for (unsigned int i = 0; i < d; ++i)
    {
      std::vector<double> means(parameters.n_replicas, 0.);
      for (unsigned int r = 0; r < parameters.n_replicas; ++r)
        for (unsigned int j = 0; j < 4; ++j)
          means[r] += coordinates[(r * 4 + j) * d + i] / 4.;
      const double limit = problem.b[i] / (1. + lambda);
      const double exact = limit + (problem.mu[i] - limit) * std::pow(1. - eta * (1. + lambda), n_steps);
      CHECK(std::abs(mean(means) - exact) < 3.5 * standard_error(means));
    }
}

TEST_CASE("SGD tends to the continuous-time solution with an error of first order in the step", "[particles]")
{
  // One network, mean over all sample paths by the recursion above, so that only the step remains: here with mini-batches so
  // large that sampling noise is small beside the step's error.
  ParticleParameters parameters;
  parameters.n_neurons  = 2;
  parameters.batch_size = 20000;
  double             errors[2];
  const unsigned int n_steps[2] = {5, 10};
  for (unsigned int i = 0; i < 2; ++i)
    {
      parameters.step_size = 1. / n_steps[i];
      Sgd          sgd(problem, parameters, 0., 2, 0);
      const double before = problem.particle_risk(sgd.parameters().data(), 2);
      sgd.advance_to(1.);
      CHECK(sgd.steps() == n_steps[i]);
      const double ratio = problem.particle_risk(sgd.parameters().data(), 2) / before;
      CHECK(ratio == Approx(std::pow(1. - parameters.step_size, 2. * n_steps[i])).epsilon(0.03));
      errors[i] = std::exp(-2.) - ratio;
    }
  CHECK(errors[0] / errors[1] == Approx(2.).epsilon(.2));
}
