#include <catch2/catch.hpp>

#include <string>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/comparison/companion_networks.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/parameters.h>

#include "../base/temporary_directory.h"
#include "../particles/data_set_problem.h"

using namespace rhoflow;

namespace
{
int rank_in_world()
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

/// Some points on the first rank of `communicator`, which drift, and what would be known of a density there.
DensitySnapshot drifting(const DataSetProblem &problem, double time, MPI_Comm communicator)
{
  DensitySnapshot density;
  density.risk_error = 0.; // exact
  density.risk       = 0.3 - 0.02 * time;
  density.prediction.assign(problem.n_nodes(), 0.1 * time);
  int rank;
  MPI_Comm_rank(communicator, &rank);
  for (int i = 0; i < 8 && rank == 0; ++i)
    {
      density.points.insert(density.points.end(), {0.25 * i - 1. + 0.1 * time, 0.5 * (i % 3) - 0.5});
      density.weights.push_back(0.125);
    }
  return density;
}
} // namespace

TEST_CASE("the comparison goes on from a checkpoint on another number of ranks", "[comparison][mpi]")
{
  const TemporaryDirectory directory;
  const DataSetProblem     problem(ParticleNeuron::Type::weighted_ridge, 1, 10, Activation::Kind::tanh);
  CompanionSettings        settings;
  settings.particles.n_neurons       = 20;
  settings.particles.n_replicas      = 3;
  settings.particles.step_size       = 0.125;
  settings.particles.snapshots.every = 2;
  settings.comparison.n_directions   = 4;
  settings.comparison.n_bins         = 64;
  settings.comparison.n_resamples    = 10;
  settings.comparison.n_points       = 16;
  settings.seed                      = 4;
  settings.output_times              = {0., 0.5, 1., 1.5, 2.};
  const auto compare = [&](CompanionNetworks &networks, unsigned int first, unsigned int end, MPI_Comm communicator) {
    for (unsigned int i = first; i < end; ++i)
      networks.compare(settings.output_times[i], drifting(problem, settings.output_times[i], communicator));
  };

  const std::string  whole_name = "whole_" + std::to_string(rank_in_world()) + "/";
  const RunDirectory whole_directory(directory.path(whole_name), false, MPI_COMM_SELF);
  CompanionNetworks  whole(problem, settings, whole_directory);
  compare(whole, 0, 5, MPI_COMM_SELF);

  // Begun by the first rank and gone on with by all, and the other way round. What was done after the checkpoint does not
  // count.
  for (const bool begun_by_all : {false, true})
    {
      const bool     is_first = rank_in_world() == 0;
      const MPI_Comm before   = begun_by_all ? MPI_COMM_WORLD : MPI_COMM_SELF,
                     after    = begun_by_all ? MPI_COMM_SELF : MPI_COMM_WORLD;
      const std::string name = begun_by_all ? "all/" : "first/", state = directory.path(name + "state");
      if (begun_by_all || is_first)
        {
          const RunDirectory run(directory.path(name), false, before);
          CompanionNetworks  begun(problem, settings, run);
          compare(begun, 0, 3, before);
          CheckpointWriter writer(before);
          begun.save(writer);
          writer.write(state, settings.output_times[2], 1);
          compare(begun, 3, 4, before);
        }
      MPI_Barrier(MPI_COMM_WORLD);
      directory.write(name + "provenance.json", "{}");
      directory.write(name + "parameters_used.prm", "");
      if (!begun_by_all || is_first)
        {
          const RunDirectory run = RunDirectory::of_earlier_run(directory.path(name), after);
          CompanionNetworks  rest(problem, settings, run);
          rest.load(CheckpointReader(state, after));
          compare(rest, 3, 5, after);
          CHECK(rest.report() == whole.report());
        }
      MPI_Barrier(MPI_COMM_WORLD);
      for (const char *file : {"comparison.csv", "replicas.csv", "particles.pvd", "particles/particles_0002.vtp"})
        {
          CAPTURE(file);
          CHECK(directory.read(whole_name + file).size() > 200);
          CHECK(directory.read(name + file) == directory.read(whole_name + file));
        }
      MPI_Barrier(MPI_COMM_WORLD);
    }
}

TEST_CASE("the networks' biases are extrapolated as before after a checkpoint", "[comparison]")
{
  // The largest deviation is that of t = 0, long before the checkpoint.
  const TemporaryDirectory directory;
  const DataSetProblem     problem(ParticleNeuron::Type::weighted_ridge, 1, 10, Activation::Kind::tanh);
  CompanionSettings        settings;
  settings.particles.n_neurons  = 20;
  settings.particles.n_replicas = 3;
  settings.particles.step_size  = 0.125;
  settings.comparison.n_points = settings.comparison.n_resamples = 0;
  const RunDirectory run(directory.path("run"), false, MPI_COMM_SELF);
  CompanionNetworks  begun(problem, settings, run);
  DensitySnapshot    far = drifting(problem, 0., MPI_COMM_SELF);
  far.risk               = 100.;
  begun.compare(0., far);
  begun.compare(0.5, drifting(problem, 0.5, MPI_COMM_SELF));
  CheckpointWriter writer(MPI_COMM_SELF);
  begun.save(writer);
  writer.write(directory.path("state"), 0.5, 1);
  CompanionNetworks rest(problem, settings, run);
  rest.load(CheckpointReader(directory.path("state"), MPI_COMM_SELF));
  CHECK(rest.largest_deviation() == begun.largest_deviation());
  // With nothing more to do the report is there nevertheless.
  CHECK(rest.report() == begun.report());
}

TEST_CASE("written measures go on from a checkpoint", "[comparison][mpi]")
{
  const TemporaryDirectory directory;
  const DataSetProblem     problem(ParticleNeuron::Type::weighted_ridge, 1, 10, Activation::Kind::tanh);
  ComparisonParameters     parameters;
  parameters.write_measures = true;
  const RunDirectory run(directory.path("run"), false, MPI_COMM_WORLD);
  const auto         write = [&](MeasureOutput &measures, double time) {
    const DensitySnapshot density = drifting(problem, time, MPI_COMM_WORLD);
    measures.write(time, {density.points, density.weights, {}});
  };
  std::string times, third;
  {
    MeasureOutput measures(problem.parameter_names(), parameters, run);
    write(measures, 0.);
    write(measures, 1.);
    CheckpointWriter writer(MPI_COMM_WORLD);
    measures.save(writer);
    writer.write(directory.path("state"), 1., 1);
    write(measures, 2.);
    MPI_Barrier(MPI_COMM_WORLD);
    times = directory.read("run/measures/times.csv");
    third = directory.read("run/measures/density_0002.csv");
    MPI_Barrier(MPI_COMM_WORLD);
    write(measures, 3.);
  }
  directory.write("run/measures/density_0002.csv", "cut off");
  MeasureOutput measures(problem.parameter_names(), parameters, run);
  measures.load(CheckpointReader(directory.path("state"), MPI_COMM_WORLD));
  write(measures, 2.);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(third.size() > 200);
  CHECK(directory.read("run/measures/times.csv") == times);
  CHECK(directory.read("run/measures/density_0002.csv") == third);
}
