#include <tests/support/refused_run.h>

#include <catch2/catch.hpp>

using namespace rhoflow;

namespace
{
const TrialRun single_neuron("", R"(set Solver   = single neuron
set End time = 4
subsection Domain
  set Lower corner = -6.5, -2.6, 0
  set Upper corner = 6.5, 2.6, 2
  set Subdivisions = 6, 8, 5
end
)");

const std::string adaptive = "Refinement/Adaptive=true";
} // namespace

TEST_CASE("Boxes that do not fit the problem are refused with the parameter")
{
  REQUIRE(single_neuron.refused() == std::nullopt);
  const auto refused = [](const std::vector<std::string> &changes, const std::string &where, const std::string &parameter,
                          const Refusal why) {
    INFO(changes.front());
    CHECK(single_neuron.refused(changes) == RefusedRun{where, parameter, why});
  };
  const std::string lower = "Domain/Lower corner", upper = "Domain/Upper corner";
  refused({upper + "=6.5, -2.6, 2"}, "command line", upper, Refusal::inconsistent);
  refused({lower + "=-6.5, -2.6, -1"}, "command line", lower, Refusal::out_of_range);
  refused({adaptive, "Refinement/Maximum level=1", "Domain/Refinement=2"}, "command line", "Refinement/Maximum level",
          Refusal::inconsistent);
  refused({lower + "=-6.5, -2.6", upper + "=6.5, 2.6", "Domain/Subdivisions=4"}, "command line", lower, Refusal::inconsistent);
}

TEST_CASE("Boxes that most of the initial law is outside of are refused", "[mpi]")
{
  const std::string upper = "Domain/Upper corner";
  const RefusedRun  low{"run.prm:4", "Domain/Lower corner", Refusal::inconsistent};
  CHECK(single_neuron.refused({upper + "=-1, 2.6, 2"}, MPI_COMM_WORLD) == low);
  CHECK(single_neuron.refused({upper + "=0.5, 2.6, 2", "Domain/Boundary mass limit=1"}, MPI_COMM_WORLD) == std::nullopt);
  // What only the mesh shows: a borderline case, and the mass in its outermost cells at t = 0, also of a mesh that is refined.
  CHECK(single_neuron.refused({upper + "=-0.3, 2.6, 2"}, MPI_COMM_WORLD) == low);
  const RefusedRun full{"command line", upper, Refusal::out_of_range};
  const auto       uniform = single_neuron.refused({upper + "=0.5, 2.6, 2"}, MPI_COMM_WORLD);
  CHECK(uniform == full);
  if (uniform)
    CHECK_THAT(uniform->message, Catch::Contains("mass 0.6348"));
  CHECK(single_neuron.refused({upper + "=0.5, 2.6, 2", adaptive, "Refinement/Maximum level=1"}, MPI_COMM_WORLD) == full);
}
