#include <tests/support/refused_run.h>

#include <catch2/catch.hpp>

using namespace rhoflow;

namespace
{
const TrialRun    warm("", R"(set Solver = fokker planck
set End time = 1
set Output interval = 0.5
set Output times =
subsection Learning problem
  set Neuron          = weighted ridge
  set Activation      = tanh
  set Input dimension = 1
end
subsection Target
  set Type       = expression
  set Expression = sin(1.5*x)
end
subsection Initial law
  set Law = normal(0.5, 0.5), normal(0.5, 0.5)
end
subsection Mean field
  set Weight decay        = 0.2
  set Inverse temperature = 10
end
subsection Domain
  set Lower corner = -5, -5
  set Upper corner = 5, 5
  set Subdivisions = 12
end
subsection Fokker-Planck
  set Time step = 0.25
end
)");
const std::string beta = "Mean field/Inverse temperature", upper = "Domain/Upper corner", law = "Initial law/Law";

void refused(const std::vector<std::string> &changes, const std::string &where, const std::string &parameter, const Refusal why,
             const MPI_Comm communicator = MPI_COMM_SELF)
{
  INFO(changes.front());
  CHECK(warm.refused(changes, communicator) == RefusedRun{where, parameter, why});
}
} // namespace

TEST_CASE("What the equation with entropy cannot take is refused with the parameter")
{
  REQUIRE(warm.refused() == std::nullopt);
  refused({beta + "=-3"}, "command line", beta, Refusal::out_of_range);
  refused({beta + "=inf"}, "command line", beta, Refusal::unsupported);
  refused({"Mean field/Weight decay=-1"}, "command line", "Mean field/Weight decay", Refusal::out_of_range);
  refused({"Fokker-Planck/Time stepping=Crank-Nicolson"}, "command line", "Fokker-Planck/Time stepping", Refusal::unknown_name);
  refused({"Fokker-Planck/Degree=5"}, "command line", "Fokker-Planck/Degree", Refusal::out_of_range);
  refused({"Fokker-Planck/Time step=0"}, "command line", "Fokker-Planck/Time step", Refusal::out_of_range);
  refused({law + "=point(0), normal(0, 1)"}, "command line", law, Refusal::unsupported);
}

TEST_CASE("Boxes and meshes that do not hold the initial law are refused")
{
  refused({law + "=normal(30, 0.5), normal(0.5, 0.5)"}, "run.prm:22", "Domain/Lower corner", Refusal::inconsistent);
  refused({law + "=normal(0.2, 1e-6), normal(0.2, 1e-6)"}, "command line", law, Refusal::inconsistent);
  for (const char *const change : {"Refinement/Adaptive=true", "Domain/Periodic=false, true", "Fokker-Planck/Degree=3"})
    refused({change, upper + "=0.5, 5"}, "command line", upper, Refusal::out_of_range);
}

TEST_CASE("The equation with entropy is refused on every rank", "[mpi]")
{
  refused({beta + "=0"}, "command line", beta, Refusal::out_of_range, MPI_COMM_WORLD);
  refused({upper + "=0.5, 5"}, "command line", upper, Refusal::out_of_range, MPI_COMM_WORLD);
}
