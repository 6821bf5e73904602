#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <deal.II/base/parameter_handler.h>

#include <tests/support/references.h>

#include <meshes/domain.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/finite_networks/solver.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>
#include <solvers/particles/gradient_flow.h>

#include <tests/support/refusals.h>
#include <tests/support/run.h>

using namespace rhoflow;

namespace
{
/// Runs the solver on `text` and returns the path of its directory.
void run(const std::string &text, const std::string &directory_name, MPI_Comm communicator)
{
  run_solver("particles", directory_name, {}, communicator, text);
}

std::optional<Refused> refused(const std::string &text)
{
  return refusal("particles", {}, text);
}

std::unique_ptr<LearningProblem> single_neuron(const std::string &more = "")
{
  const auto prm = make_parameters({}, "subsection Learning problem\n set Neuron = single neuron\n set Input dimension = 6\n" +
                                         more + "end\n");
  return make_learning_problem(*prm, {-6.5, -2.6, 0.}, {6.5, 2.6, 2.}, 1);
}
} // namespace

TEST_CASE("finite networks learn a single neuron as the continuum does", "[particles]")
{
  // The biases of width and step at these settings are below 1.5 %.
  run("set Solver = particles\nset End time = 2\nsubsection Particles\n set Replicas = 12\n set Step size = 0.002\nend\n",
      "particles_reference", MPI_COMM_SELF);
  const CsvTable table     = read_csv("particles_reference/statistics.csv", {}, "");
  const auto     exact     = reference_values("reference_a", "risk"); // of the infinitely wide network
  const auto     risk      = table.column("risk", "");
  const auto     deviation = table.column("standard error", "");
  REQUIRE(table.rows.size() == 3);
  for (unsigned int i = 0; i < 3; ++i)
    {
      CHECK(table.rows[i][table.column("time", "")] == i);
      CHECK(std::abs(table.rows[i][risk] - exact[i].value) < 3. * table.rows[i][deviation] + .015 * exact[i].value);
      CHECK(table.rows[i][deviation] < .03 * exact[i].value);
      CHECK(table.rows[i][table.column("risk 5 %", "")] < table.rows[i][table.column("risk 95 %", "")]);
    }
  // a ~ N(0, 1), s ~ N(0, 1/d): 12,000 neurons.
  CHECK(table.rows[0][table.column("mean a", "")] == Approx(0.).margin(4. / std::sqrt(12000.)));
  CHECK(table.rows[0][table.column("deviation a", "")] == Approx(1.).epsilon(.03));
  CHECK(table.rows[0][table.column("deviation s", "")] == Approx(1. / std::sqrt(40.)).epsilon(.03));
  CHECK(table.rows[0][table.column("mean |a|", "")] == Approx(std::sqrt(2. / 3.14159265358979)).epsilon(.03));
  CHECK(std::filesystem::exists("particles_reference/particles/particles_0002.vtp"));
  std::filesystem::remove_all("particles_reference");
}

TEST_CASE("the particle solver writes the same bytes on any number of ranks", "[particles][mpi]")
{
  const std::string text  = "set Solver = particles\nset End time = 1\nset Output interval = 0.3\nsubsection Particles\n"
                            " set Replicas = 5\n set Number of neurons = 50\n set Step size = 0.01\n"
                            " set Write particles = all replicas\nend\n";
  const std::string alone = "particles_solver_alone_" + std::to_string(rank_of(MPI_COMM_WORLD));
  run(text, alone, MPI_COMM_SELF);
  run(text, "particles_solver_shared", MPI_COMM_WORLD);
  if (rank_of(MPI_COMM_WORLD) == 0)
    for (const char *name : {"/statistics.csv", "/replicas.csv", "/particles.pvd", "/particles/particles_0004.vtp"})
      {
        CHECK(contents(alone + name).size() > 200);
        CHECK(contents(alone + name) == contents(std::string("particles_solver_shared") + name));
      }
  MPI_Barrier(MPI_COMM_WORLD);
  std::filesystem::remove_all(alone);
  if (rank_of(MPI_COMM_WORLD) == 0)
    std::filesystem::remove_all("particles_solver_shared");
}

TEST_CASE("the closed-form velocity of erf neurons in R^d is the gradient of their risk", "[particles]")
{
  const auto problem  = single_neuron();
  const auto velocity = make_erf_velocity(*problem);
  REQUIRE(velocity != nullptr);
  const std::uint64_t M     = 5;
  auto                theta = initial_neurons(*problem, M, 3, 0);
  std::vector<double> v;
  velocity->evaluate(theta, v);
  REQUIRE(v.size() == M * 7);
  const double h = 1e-5;
  for (std::size_t i = 0; i < theta.size(); ++i)
    {
      const double centre = theta[i];
      theta[i]            = centre + h;
      const double above  = problem->particle_risk(theta.data(), M);
      theta[i]            = centre - h;
      const double below  = problem->particle_risk(theta.data(), M);
      theta[i]            = centre;
      CHECK(v[i] == Approx(-static_cast<double>(M) * (above - below) / (2. * h)).margin(1e-9));
    }
  // It is right for this target alone.
  CHECK(make_erf_velocity(*single_neuron(" set Activation = tanh\n")) == nullptr);
}

TEST_CASE("the particle solver refuses what does not fit before the first step", "[particles]")
{
  CHECK(refused("subsection Particles\n set Method = multi-pass SGD\nend\n") ==
        Refused{"Particles/Method", Refusal::unsupported});
  CHECK_FALSE(refused("subsection Particles\n set Method = gradient flow\nend\n"));
  CHECK(
    refused(
      "subsection Particles\n set Method = gradient flow\nend\nsubsection Learning problem\n set Activation = tanh\nend\n") ==
    Refused{"Particles/Method", Refusal::unsupported});
  CHECK(refused("subsection Target\n set Activation = tanh\nend\nsubsection Particles\n set Method = gradient flow\nend\n") ==
        Refused{"Particles/Method", Refusal::unsupported});
  CHECK(refused("set Output interval = 0.0125\nsubsection Particles\n set Step size = 0.01\nend\n") ==
        Refused{"Particles/Step size", Refusal::inconsistent});
  CHECK(refused("subsection Particles\n set Batch size = 1000000\nend\n") ==
        Refused{"Particles/Batch size", Refusal::too_large});
  const std::string warm = "subsection Mean field\n set Inverse temperature = 20\nend\n";
  CHECK_FALSE(refused(warm));
  CHECK_FALSE(refused(warm + "subsection Particles\n set Method = gradient descent\nend\n"));
  CHECK(refused(warm + "subsection Particles\n set Method = gradient flow\nend\n") ==
        Refused{"Particles/Method", Refusal::unsupported});
  CHECK(refused("subsection Mean field\n set Inverse temperature = -1\nend\n") ==
        Refused{"Mean field/Inverse temperature", Refusal::out_of_range});
}
