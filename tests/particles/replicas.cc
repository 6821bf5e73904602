#include <catch2/catch.hpp>
#include <solvers/particles/ensemble/make_network.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
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
int rank_in_world()
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

ParticleParameters five_networks()
{
  ParticleParameters parameters;
  parameters.n_neurons  = 33;
  parameters.n_replicas = 5;
  parameters.step_size  = 0.125;
  return parameters;
}

std::string contents(const std::string &path)
{
  std::ifstream      file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
} // namespace

TEST_CASE("replicas are bitwise the same on any number of ranks", "[particles][mpi]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 3, 20);
  ParticleParameters   parameters = five_networks();
  parameters.method = GENERATE(ParticleParameters::Method::one_pass_sgd, ParticleParameters::Method::multi_pass_sgd,
                               ParticleParameters::Method::gradient_descent, ParticleParameters::Method::gradient_flow);
  if (parameters.method != ParticleParameters::Method::gradient_flow)
    parameters.inverse_temperature = GENERATE(20., std::numeric_limits<double>::infinity());
  Replicas alone(problem, parameters, 0.1, 9, MPI_COMM_SELF), shared(problem, parameters, 0.1, 9, MPI_COMM_WORLD);
  for (const double time : {0., 2., 5.})
    {
      alone.advance_to(time);
      shared.advance_to(time);
      CHECK(alone.risks() == shared.risks());
      const std::vector<double> all = alone.local_parameters(), here = shared.local_parameters();
      const std::size_t         length = parameters.n_neurons * problem.n_parameters();
      REQUIRE(here.size() == shared.local_replicas().size() * length);
      for (std::size_t i = 0; i < shared.local_replicas().size(); ++i)
        CHECK(std::equal(here.begin() + i * length, here.begin() + (i + 1) * length,
                         all.begin() + shared.local_replicas()[i] * length));
    }
}

TEST_CASE("pictures of all replicas do not depend on the ranks", "[particles][mpi]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 2, 20);
  ParticleParameters   parameters = five_networks();
  parameters.writing              = ParticleParameters::Writing::all_replicas;
  parameters.write_parameters     = true;
  const std::string  alone_name   = "particles_alone_" + std::to_string(rank_in_world());
  const RunDirectory alone_directory(alone_name, true, MPI_COMM_SELF),
    shared_directory("particles_shared", true, MPI_COMM_WORLD);
  Replicas       alone(problem, parameters, 0., 9, MPI_COMM_SELF), shared(problem, parameters, 0., 9, MPI_COMM_WORLD);
  ParticleOutput alone_output(alone_directory, alone), shared_output(shared_directory, shared);
  for (const double time : {0., 1.})
    {
      alone.advance_to(time);
      shared.advance_to(time);
      alone_output.write(time, false);
      shared_output.write(time, false);
    }
  if (rank_in_world() == 0)
    for (const char *name : {"/particles.pvd", "/particles/particles_0000.vtp", "/particles/particles_0001.vtp"})
      {
        CHECK(contents(alone_name + name).size() > 200);
        CHECK(contents(alone_name + name) == contents(std::string("particles_shared") + name));
      }
  MPI_Barrier(MPI_COMM_WORLD);
  std::filesystem::remove_all(alone_name);
  if (rank_in_world() == 0)
    std::filesystem::remove_all("particles_shared");
}

TEST_CASE("an error of one replica reaches every rank", "[particles][mpi]")
{
  const DataSetProblem problem(ParticleNeuron::Type::linear, 4, 20);
  ParticleParameters   parameters = five_networks();
  parameters.n_replicas           = 1;
  parameters.step_size            = 10.;
  Replicas shared(problem, parameters, 0., 9, MPI_COMM_WORLD);
  CHECK_THROWS_AS(shared.advance_to(20000.), RunError);
}

TEST_CASE("the written points are the neurons", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 1, 20);
  auto                 parameters  = five_networks();
  parameters.snapshots.compression = SnapshotParameters::Compression::none;
  const RunDirectory directory("particles_points", true, MPI_COMM_SELF);
  Replicas           replicas(problem, parameters, 0., 9, MPI_COMM_SELF);
  ParticleOutput     output(directory, replicas);
  replicas.advance_to(0.125);
  output.write(0.125, true);

  const std::string text = contents("particles_points/particles/particles_0000.vtp");
  CHECK(text.find("NumberOfPoints=\"33\"") != std::string::npos);
  CHECK(text.find("Name=\"theta1\"") != std::string::npos);
  // Appended data begins with the length of the first array, the points, in bytes.
  const std::size_t begin = text.find("<AppendedData encoding=\"raw\">\n_") + 31;
  std::uint64_t     length;
  std::memcpy(&length, text.data() + begin, 8);
  REQUIRE(length == 33 * 3 * 8);
  const auto theta = replicas.local_parameters();
  for (unsigned int j = 0; j < 33; ++j)
    {
      double point[3];
      std::memcpy(point, text.data() + begin + 8 + j * 24, 24);
      CHECK(point[0] == theta[2 * j]);
      CHECK(point[1] == theta[2 * j + 1]);
      CHECK(point[2] == 0.);
    }
  CHECK(contents("particles_points/particles.pvd")
          .find("timestep=\"0.125\" group=\"\" part=\"0\" file=\"particles/particles_0000.vtp\"") != std::string::npos);
  std::filesystem::remove_all("particles_points");
}

TEST_CASE("neurons are written at every n-th output time, the first and the last", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::linear, 1, 20);
  ParticleParameters   parameters  = five_networks();
  parameters.snapshots.every       = 3;
  parameters.snapshots.compression = SnapshotParameters::Compression::best;
  const TemporaryDirectory temporary;
  const RunDirectory       directory(temporary.path("run"), false, MPI_COMM_SELF);
  const Replicas           replicas(problem, parameters, 0., 9, MPI_COMM_SELF);
  ParticleOutput           output(directory, replicas);
  for (unsigned int i = 0; i <= 7; ++i)
    output.write(0.25 * i, i == 7);
  const std::vector<TimeSeriesEntry> entries = read_time_series(directory.file("particles.pvd"));
  REQUIRE(entries.size() == 4);
  const double times[] = {0., 0.75, 1.5, 1.75};
  for (unsigned int i = 0; i < 4; ++i)
    {
      CHECK(entries[i].time == times[i]);
      CHECK(entries[i].file == "particles/particles_000" + std::to_string(i) + ".vtp");
      CHECK(contents(directory.file(entries[i].file)).find("compressor=\"vtkZLibDataCompressor\"") != std::string::npos);
    }
}

TEST_CASE("choices that do not fit are refused with their parameter", "[particles]")
{
  class Continuous : public DataSetProblem
  {
  public:
    using DataSetProblem::DataSetProblem;
    std::uint64_t data_set_size() const override { return 0; }
  };
  const Continuous   continuous(ParticleNeuron::Type::ridge, 1, 5);
  ParticleParameters parameters = five_networks();
  parameters.method             = ParticleParameters::Method::multi_pass_sgd;
  CHECK(refusal([&]() { check_network(continuous, parameters); }) == Refused{"Particles/Method", Refusal::unsupported});
  parameters.step_size = 0.3;
  CHECK(parameters.steps_until(1.5) == 5);
  CHECK(refusal([&]() { parameters.steps_until(1.); }) == Refused{"Particles/Step size", Refusal::inconsistent}.naming("0.25"));
  CHECK(refusal([&]() {
          parameters.check_output_times({0., 1.5, 2.});
        }) == Refused{"Particles/Step size", Refusal::inconsistent});
  CHECK_NOTHROW(parameters.check_output_times({0., 1.5, 3.}));
}

TEST_CASE("exact risks that will take long are announced", "[particles]")
{
  class Pairs : public DataSetProblem
  {
  public:
    using DataSetProblem::DataSetProblem;
    double risk_pairs(std::uint64_t n) const override { return .5 * static_cast<double>(n) * static_cast<double>(n); }
  };
  const Pairs              problem(ParticleNeuron::Type::weighted_ridge, 40, 5);
  const TemporaryDirectory directory;
  const auto               said = [&](std::uint64_t n_neurons, unsigned int n_replicas, double networks) {
    ParticleParameters parameters = five_networks();
    parameters.n_neurons          = n_neurons;
    parameters.n_replicas         = n_replicas;
    const std::string name = directory.path("log_" + std::to_string(n_neurons) + "_" + std::to_string(networks));
    {
      Progress progress(true, false);
      progress.record_to(name);
      warn_of_exact_risks(problem, parameters, networks, MPI_COMM_SELF, progress);
    }
    return contents(name);
  };
  CHECK(said(10000, 8, 2.25).empty()); // 0.9e9 pairs: seconds
  // 1e12 pairs at 4e8 a second: 42 minutes; 2.25 times as many networks: 1 h 34 min.
  const std::string alone = said(500000, 8, 1.), more = said(500000, 8, 2.25);
  CHECK(alone.find("500000 neurons") != std::string::npos);
  CHECK(alone.find("about 41 min 40 s") != std::string::npos);
  CHECK(more.find("about 1 h 33 min") != std::string::npos);
  CHECK(more.find("'Test samples'") != std::string::npos);
}
