#include <catch2/catch.hpp>
#include <solvers/particles/ensemble/make_network.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/gradient_flow.h>
#include <solvers/particles/sgd/sgd.h>

#include <tests/support/refusals.h>

#include "data_set_problem.h"
#include "plain_sgd.h"

using namespace rhoflow;

TEST_CASE("layers, scalings and schedules equal the plain loop", "[particles]")
{
  const auto         type       = GENERATE(ParticleNeuron::Type::weighted_ridge, ParticleNeuron::Type::biased_ridge);
  const auto         layers     = GENERATE(TrainedLayers::both, TrainedLayers::inner, TrainedLayers::outer);
  const auto         scaling    = GENERATE(ParticleParameters::Scaling::mean_field, ParticleParameters::Scaling::lazy);
  const unsigned int batch_size = GENERATE(1u, 3u, 40u);
  const bool         scheduled  = GENERATE(false, true);
  const double       beta       = GENERATE(40., std::numeric_limits<double>::infinity());
  CAPTURE(static_cast<int>(type), static_cast<int>(layers), static_cast<int>(scaling), batch_size, scheduled, beta);
  const DataSetProblem problem(type, 5, 20);
  ParticleParameters   parameters = small_sgd(45, batch_size);
  parameters.layers               = layers;
  parameters.scaling              = scaling;
  parameters.inverse_temperature  = beta;
  if (scheduled)
    parameters.schedule = "2/(1 + t)";
  const double end      = 50 * parameters.step_size;
  const auto   xi       = [](double t) { return 2. / (1. + t); };
  const auto   expected = plain_sgd(problem, parameters, 0.2, 50, scheduled ? std::function<double(double)>(xi) : nullptr, end);
  const auto   start    = initial_neurons(problem, parameters.n_neurons, 3, 1);
  REQUIRE(largest_difference(expected, start) > 0.02);

  Sgd sgd(problem, parameters, 0.2, 3, 1);
  sgd.advance(end, 17);
  CHECK(sgd.advance(end, 1000000) == end);
  CHECK(largest_difference(sgd.parameters(), expected) < 1e-12);
}

TEST_CASE("steps with a schedule end at the output times", "[particles]")
{
  ParticleParameters parameters = small_sgd(10, 1);
  parameters.schedule           = "1/sqrt(1 + t)";
  StepClock clock(parameters);
  double    time = 0.;
  for (const double end : {1., 1.7, 4.})
    {
      while (!clock.reached(end))
        {
          const double natural = 0.125 / std::sqrt(1. + time), step = clock.next(end);
          CHECK(step <= natural * (1. + 1e-6));
          CHECK((step == Approx(natural).epsilon(1e-12) || clock.time() == end));
          time += step;
          CHECK(clock.time() == Approx(time).epsilon(1e-14));
        }
      CHECK(clock.time() == end);
    }

  parameters.schedule = "1 - t";
  StepClock vanishing(parameters);
  CHECK_THROWS_AS(
    [&] {
      while (!vanishing.reached(2.))
        vanishing.next(2.);
    }(),
    RunError);
}

TEST_CASE("single precision follows double precision", "[particles]")
{
  const auto type = GENERATE(ParticleNeuron::Type::linear, ParticleNeuron::Type::ridge, ParticleNeuron::Type::weighted_ridge,
                             ParticleNeuron::Type::biased_ridge, ParticleNeuron::Type::bump);
  const auto kind = GENERATE(Activation::Kind::erf, Activation::Kind::tanh, Activation::Kind::softplus);
  const unsigned int batch_size = GENERATE(1u, 3u);
  CAPTURE(static_cast<int>(type), static_cast<int>(kind), batch_size);
  const DataSetProblem problem(type, 7, 20, kind);
  ParticleParameters   parameters = small_sgd(77, batch_size);
  parameters.step_size            = 0.03125;
  Sgd reference(problem, parameters, 0.1, 3, 1);
  parameters.precision = ParticleParameters::Precision::single_precision;
  Sgd sgd(problem, parameters, 0.1, 3, 1), fused(problem, parameters, 0.1, 3, 1, 1);
  for (Sgd *network : {&reference, &sgd, &fused})
    network->advance_to_step(100);
  const double difference = largest_difference(sgd.parameters(), reference.parameters());
  CHECK(difference < 2e-5);
  CHECK(difference > 1e-9);
  CHECK(largest_difference(fused.parameters(), reference.parameters()) < 2e-5);
}

TEST_CASE("one network on many ranks is bitwise the network on one", "[particles][mpi]")
{
  const auto type = GENERATE(ParticleNeuron::Type::ridge, ParticleNeuron::Type::weighted_ridge, ParticleNeuron::Type::bump);
  const std::uint64_t n_neurons  = GENERATE(45u, 1000u); // the first has fewer chunks than there may be ranks
  const unsigned int  batch_size = GENERATE(1u, 40u);
  const auto          precision  = GENERATE(ParticleParameters::Precision::double_precision,
                                            ParticleParameters::Precision::single_precision);
  const double        beta       = GENERATE(40., std::numeric_limits<double>::infinity());
  CAPTURE(static_cast<int>(type), n_neurons, batch_size, static_cast<int>(precision), beta);
  const DataSetProblem problem(type, 3, 20);
  ParticleParameters   parameters = small_sgd(n_neurons, batch_size);
  parameters.precision            = precision;
  parameters.inverse_temperature  = beta;
  Sgd alone(problem, parameters, 0.1, 3, 1, 0, MPI_COMM_SELF), shared(problem, parameters, 0.1, 3, 1, 0, MPI_COMM_WORLD);
  alone.advance_to_step(70);
  shared.advance_to_step(70);
  CHECK(shared.parameters() == alone.parameters());
}

TEST_CASE("groups of ranks train the same replicas", "[particles][mpi]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 3, 20);
  ParticleParameters   parameters = small_sgd(77, 1);
  parameters.n_replicas           = GENERATE(1u, 5u);
  Replicas alone(problem, parameters, 0.1, 9, MPI_COMM_SELF);
  parameters.ranks_per_network = GENERATE(1u, 2u, 7u); // more than there are: all of them
  Replicas shared(problem, parameters, 0.1, 9, MPI_COMM_WORLD);
  for (const double end : {0., 1., 4.})
    {
      alone.advance_to(end);
      double now = 0.;
      do
        now = shared.advance(end, 40.);
      while (now < end);
      CHECK(now == end);
      CHECK(shared.risks() == alone.risks());
      CHECK(shared.local_parameters().size() == shared.local_replicas().size() * 77 * 4);
    }
}

TEST_CASE("choices that do not fit are refused", "[particles]")
{
  const DataSetProblem weighted(ParticleNeuron::Type::weighted_ridge, 2, 20), ridge(ParticleNeuron::Type::ridge, 2, 20);
  const auto           refused = [](const LearningProblem &problem, const ParticleParameters &choices) {
    return refusal([&]() { check_network(problem, choices); });
  };
  ParticleParameters parameters = small_sgd(10, 1);
  CHECK_FALSE(refused(weighted, parameters));
  parameters.layers = TrainedLayers::outer;
  CHECK_FALSE(refused(weighted, parameters));
  CHECK(refused(ridge, parameters) == Refused{"Particles/Trained layers", Refusal::unsupported});
  parameters.method = ParticleParameters::Method::gradient_descent;
  CHECK(refused(weighted, parameters) == Refused{"Particles/Trained layers", Refusal::unsupported});

  parameters         = small_sgd(10, 1);
  parameters.scaling = ParticleParameters::Scaling::lazy;
  CHECK_FALSE(refused(weighted, parameters));
  CHECK(refused(ridge, parameters) == Refused{"Particles/Output scaling", Refusal::unsupported});
  parameters.method = ParticleParameters::Method::gradient_flow;
  CHECK(refused(weighted, parameters) == Refused{"Particles/Output scaling", Refusal::unsupported});

  parameters           = small_sgd(10, 1);
  parameters.precision = ParticleParameters::Precision::single_precision;
  parameters.method    = ParticleParameters::Method::gradient_descent;
  CHECK(refused(weighted, parameters) == Refused{"Particles/Precision", Refusal::unsupported});

  parameters          = small_sgd(10, 1);
  parameters.schedule = "1/(1 + t";
  CHECK(refused(weighted, parameters) == Refused{"Particles/Schedule", Refusal::malformed});
  parameters.schedule = "1 - t";
  parameters.check_output_times({0., 0.9});
  CHECK(refusal([&]() { parameters.check_output_times({0., 1.1}); }) == Refused{"Particles/Schedule", Refusal::out_of_range});
  // With a schedule the output times need not be multiples of the step.
  parameters.schedule = "1/(1 + t)";
  parameters.check_output_times({0., 0.123});
  parameters.method = ParticleParameters::Method::gradient_flow;
  CHECK(refused(weighted, parameters) == Refused{"Particles/Schedule", Refusal::unsupported});
}

TEST_CASE("gradient descent with a schedule takes its steps", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::ridge, 2, 20);
  ParticleParameters   parameters = small_sgd(12, 1);
  parameters.method               = ParticleParameters::Method::gradient_descent;
  parameters.schedule             = "1/(1 + t)";
  const auto network              = make_network(problem, parameters, 0.1, 3, 1);
  const auto velocity             = make_velocity(problem);
  auto       theta = initial_neurons(problem, 12, 3, 1), direction = theta;
  double     time = 0.;
  while (time < 2.)
    {
      const double eta = std::min(0.125 / (1. + time), 2. - time);
      velocity->evaluate(theta, direction);
      for (std::size_t i = 0; i < theta.size(); ++i)
        theta[i] = (1. - 0.1 * eta) * theta[i] + eta * direction[i];
      time += eta;
    }
  network->advance_to(2.);
  CHECK(largest_difference(network->parameters(), theta) < 1e-13);
}
