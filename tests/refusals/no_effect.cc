#include <tests/support/refused_run.h>

#include <catch2/catch.hpp>

using namespace rhoflow;

namespace
{
const TrialRun line("", R"(set Solver          = continuity
set End time        = 0.1
set Output interval = 0.1
subsection Learning problem
  set Neuron = linear
end
subsection Target
  set Type       = expression
  set Expression = x
end
subsection Initial law
  set Law = normal(0, 1)
end
subsection Domain
  set Lower corner = -8
  set Upper corner = 8
  set Subdivisions = 64
end
subsection Particles
  set Number of neurons = 10
  set Replicas          = 3
end
)");
using Places           = std::vector<std::string>;
const std::string warm = "Mean field/Inverse temperature=10";
} // namespace

TEST_CASE("Settings that a solver does not read are named with their places")
{
  const Places networks{"run.prm:20: Particles/Number of neurons", "run.prm:21: Particles/Replicas"};
  CHECK(line.unread() == networks);
  CHECK(line.unread({"Compare with SGD=true"}).empty());
  const auto and_networks = [&](const std::string &path) {
    Places all = networks;
    all.push_back("command line: " + path);
    return all;
  };
  const auto only = [](const std::string &path) { return Places{"command line: " + path}; };
  using Catch::Matchers::UnorderedEquals;
  CHECK_THAT(line.unread({"Fokker-Planck/Time step=1"}), UnorderedEquals(and_networks("Fokker-Planck/Time step")));
  CHECK_THAT(line.unread({"Refinement/Tolerance=1e-3"}), UnorderedEquals(and_networks("Refinement/Tolerance")));
  CHECK_THAT(line.unread({"Learning problem/Bump width=2"}), UnorderedEquals(and_networks("Learning problem/Bump width")));
  CHECK_THAT(line.unread({"Output times=0.05", "Output interval=0.02"}), UnorderedEquals(and_networks("Output interval")));
  CHECK_THAT(line.unread({"Solver=particles", "Particles/Sampling=with replacement"}),
             Catch::Matchers::VectorContains(only("Particles/Sampling").front()));
  const Places of_characteristics = line.unread({"Solver=characteristics", "Discontinuous Galerkin/Degree=1"});
  CHECK_THAT(of_characteristics, Catch::Matchers::VectorContains(only("Discontinuous Galerkin/Degree").front()));
  const Places at_rest = line.unread({"Solver=boltzmann", warm, "End time=3"});
  CHECK_THAT(at_rest, Catch::Matchers::VectorContains(only("End time").front()));
  CHECK_THAT(at_rest, Catch::Matchers::VectorContains(std::string("run.prm:3: Output interval")));
}

TEST_CASE("The reason names the choice that would read a setting")
{
  const auto names = [](const std::string &choice, const std::string &path, const std::vector<std::string> &changes) {
    INFO(path);
    CHECK_THAT(line.reason(path, changes), Catch::Contains("'" + choice));
  };
  names("Compare with SGD = true", "Particles/Replicas", {});
  names("Solver = continuity", "Fokker-Planck/Time step", {"Fokker-Planck/Time step=1"});
  names("Solver = characteristics", "Discontinuous Galerkin/Degree",
        {"Solver=characteristics", "Discontinuous Galerkin/Degree=1"});
  names("Adaptive = true", "Refinement/Tolerance", {"Refinement/Tolerance=1e-3"});
  names("Method = multi-pass SGD", "Particles/Sampling", {"Solver=particles", "Particles/Sampling=with replacement"});
  names("Neuron = bump", "Learning problem/Bump width", {"Learning problem/Bump width=2"});
  names("Output times", "Output interval", {"Output times=0.05", "Output interval=0.02"});
  names("Solver = boltzmann", "End time", {"Solver=boltzmann", warm, "End time=3"});
  CHECK(line.reason("Particles/Replicas", {"Compare with SGD=true"}).empty());
}

TEST_CASE("What would be asked for in vain is refused")
{
  for (const char *const solver : {"particles", "boltzmann"})
    CHECK(line.refused({std::string("Solver=") + solver, "Compare with SGD=true", warm}) ==
          RefusedRun{"command line", "Compare with SGD", Refusal::unsupported});
}

TEST_CASE("Observables that are not finite are refused by every solver")
{
  const RefusedRun observables{"command line", "Output/Observables", Refusal::out_of_range};
  for (const char *const solver : {"particles", "boltzmann", "fokker planck"})
    CHECK(line.refused({std::string("Solver=") + solver, "Output/Observables=log(theta)", warm}) == observables);
  for (const char *const solver : {"characteristics", "continuity"})
    CHECK(line.refused({std::string("Solver=") + solver, "Output/Observables=log(theta)"}) == observables);
}
