#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <solvers/base/error.h>
#include <solvers/particles/sgd/sgd.h>

#include "data_set_problem.h"
#include "plain_sgd.h"

using namespace rhoflow;

namespace
{
const std::vector<ParticleNeuron::Type> all_types = {ParticleNeuron::Type::linear, ParticleNeuron::Type::ridge,
                                                     ParticleNeuron::Type::weighted_ridge, ParticleNeuron::Type::biased_ridge,
                                                     ParticleNeuron::Type::bump};

} // namespace

TEST_CASE("blocked SGD equals the plain loop", "[particles]")
{
  const auto         type       = GENERATE(from_range(all_types));
  const unsigned int batch_size = GENERATE(1u, 3u, 40u);
  const unsigned int d          = GENERATE(1u, 7u);
  const double       decay      = GENERATE(0., 0.2);
  CAPTURE(static_cast<int>(type), batch_size, d, decay);
  const DataSetProblem     problem(type, d, 20);
  const ParticleParameters parameters = small_sgd(45, batch_size);
  const auto               expected   = plain_sgd(problem, parameters, decay, 50);
  REQUIRE(largest_difference(expected, initial_neurons(problem, parameters.n_neurons, 3, 1)) > 0.02);

  Sgd sgd(problem, parameters, decay, 3, 1);
  sgd.advance_to(17 * parameters.step_size);
  sgd.advance_to(50 * parameters.step_size);
  CHECK(sgd.steps() == 50);
  CHECK(largest_difference(sgd.parameters(), expected) < 1e-13);

  Sgd fused(problem, parameters, decay, 3, 1, 1);
  fused.advance_to_step(50);
  CHECK(largest_difference(fused.parameters(), expected) < 1e-13);
}

TEST_CASE("noisy SGD equals the plain loop with the same random numbers", "[particles]")
{
  const auto         type   = GENERATE(from_range(all_types));
  const auto         method = GENERATE(ParticleParameters::Method::one_pass_sgd, ParticleParameters::Method::multi_pass_sgd);
  const unsigned int batch_size = GENERATE(1u, 3u);
  const unsigned int d          = GENERATE(1u, 7u);
  CAPTURE(static_cast<int>(type), static_cast<int>(method), batch_size, d);
  const DataSetProblem problem(type, d, 20);
  ParticleParameters   parameters = small_sgd(45, batch_size);
  parameters.method               = method;
  const auto noise_free           = plain_sgd(problem, parameters, 0.2, 50);
  parameters.inverse_temperature  = 40.;
  parameters.noise_parts          = (d == 1 ? 2 : 1);
  const auto expected             = plain_sgd(problem, parameters, 0.2, 50);
  REQUIRE(largest_difference(expected, noise_free) > 0.1);

  Sgd sgd(problem, parameters, 0.2, 3, 1);
  sgd.advance_to_step(17);
  sgd.advance_to_step(50);
  CHECK(largest_difference(sgd.parameters(), expected) < 1e-12);
}

TEST_CASE("SGD's trajectory does not depend on how a block's multiples are reached", "[particles]")
{
  const DataSetProblem     problem(ParticleNeuron::Type::weighted_ridge, 5, 20);
  const ParticleParameters parameters = small_sgd(45, 1);
  Sgd                      once(problem, parameters, 0.1, 3, 0), often(problem, parameters, 0.1, 3, 0);
  once.advance_to_step(160);
  for (unsigned int step = 32; step <= 160; step += 32)
    {
      often.advance_to_step(step);
      often.parameters();
    }
  CHECK(once.parameters() == often.parameters());
}

TEST_CASE("one step of SGD follows the gradient of the sample's loss", "[particles]")
{
  const auto type = GENERATE(from_range(all_types));
  CAPTURE(static_cast<int>(type));
  const DataSetProblem problem(type, 3, 20, Activation::Kind::tanh);
  ParticleParameters   parameters = small_sgd(45, 1);
  parameters.n_neurons            = 6;
  const double M                  = 6.;
  SampleSource source(problem, parameters.method, parameters.sampling, 1, 3, 1);
  double       x[3], y;
  source.draw(0, 0, x, y);

  Sgd  sgd(problem, parameters, 0., 3, 1);
  auto theta = sgd.parameters();
  sgd.advance_to_step(1);
  const auto   moved = sgd.parameters();
  const double h     = 1e-5;
  for (std::size_t i = 0; i < theta.size(); ++i)
    {
      const double centre = theta[i];
      theta[i]            = centre + h;
      const double above  = .5 * std::pow(y - problem.network(x, theta), 2);
      theta[i]            = centre - h;
      const double below  = .5 * std::pow(y - problem.network(x, theta), 2);
      theta[i]            = centre;
      // The factor M is what mean-field scaling means.
      CHECK((moved[i] - centre) / parameters.step_size == Approx(-M * (above - below) / (2. * h)).margin(1e-8));
    }
}

TEST_CASE("multi-pass SGD without replacement sees every sample once an epoch", "[particles]")
{
  const unsigned int   n_samples = 21, batch_size = 4;
  const DataSetProblem problem(ParticleNeuron::Type::ridge, 1, n_samples);
  SampleSource source(problem, ParticleParameters::Method::multi_pass_sgd, ParticleParameters::Sampling::without_replacement,
                      batch_size, 5, 2);
  std::vector<std::vector<double>> epochs;
  for (unsigned int number = 0; number < 4 * n_samples; ++number)
    {
      double x, y;
      source.draw(number / batch_size, number % batch_size, &x, y);
      if (number % n_samples == 0)
        epochs.emplace_back();
      epochs.back().push_back(y);
    }
  auto expected = problem.targets();
  std::sort(expected.begin(), expected.end());
  for (auto &epoch : epochs)
    {
      CHECK(epoch != epochs[(&epoch - epochs.data() + 1) % epochs.size()]);
      auto sorted = epoch;
      std::sort(sorted.begin(), sorted.end());
      CHECK(sorted == expected);
    }
  // Any position can be asked for at any time.
  double x, y;
  source.draw(2, 3, &x, y);
  CHECK(y == epochs[0][2 * batch_size + 3]);
}

TEST_CASE("every order of the data set is equally likely", "[particles]")
{
  const unsigned int   n_samples = 5, n_epochs = 4000;
  const DataSetProblem problem(ParticleNeuron::Type::ridge, 1, n_samples);
  SampleSource source(problem, ParticleParameters::Method::multi_pass_sgd, ParticleParameters::Sampling::without_replacement, 1,
                      5, 2);
  std::vector<unsigned int> counts(n_samples * n_samples, 0);
  for (unsigned int step = 0; step < n_epochs * n_samples; ++step)
    {
      double x, y;
      source.draw(step, 0, &x, y);
      const auto sample = std::find(problem.targets().begin(), problem.targets().end(), y) - problem.targets().begin();
      ++counts[step % n_samples * n_samples + sample];
    }
  for (const unsigned int count : counts)
    CHECK(std::abs(count - n_epochs * 0.2) < 4. * std::sqrt(n_epochs * 0.2 * 0.8));
}

TEST_CASE("multi-pass SGD with replacement draws uniformly", "[particles]")
{
  const unsigned int   n_samples = 5, n_draws = 20000;
  const DataSetProblem problem(ParticleNeuron::Type::ridge, 1, n_samples);
  SampleSource source(problem, ParticleParameters::Method::multi_pass_sgd, ParticleParameters::Sampling::with_replacement, 1, 5,
                      2);
  std::vector<unsigned int> counts(n_samples, 0);
  for (unsigned int step = 0; step < n_draws; ++step)
    {
      double x, y;
      source.draw(step, 0, &x, y);
      ++counts[std::find(problem.targets().begin(), problem.targets().end(), y) - problem.targets().begin()];
    }
  for (const unsigned int count : counts)
    CHECK(std::abs(count - n_draws * 0.2) < 4. * std::sqrt(n_draws * 0.2 * 0.8));
}

TEST_CASE("replicas differ, and a wider network begins with the neurons of a narrower one", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 2, 5);
  const auto           narrow = initial_neurons(problem, 10, 1, 0), wide = initial_neurons(problem, 20, 1, 0);
  CHECK(std::equal(narrow.begin(), narrow.end(), wide.begin()));
  CHECK(initial_neurons(problem, 10, 1, 1) != narrow);
  CHECK(initial_neurons(problem, 10, 2, 0) != narrow);
}

TEST_CASE("a diverging network is reported with what to do", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::linear, 4, 20);
  ParticleParameters   parameters = small_sgd(45, 1);
  parameters.step_size            = 10.;
  Sgd sgd(problem, parameters, 0., 3, 1);
  CHECK_THROWS_AS(sgd.advance_to_step(2000), RunError);
}
