#include <catch2/catch.hpp>

#include <filesystem>
#include <limits>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/time_series_record.h>
#include <solvers/particles/ensemble/particle_output.h>
#include <solvers/particles/ensemble/replicas.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "data_set_problem.h"

using namespace rhoflow;

namespace
{
using Method = ParticleParameters::Method;

/// `file`, written on the ranks of `communicator`.
std::string save(const Replicas &replicas, const std::string &file, MPI_Comm communicator)
{
  CheckpointWriter writer(communicator);
  replicas.save(writer, "some");
  writer.write(file, 2., 1);
  return file;
}

int rank_in_world()
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}
} // namespace

TEST_CASE("networks go on from a checkpoint to the same bits", "[particles][mpi]")
{
  const TemporaryDirectory directory;
  const auto               type = GENERATE(ParticleNeuron::Type::weighted_ridge, ParticleNeuron::Type::bump);
  const DataSetProblem     problem(type, 3, 20);
  ParticleParameters       parameters;
  parameters.n_neurons         = 33;
  parameters.n_replicas        = 4;
  parameters.step_size         = 0.0625;
  parameters.ranks_per_network = 1;
  parameters.method = GENERATE(Method::one_pass_sgd, Method::multi_pass_sgd, Method::gradient_descent, Method::gradient_flow);
  if (parameters.method != Method::gradient_flow)
    {
      parameters.inverse_temperature = GENERATE(20., std::numeric_limits<double>::infinity());
      parameters.schedule            = GENERATE("1", "1/(1+t)");
    }
  if (parameters.stochastic_gradient())
    {
      parameters.batch_size = 3;
      parameters.precision  = GENERATE(ParticleParameters::Precision::double_precision,
                                       ParticleParameters::Precision::single_precision);
    }
  CAPTURE(static_cast<int>(type), ParticleParameters::method_name(parameters.method), parameters.schedule,
          parameters.inverse_temperature);

  // The states after some steps, where a pause changes no digit.
  Replicas whole(problem, parameters, 0.1, 9, MPI_COMM_SELF);
  whole.advance_to(2.);
  const double there = whole.advance(5., 100.);
  CHECK(there < 5.);
  const std::string alone  = save(whole, directory.path("alone_" + std::to_string(rank_in_world())), MPI_COMM_SELF);
  const auto        risks  = whole.risks();
  const auto        before = whole.local_parameters();
  const auto        steps  = whole.steps();
  whole.advance_to(5.);
  whole.advance_to(7.);

  const auto as_whole = [&](Replicas &replicas) {
    CHECK(replicas.risks() == risks);
    CHECK((replicas.n_networks() == 0 || replicas.steps() == steps));
    CHECK(replicas.timed_steps() == 0);
    replicas.advance_to(5.);
    replicas.advance_to(7.);
    const std::size_t         length = before.size() / parameters.n_replicas;
    const std::vector<double> all = whole.local_parameters(), here = replicas.local_parameters();
    const auto                numbers = replicas.local_replicas();
    REQUIRE(here.size() == numbers.size() * length);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      CHECK(std::equal(here.begin() + i * length, here.begin() + (i + 1) * length, all.begin() + numbers[i] * length));
    CHECK((replicas.n_networks() == 0 || replicas.steps() == whole.steps()));
  };
  // One rank wrote; all of them read, with a network on each, or with all of them on each.
  MPI_Barrier(MPI_COMM_WORLD);
  const CheckpointReader of_one(directory.path("alone_0"), MPI_COMM_WORLD);
  Replicas               spread(problem, parameters, 0.1, 9, MPI_COMM_WORLD);
  spread.load(of_one, "some");
  const std::string of_many = save(spread, directory.path("many"), MPI_COMM_WORLD);
  as_whole(spread);
  if (parameters.stochastic_gradient())
    {
      parameters.ranks_per_network = 3;
      Replicas shared(problem, parameters, 0.1, 9, MPI_COMM_WORLD);
      shared.load(of_one, "some");
      as_whole(shared);
    }
  // All of them wrote; one reads.
  CHECK(directory.read("many") == directory.read("alone_" + std::to_string(rank_in_world())));
  Replicas single(problem, parameters, 0.1, 9, MPI_COMM_SELF);
  single.advance_to(1.); // to be forgotten
  single.load(CheckpointReader(of_many, MPI_COMM_SELF), "some");
  as_whole(single);
}

TEST_CASE("a checkpoint of fewer or narrower networks is refused", "[particles]")
{
  const TemporaryDirectory directory;
  const DataSetProblem     problem(ParticleNeuron::Type::ridge, 2, 9);
  ParticleParameters       parameters;
  parameters.n_neurons  = 10;
  parameters.n_replicas = 2;
  const CheckpointReader state(save(Replicas(problem, parameters, 0., 1, MPI_COMM_SELF), directory.path("a"), MPI_COMM_SELF),
                               MPI_COMM_SELF);
  parameters.n_neurons = 11;
  CHECK(refusal([&]() { Replicas(problem, parameters, 0., 1, MPI_COMM_SELF).load(state, "some"); }) ==
        Refused{"", Refusal::damaged});
  parameters.n_neurons  = 10;
  parameters.n_replicas = 3;
  CHECK(refusal([&]() { Replicas(problem, parameters, 0., 1, MPI_COMM_SELF).load(state, "some"); }) ==
        Refused{"", Refusal::damaged});
  CHECK(refusal([&]() { Replicas(problem, parameters, 0., 1, MPI_COMM_SELF).load(state, "other"); }) ==
        Refused{"", Refusal::damaged});
}

TEST_CASE("pictures of neurons go on from a checkpoint", "[particles][mpi]")
{
  const TemporaryDirectory directory;
  const DataSetProblem     problem(ParticleNeuron::Type::weighted_ridge, 2, 20);
  ParticleParameters       parameters;
  parameters.n_neurons       = 5;
  parameters.n_replicas      = 2;
  parameters.snapshots.every = 3;
  const Replicas replicas(problem, parameters, 0., 9, MPI_COMM_WORLD);
  const auto     times_of = [](const std::string &path) {
    std::vector<double> times;
    for (const TimeSeriesEntry &entry : read_time_series(path + "/particles.pvd"))
      times.push_back(entry.time);
    return times;
  };
  const std::string  state = directory.path("state"), path = directory.path("run");
  const RunDirectory run(path, false, MPI_COMM_WORLD);
  {
    ParticleOutput pictures(run, replicas);
    for (const double time : {0., 1., 2., 3., 4., 5., 6.})
      {
        pictures.write(time, false);
        if (time == 4.)
          {
            CheckpointWriter writer(MPI_COMM_WORLD);
            pictures.save(writer);
            writer.write(state, time, 1);
          }
      }
  }
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(times_of(path) == std::vector<double>{0., 3., 6.});
  MPI_Barrier(MPI_COMM_WORLD);
  const CheckpointReader reader(state, MPI_COMM_WORLD);
  {
    ParticleOutput pictures(run, replicas);
    pictures.load(reader);
    pictures.write(5., false); // the sixth
    pictures.write(5.5, false);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(times_of(path) == std::vector<double>{0., 3., 5.5});

  // Not wanted at first, they begin where they would have been.
  const RunDirectory empty(directory.path("none"), false, MPI_COMM_WORLD);
  parameters.writing = ParticleParameters::Writing::none;
  const Replicas   unseen(problem, parameters, 0., 9, MPI_COMM_WORLD);
  ParticleOutput   none(empty, unseen);
  CheckpointWriter writer(MPI_COMM_WORLD);
  none.write(0., false);
  none.write(1., false);
  none.save(writer);
  writer.write(state, 1., 2);
  ParticleOutput begun(empty, replicas);
  begun.load(CheckpointReader(state, MPI_COMM_WORLD));
  begun.write(2., false);
  begun.write(3., false);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(times_of(directory.path("none")) == std::vector<double>{3.});
}
