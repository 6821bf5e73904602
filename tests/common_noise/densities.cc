// Densities on a mesh on the paths of the common noise: against points on the same path, conservation, ranks, checkpoints.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <solvers/base/numerics/lagrange.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/continuity/density_path.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/solver.h>
#include <solvers/mean_field/mean_field.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "setup.h"

using namespace rhoflow;

namespace
{
/// The inputs of a run.
struct Prepared : ContinuitySolver
{
  explicit Prepared(const Settings &settings, MPI_Comm communicator)
    : ContinuitySolver(continuity_traits(""))
  {
    const auto prm = make_parameters(settings + Settings{{"Solver", "continuity"}});
    Progress   silent(false);
    prepare(*prm, communicator, silent);
  }
  const ContinuityInputs &operator*() const { return inputs; }
};

/// A density on path 0.
struct DensityRun
{
  explicit DensityRun(const Settings &settings, MPI_Comm communicator = MPI_COMM_SELF)
    : prepared(settings, communicator)
    , inputs(*prepared)
    , field(inputs.noise, *inputs.problem, inputs.parameters.weight_decay)
    , squares(squares_of(inputs))
    , path(inputs, field, squares, communicator)
  {}

  void advance(unsigned int n_intervals)
  {
    for (unsigned int i = 0; i < n_intervals; ++i, ++k)
      path.step(inputs.noise.interval, field.increment(1, 0, k), inputs.noise.interval * (static_cast<double>(k) + 1.));
  }
  Diagnostics now()
  {
    path.finish();
    return diagnose(path.solution(), std::vector<bool>(inputs.problem->n_parameters(), false), Observables());
  }

  Prepared                prepared;
  const ContinuityInputs &inputs;
  SgdField                field;
  SquareModes             squares;
  DensityPath             path;
  std::uint64_t           k = 0;
};

const Settings noise{{"End time", "1"},
                     {"Output times", "0, 0.5, 1"},
                     {"Common noise/Equation", "modified flow"},
                     {"Common noise/Step size", "0.05"},
                     {"Common noise/Paths", "1"},
                     {"Common noise/Noise interval", "0.25"},
                     {"Output/Write density", "false"}};

/// Neurons tanh(w x) in one dimension, and a tanh(w x) in two.
const Settings one_coordinate =
  four_data() + noise + Settings{{"Domain/Lower corner", "-3"}, {"Domain/Upper corner", "4"}, {"Domain/Subdivisions", "64"}};
const Settings two_coordinates = one_coordinate + Settings{{"Learning problem/Neuron", "weighted ridge"},
                                                           {"Initial law/Law", "normal(0.6, 0.3), normal(0.6, 0.4)"},
                                                           {"Domain/Lower corner", "-1.8, -2.4"},
                                                           {"Domain/Upper corner", "3, 3.6"},
                                                           {"Domain/Subdivisions", "40"}};

/// R of points on the same path.
double risk_of_points(const DensityRun &run, unsigned int n_intervals, unsigned int n_per_coordinate)
{
  OnePath points(*run.inputs.problem, run.inputs.noise, initial_points(*run.inputs.problem, n_per_coordinate),
                 run.inputs.parameters.weight_decay, 1e-10);
  for (unsigned int k = 0; k < n_intervals; ++k)
    points.step(run.field.increment(1, 0, k));
  return points.risk();
}

/// Neurons tanh(w·x) on two inputs in two dimensions, and a tanh(w·x) in three.
const Settings two_inputs        = noise + Settings{{"Learning problem/Neuron", "ridge"},
                                             {"Learning problem/Activation", "tanh"},
                                             {"Learning problem/Input dimension", "2"},
                                             {"Data/Law", "discrete"},
                                             {"Data/Points", "-1.2, 0.3 | -0.5, -0.8 | 0.6, 0.9 | 1, -0.4 | 0.2, 1.1"},
                                             {"Target/Type", "expression"},
                                             {"Target/Expression", "0.6*tanh(x1) - 0.4*x2"},
                                             {"Initial law/Law", "normal(0.4, 0.3), normal(-0.2, 0.3)"},
                                             {"Domain/Lower corner", "-1.8, -2.4"},
                                             {"Domain/Upper corner", "2.6, 2"},
                                             {"Domain/Subdivisions", "40"}};
const Settings three_coordinates = two_inputs +
                                   Settings{{"Learning problem/Neuron", "weighted ridge"},
                                            {"Initial law/Law", "normal(0.5, 0.3), normal(0.4, 0.3), normal(-0.2, 0.3)"},
                                            {"Domain/Lower corner", "-1.7, -1.8, -2.4"},
                                            {"Domain/Upper corner", "2.7, 2.6, 2"},
                                            {"Domain/Subdivisions", "14"},
                                            {"Discontinuous Galerkin/Degree", "3"}};
/// Data with a law, whose nodes are compressed, and a mesh with hanging faces.
const Settings compressed = noise + Settings{{"Learning problem/Neuron", "weighted ridge"},
                                             {"Learning problem/Activation", "tanh"},
                                             {"Data/Quadrature nodes", "24"},
                                             {"Target/Type", "expression"},
                                             {"Target/Expression", "sin(2*x)"},
                                             {"Initial law/Law", "normal(0.6, 0.3), normal(0.6, 0.4)"},
                                             {"Domain/Lower corner", "-1.8, -2.4"},
                                             {"Domain/Upper corner", "3, 3.6"},
                                             {"Domain/Subdivisions", "64"}};
const Settings hanging    = two_coordinates + Settings{{"Domain/Subdivisions", "12"},
                                                    {"Discontinuous Galerkin/Degree", "4"},
                                                    {"Refinement/Adaptive", "true"},
                                                    {"Refinement/Tolerance", "1e-6"}};

struct Case
{
  Settings     problem;
  unsigned int n_per_coordinate; ///< points
  double       negative_mass;    ///< at most
};

/// R of a density and of points on the same path.
void compare(const Case &c, const Settings &changes)
{
  DensityRun run(c.problem + changes);
  run.path.start();
  const double before = run.now().risk;
  run.advance(4);
  const Diagnostics end    = run.now();
  const double      points = risk_of_points(run, 4, c.n_per_coordinate);
  CAPTURE(before, end.risk, points, end.risk - points, end.mass, end.negative_mass, end.boundary_mass);
  CHECK(std::abs(end.risk - points) < 1e-7);
  CHECK(std::abs(before - end.risk) > 5e-4);
  CHECK(std::abs(end.mass - 1.) < 1e-12);
  CHECK(end.negative_mass < c.negative_mass);
}

const Settings first_order{{"Common noise/Equation", "stochastic mean-field"}}, batches{{"Common noise/Batch size", "3"}},
  decay{{"Mean field/Weight decay", "0.3"}}, labels{{"Target/Noise deviation", "0.3"}};
} // namespace

TEST_CASE("a density and points on the same path have the same risk", "[common_noise]")
{
  const Case     c       = GENERATE(Case{one_coordinate, 32, 1e-8}, Case{two_coordinates, 20, 1e-8});
  const Settings changes = GENERATE(Settings{}, first_order, batches + decay + labels, first_order + decay);
  compare(c, changes);
}

TEST_CASE("a density on two inputs and points on the same path have the same risk", "[common_noise]")
{
  // A large step, since what it multiplies is small.
  const Settings changes = GENERATE(Settings(first_order), batches + decay) + Settings{{"Common noise/Step size", "0.4"}};
  compare(GENERATE(Case{two_inputs, 20, 1e-8}, Case{three_coordinates, 12, 1e-4}), changes);
}

TEST_CASE("a density on an adaptive mesh and points on the same path have the same risk", "[common_noise]")
{
  compare({hanging, 20, 1e-5}, first_order + decay);
}

TEST_CASE("a density with compressed features and points on the same path have the same risk", "[common_noise]")
{
  // The tanh(w x) of the outermost data are steep in w: 48 points in each coordinate are off by 5e-8, the density by 1e-10.
  compare({compressed, 72, 1e-6}, first_order);
}

namespace
{
/// The density at x in one dimension.
double value_at(DensityRun &run, const std::vector<double> &values, double x)
{
  const DGMesh      &space = run.path.solution().mesh();
  const unsigned int n     = space.points_per_cell();
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      const CellKey &key = space.mesh().cells()[c];
      const double   xi  = (x - space.mesh().position(key, 0, 0)) / space.mesh().extent(key, 0);
      if (xi < 0. || xi > 1.)
        continue;
      double sum = 0.;
      for (unsigned int j = 0; j < n; ++j)
        sum += values[c * n + j] * lagrange_value(n, space.line(key, 0).nodes.data(), j, xi);
      return sum;
    }
  return 0.;
}

/// The L2 distance to a finer density, by the midpoint rule in every cell: at Gauss points the errors are smaller.
double distance(DensityRun &run, DensityRun &fine)
{
  constexpr unsigned int    n      = 8;
  const std::vector<double> values = run.path.solution().values(), exact = fine.path.solution().values();
  const AdaptiveMesh       &mesh = run.path.on_mesh().mesh();
  double                    sum  = 0.;
  for (const CellKey &key : mesh.cells())
    for (unsigned int i = 0; i < n; ++i)
      {
        const double x = mesh.position(key, 0, 0) + mesh.extent(key, 0) * (i + .5) / n;
        sum += mesh.extent(key, 0) / n * std::pow(value_at(run, values, x) - value_at(fine, exact, x), 2);
      }
  return std::sqrt(sum);
}
} // namespace

TEST_CASE("a density on a path converges with order k + 1, and keeps its mass", "[common_noise]")
{
  const auto on_mesh = [](const char *degree, const char *cells) {
    auto run = std::make_unique<DensityRun>(one_coordinate + Settings{{"Discontinuous Galerkin/Degree", degree},
                                                                      {"Discontinuous Galerkin/CFL number", "0.5"},
                                                                      {"Domain/Subdivisions", cells}});
    run->path.start();
    const double before = run->now().mass;
    run->advance(4);
    CHECK(std::abs(run->now().mass / before - 1.) < 1e-12);
    return run;
  };
  const auto   fine   = on_mesh("4", "512");
  const auto   degree = GENERATE(1U, 2U, 3U);
  const auto   name   = std::to_string(degree);
  const auto   coarse = on_mesh(name.c_str(), "32"), middle = on_mesh(name.c_str(), "128");
  const double first = distance(*coarse, *fine), second = distance(*middle, *fine), order = .5 * std::log2(first / second);
  CAPTURE(degree, first, second, order);
  CHECK(order > degree + .7);
  CHECK(coarse->now().negative_mass < 1e-12);
}

TEST_CASE("without noise a density on a path is the deterministic one", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings problem = GENERATE(Settings(one_coordinate), two_coordinates) + Settings{{"Mean field/Weight decay", "0.1"}};
  run_solver("continuity", directory.path("path"), problem + Settings{{"Common noise/Step size", "0"}}, MPI_COMM_SELF);
  run_solver("continuity", directory.path("one"),
             problem + Settings{{"Common noise/Equation", "none"}, {"Discontinuous Galerkin/Maximum time step", "0.25"}},
             MPI_COMM_SELF);
  auto path = columns_of(directory.path("path/statistics.csv")), one = columns_of(directory.path("one/statistics.csv"));
  REQUIRE(path["time"] == one["time"]);
  for (std::size_t i = 0; i < path["time"].size(); ++i)
    {
      for (const char *column : {"risk", "excess risk", "mean w", "covariance w w"})
        CHECK(path[column][i] == Approx(one[column][i]).margin(1e-8));
      CHECK(path["mass"][i] == Approx(one["mass"][i]).epsilon(1e-13));
      CHECK(path["negative mass"][i] == Approx(one["negative mass"][i]).margin(1e-8));
    }
}

TEST_CASE("densities on paths do not depend on the number of ranks", "[common_noise][mpi]")
{
  const TemporaryDirectory directory;
  // Several paths a rank; ranks that are left over; several ranks a path.
  const char *const paths    = GENERATE("3", "2", "1");
  const Settings    mesh     = GENERATE(Settings{}, Settings{{"Domain/Subdivisions", "8"},
                                                      {"Domain/Refinement", "1"},
                                                      {"Refinement/Adaptive", "true"},
                                                      {"Refinement/Tolerance", "1e-3"}});
  const Settings    settings = two_coordinates + mesh +
                            Settings{{"Common noise/Paths", paths},
                                     {"Common noise/Equation", "stochastic mean-field"},
                                     {"Mean field/Weight decay", "0.1"}};
  run_solver("continuity", directory.path("all"), settings);
  if (rank_of(MPI_COMM_WORLD) == 0)
    {
      run_solver("continuity", directory.path("one"), settings, MPI_COMM_SELF);
      for (const char *file : {"statistics.csv", "paths.csv"})
        {
          const std::string name = file;
          CHECK(contents(directory.path("all/" + name)) == contents(directory.path("one/" + name)));
          CHECK(contents(directory.path("all/" + name)).size() > 80);
        }
    }
}

TEST_CASE("a density on a path goes on from a checkpoint to the same bits", "[common_noise][mpi]")
{
  const TemporaryDirectory directory;
  const Settings           settings =
    two_coordinates + Settings{{"Domain/Subdivisions", "8"}, {"Refinement/Adaptive", "true"}, {"Refinement/Tolerance", "1e-3"}};
  const auto save = [](const DensityRun &run, const std::string &file, MPI_Comm communicator) {
    CheckpointWriter checkpoint(communicator);
    DensityPath::save_cells(checkpoint, "path ", &run.path);
    checkpoint.put("numbers", run.path.numbers());
    checkpoint.write(file, 0., 1);
  };
  // Half an interval of drift is put off there.
  DensityRun whole(settings);
  whole.path.start();
  whole.advance(2);
  CHECK(whole.path.on_mesh().mesh().n_global_cells() > 64);
  save(whole, directory.path("alone_" + std::to_string(rank_of(MPI_COMM_WORLD))), MPI_COMM_SELF);
  whole.advance(2);
  const Diagnostics end = whole.now();

  const auto load = [](DensityRun &run, const std::string &file, MPI_Comm communicator) {
    const CheckpointReader checkpoint(file, communicator);
    DensityPath::load_cells(checkpoint, "path ", run.inputs.domain, &run.path);
    run.path.set_numbers(checkpoint.numbers("numbers", DensityPath::n_numbers).data());
    run.k = 2;
  };
  MPI_Barrier(MPI_COMM_WORLD);
  DensityRun shared(settings, MPI_COMM_WORLD);
  load(shared, directory.path("alone_0"), MPI_COMM_WORLD);
  save(shared, directory.path("together"), MPI_COMM_WORLD);
  shared.advance(2);
  const Diagnostics together = shared.now();
  CHECK(together.risk == end.risk);
  CHECK(together.negative_mass == end.negative_mass);
  CHECK(shared.path.n_steps() == whole.path.n_steps());

  DensityRun single(settings);
  load(single, directory.path("together"), MPI_COMM_SELF);
  single.advance(2);
  const Diagnostics alone = single.now();
  CHECK(alone.risk == end.risk);
  CHECK(alone.negative_mass == end.negative_mass);
  CHECK(alone.mass == end.mass);
}

TEST_CASE("densities on paths are refused where there are none", "[common_noise]")
{
  const auto refused = [](const Settings &changes) { return refusal("continuity", one_coordinate + changes); };
  CHECK_FALSE(refused({}));
  CHECK(refused({{"Compare with SGD", "true"}}) == Refused{"Compare with SGD", Refusal::unsupported});
  CHECK(refused({{"Mean field/Inverse temperature", "10"}}) == Refused{"Mean field/Inverse temperature", Refusal::unsupported});
  CHECK(refused({{"Learning problem/Activation", "relu"}}) == Refused{"Learning problem/Activation", Refusal::unsupported});
  CHECK(refused({{"Common noise/Batch size", "5"}}) == Refused{"Common noise/Batch size", Refusal::inconsistent}.naming("4"));
  CHECK(refused({{"Common noise/Noise interval", "0.3"}}) ==
        Refused{"Common noise/Noise interval", Refusal::inconsistent}.naming("0.25"));
  CHECK(refused({{"Common noise/Step size", "9"}}) == Refused{"Common noise/Step size", Refusal::out_of_range});
  const Settings with_noise{{"Common noise/Equation", "modified flow"}, {"Output times", "0, 0.5, 1"}, {"End time", "1"}};
  CHECK(refusal("single neuron", with_noise, shipped_file("single_neuron/reference_a")) ==
        Refused{"Learning problem/Neuron", Refusal::unsupported});
}
