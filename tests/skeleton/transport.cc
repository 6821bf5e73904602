// The solver to begin a new one with, run as rhoflow runs its solvers, from a registry that has no other.

#include <catch2/catch.hpp>

#include <cmath>
#include <string>

#include <meshes/domain.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/single_run.h>
#include <solvers/comparison/parameters.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/observables.h>
#include <solvers/skeleton/solver.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"

using namespace rhoflow;

namespace
{
/// The parameters that a run of the skeleton reads.
struct Parameters
{
  RunParameters        run;
  CheckpointParameters checkpoint;
  ModelChoices         model;
  AccuracyParameters   accuracy;
  Domain               domain;
  MeanFieldParameters  mean_field;
  ComparisonParameters comparison;
  OutputParameters     output;
  Observables          observables;
  SkeletonParameters   skeleton;

  void bind(ParameterBinding &p)
  {
    run.bind(p);
    checkpoint.bind(p);
    model.bind(p);
    accuracy.bind(p);
    domain.bind(p);
    mean_field.bind(p);
    comparison.bind(p);
    output.bind(p);
    observables.bind(p);
    skeleton.bind(p);
  }
};

const Registry only_the_skeleton = {{skeleton_solver_entry()},
                                    declare_parameters<Parameters>,
                                    ModelParameters::input_file_parameters};

/// L = x²/2 + y²: x and y shrink by e^{−t} and e^{−2t}.
const std::string bowl = "set Solver = skeleton\n"
                         "set Output interval = 0.5\n"
                         "subsection Learning problem\n set Neuron = landscape\nend\n"
                         "subsection Landscape\n set Coordinates = x, y\n set Function = x^2/2 + y^2\nend\n"
                         "subsection Initial law\n set Law = normal(1, 0.5), normal(-2, 0.25)\nend\n"
                         "subsection Domain\n set Lower corner = -9, -9\n set Upper corner = 9, 9\n set Subdivisions = 8\nend\n"
                         "subsection Output\n set Observables = x*y\nend\n";

/// A parameter file with more lines.
ParameterFile file_with(const TemporaryDirectory &directory, const std::string &name, const std::string &more)
{
  directory.write(name + ".prm", bowl + more);
  return ParameterFile::read(directory.path(name + ".prm"), MPI_COMM_WORLD);
}

/// statistics.csv of a run.
CsvTable run(const TemporaryDirectory &directory, const std::string &name, const std::string &more)
{
  SingleRun single(only_the_skeleton,
                   file_with(directory, name, "set Output directory = " + directory.path(name) + "\n" + more));
  Progress  silent(false);
  single.execute(MPI_COMM_WORLD, silent, {"rhoflow"});
  MPI_Barrier(MPI_COMM_WORLD);
  return read_csv(directory.path(name + "/statistics.csv"), {}, "", true);
}

double last(const CsvTable &table, const std::string &column)
{
  return table.rows.back()[table.column(column, "")];
}
} // namespace

TEST_CASE("a law moves in a given field as the exact solution, with errors of second order", "[mpi]")
{
  const TemporaryDirectory directory;
  const CsvTable           table = run(directory, "run", "set End time = 1\nsubsection Skeleton\n set Time step = 0.01\nend\n");
  const double             e     = std::exp(-1.);
  CHECK(last(table, "time") == 1.);
  CHECK(last(table, "mean x") == Approx(e).margin(2e-5));
  CHECK(last(table, "mean y") == Approx(-2. * e * e).margin(2e-4));
  CHECK(last(table, "covariance x x") == Approx(.25 * e * e).margin(2e-5));
  CHECK(last(table, "covariance x y") == Approx(0.).margin(1e-14));
  CHECK(last(table, "mean of x*y") == Approx(-2. * e * e * e).margin(2e-4));
  // ∫ x²/2 + y²
  CHECK(last(table, "risk") == Approx(.5 * e * e * 1.25 + std::pow(e, 4) * 4.0625).margin(2e-4));
  const CsvTable finer = run(directory, "finer", "set End time = 1\nsubsection Skeleton\n set Time step = 0.005\nend\n");
  CHECK((last(table, "mean y") + 2. * e * e) / (last(finer, "mean y") + 2. * e * e) == Approx(4.).epsilon(.05));
}

TEST_CASE("a run of the skeleton that is resumed is the same as one that was not interrupted", "[mpi]")
{
  const TemporaryDirectory directory;
  run(directory, "whole", "set End time = 2\n");
  run(directory, "part", "set End time = 1\n");
  MPI_Barrier(MPI_COMM_WORLD);
  SingleRun more(only_the_skeleton, file_with(directory, "more", "set End time = 2\n"));
  Progress  silent(false);
  more.resume(directory.path("part"), MPI_COMM_WORLD, silent, {"rhoflow"});
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(directory.read("whole/statistics.csv").size() > 200);
  CHECK(directory.read("part/statistics.csv") == directory.read("whole/statistics.csv"));
}

TEST_CASE("what the skeleton cannot do is refused by its traits")
{
  const TemporaryDirectory directory;
  const auto               refused = [&](const std::string &more) { return refusal([&]() { run(directory, "run", more); }); };
  CHECK(refused("set Compare with SGD = true\n") == Refused{"Compare with SGD", Refusal::unsupported});
  CHECK(refused("subsection Mean field\n set Inverse temperature = 10\nend\n") ==
        Refused{"Mean field/Inverse temperature", Refusal::unsupported});
}
