#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/characteristics/step.h>
#include <solvers/mean_field/mean_field.h>

#include "../base/temporary_directory.h"
#include "../model/make_problem.h"

using namespace rhoflow;

namespace
{
/// All points, and what else a step tells, on every rank.
std::vector<double> everything(const CharacteristicsOperator &system, const CharacteristicsStep &stepper)
{
  std::vector<double> all(3 * system.n_global_points(), 0.);
  std::copy_n(stepper.points(), 3 * system.start().weights.size(),
              all.begin() + static_cast<std::ptrdiff_t>(3 * system.first_point()));
  // Each number is on one rank alone.
  MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, system.communicator());
  all.insert(all.end(), {stepper.time(), stepper.dissipated_energy(), static_cast<double>(stepper.n_steps()),
                         static_cast<double>(stepper.n_evaluations())});
  return all;
}

void save(const CharacteristicsStep &stepper, const std::string &file, MPI_Comm communicator)
{
  CheckpointWriter checkpoint(communicator);
  stepper.save(checkpoint, "");
  checkpoint.write(file, stepper.time(), 1);
}
} // namespace

TEST_CASE("points go on from a checkpoint to the same bits", "[characteristics][mpi]")
{
  const TemporaryDirectory directory;
  const auto problem = make_problem({{"Learning problem/Neuron", "single neuron"}, {"Learning problem/Input dimension", "6"}});
  MeanFieldParameters parameters;
  parameters.tolerance    = 0.;
  parameters.weight_decay = .2;
  const MeanField field(*problem, {-2., 0.}, {2., 2.}, parameters);
  Measure         law;
  for (unsigned int i = 0; i < 100; ++i)
    {
      law.points.insert(law.points.end(), {std::sin(i), .5 * std::cos(2. * i), .05 + .01 * i});
      law.weights.push_back(.01);
    }
  // Before the first step, between two output times, and at one, where a step is cut.
  const auto pause = GENERATE(0., .35, .4);
  const auto go_on = [](CharacteristicsStep &stepper, double end) {
    for (const double time : {.4, 1.5})
      while (stepper.time() < std::min(time, end))
        stepper.step(time);
  };
  CharacteristicsOperator system(field, law, MPI_COMM_SELF);
  CharacteristicsStep     whole(system, 1e-6);
  go_on(whole, pause);
  const std::vector<double> before = everything(system, whole);
  save(whole, directory.path("alone_" + std::to_string(rank_of(MPI_COMM_WORLD))), MPI_COMM_SELF);
  go_on(whole, 1.5);
  const std::vector<double> after = everything(system, whole);
  CHECK(after[3 * law.weights.size() + 2] >= before[3 * law.weights.size() + 2] + 3.);

  MPI_Barrier(MPI_COMM_WORLD);
  CharacteristicsOperator shared_system(field, law, MPI_COMM_WORLD);
  CharacteristicsStep     shared(shared_system, 1e-6);
  shared.load(CheckpointReader(directory.path("alone_0"), MPI_COMM_WORLD), "");
  CHECK(everything(shared_system, shared) == before);
  save(shared, directory.path("together"), MPI_COMM_WORLD);
  go_on(shared, 1.5);
  CHECK(everything(shared_system, shared) == after);

  CharacteristicsOperator single_system(field, law, MPI_COMM_SELF);
  CharacteristicsStep     single(single_system, 1e-6);
  single.step(1.); // to be forgotten
  single.load(CheckpointReader(directory.path("together"), MPI_COMM_SELF), "");
  go_on(single, 1.5);
  CHECK(everything(single_system, single) == after);
}
