#include <tests/support/refused_run.h>

#include <catch2/catch.hpp>

using namespace rhoflow;

namespace
{
const TrialRun well("", R"(set Solver = boltzmann
subsection Learning problem
  set Neuron = landscape
end
subsection Landscape
  set Function = (x^2 - 1)^2
end
subsection Initial law
  set Law = normal(-1, 0.2)
end
subsection Mean field
  set Inverse temperature = 4
end
subsection Domain
  set Lower corner = -3
  set Upper corner = 3
  set Subdivisions = 30
end
subsection Particles
  set Method = gradient descent
end
)");

const std::string function = "Landscape/Function", without_entropy = "Mean field/Inverse temperature=inf";
} // namespace

TEST_CASE("Landscapes are accepted where they make sense")
{
  CHECK(well.refused() == std::nullopt);
  CHECK(well.refused({"Solver=particles"}) == std::nullopt);
  CHECK(well.refused({"Solver=characteristics", without_entropy}) == std::nullopt);
}

TEST_CASE("Landscapes that cannot be read, or are not finite in the box, are refused with the parameter")
{
  const auto refused = [](const std::vector<std::string> &changes, const std::string &where, const std::string &parameter,
                          const Refusal why) {
    INFO(changes.front());
    CHECK(well.refused(changes) == RefusedRun{where, parameter, why});
  };
  refused({function + "=log(x)"}, "command line", function, Refusal::out_of_range);
  refused({function + "="}, "command line", function, Refusal::missing);
  refused({"Landscape/Coordinates=x, x"}, "command line", "Landscape/Coordinates", Refusal::repeated);
  refused({"Landscape/Coordinates=x, y", "Initial law/Law=normal(0, 1), normal(0, 1)"}, "run.prm:15", "Domain/Lower corner",
          Refusal::inconsistent);
  refused({"Data/Law=uniform"}, "command line", "Data/Law", Refusal::no_effect);
  refused({"Learning problem/Neuron=ridge", "Target/Type=expression"}, "run.prm:6", function, Refusal::no_effect);
  refused({"Solver=particles", "Particles/Method=one-pass SGD"}, "command line", "Particles/Method", Refusal::unsupported);
  for (const char *const solver : {"continuity", "single neuron"})
    refused({std::string("Solver=") + solver, without_entropy}, "run.prm:3", "Learning problem/Neuron", Refusal::unsupported);
  refused({"Output/Observables=x; y > 0"}, "command line", "Output/Observables", Refusal::unknown_name);
}

TEST_CASE("A landscape that cannot be read is refused on every rank", "[mpi]")
{
  CHECK(well.refused({function + "=x^2 +"}, MPI_COMM_WORLD) == RefusedRun{"command line", function, Refusal::malformed});
}
