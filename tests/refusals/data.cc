#include <tests/base/temporary_directory.h>
#include <tests/support/refused_run.h>

#include <catch2/catch.hpp>

#include <filesystem>

using namespace rhoflow;

namespace
{
const std::string fit = R"(set Solver = particles
subsection Learning problem
  set Neuron = biased ridge
end
subsection Data
  set Law           = csv
  set CSV file      = data.csv
  set Input columns = times
  set Output column = accel
end
subsection Initial law
  set Law = normal(0, 1), normal(0, 2), normal(0, 2)
end
subsection Particles
  set Method = multi-pass SGD
end
)";

struct Table
{
  std::string contents;
  Refusal     why;
  std::string noun; ///< the message has it
};

void refuse_tables(const std::vector<Table> &tables, const std::string &setting, const std::string &parameter,
                   const MPI_Comm communicator)
{
  const TemporaryDirectory directory;
  const TrialRun           run(directory.path(""), fit);
  for (const Table &table : tables)
    {
      directory.write("data.csv", table.contents);
      const auto refused = run.refused({}, communicator);
      INFO(table.contents);
      CHECK(refused == RefusedRun{setting, parameter, table.why});
      if (refused)
        CHECK_THAT(refused->message, Catch::Contains(table.noun));
      MPI_Barrier(MPI_COMM_WORLD);
    }
}

const std::vector<Table> bad_tables{
  {"", Refusal::missing, "data.csv"},
  {"times,accel\n", Refusal::missing, "data.csv"},
  {"times,accel\n1,2\n2,x\n", Refusal::malformed, "data.csv:3:"},
  {"times,accel\n1,2\n2\n", Refusal::malformed, "data.csv:3:"},
  {"# measured\ntimes,accel\n1,nan\n", Refusal::out_of_range, "data.csv:3:"},
  {"times,accel\ninf,1\n", Refusal::out_of_range, "data.csv:2:"},
};
} // namespace

TEST_CASE("Data that cannot be read are refused with the parameter, and with the line of the data")
{
  refuse_tables(bad_tables, "run.prm:7", "Data/CSV file", MPI_COMM_SELF);
  refuse_tables({{"times,acel\n1,1\n", Refusal::unknown_name, "'acel'"}}, "run.prm:9", "Data/Output column", MPI_COMM_SELF);
}

TEST_CASE("Data that cannot be read are refused on every rank", "[mpi]")
{
  refuse_tables(bad_tables, "run.prm:7", "Data/CSV file", MPI_COMM_WORLD);
}

TEST_CASE("Data files that are not there are refused, and directories")
{
  const TemporaryDirectory directory;
  const TrialRun           run(directory.path(""), fit);
  CHECK(run.refused() == RefusedRun{"run.prm:7", "Data/CSV file", Refusal::missing});
  std::filesystem::create_directory(directory.path("data.csv"));
  CHECK(run.refused() == RefusedRun{"run.prm:7", "Data/CSV file", Refusal::unreadable});
}

TEST_CASE("Choices that contradict the data or each other are refused with the parameter")
{
  const TemporaryDirectory directory;
  directory.write("data.csv", "times,accel\n1,2\n2,3\n3,5\n");
  const TrialRun run(directory.path(""), fit);
  REQUIRE(run.refused() == std::nullopt);
  REQUIRE(run.refused({"Data/CSV file=" + directory.path("data.csv")}) == std::nullopt);

  const auto refused = [&](const std::vector<std::string> &changes, const std::string &parameter, const Refusal why) {
    INFO(changes.front());
    CHECK(run.refused(changes) == RefusedRun{"command line", parameter, why});
  };
  refused({"Initial law/Law=normal(0, 1)"}, "Initial law/Law", Refusal::inconsistent);
  refused({"Learning problem/Input dimension=2"}, "Learning problem/Input dimension", Refusal::inconsistent);
  refused({"Data/Input columns="}, "Data/Input columns", Refusal::missing);
  refused({"Particles/Method=momentum"}, "Particles/Method", Refusal::unknown_name);
  refused({"Particles/Method=gradient flow", "Mean field/Inverse temperature=20"}, "Particles/Method", Refusal::unsupported);
  CHECK(run.refused({"Data/Law=gaussian", "Target/Type=expression", "Target/Expression=x"}) ==
        RefusedRun{"run.prm:7", "Data/CSV file", Refusal::no_effect});
  // Several passes over data that are not a finite set.
  const TrialRun gaussian("", "set Solver = particles\nsubsection Particles\n  set Method = multi-pass SGD\nend\n");
  CHECK(gaussian.refused() == RefusedRun{"run.prm:3", "Particles/Method", Refusal::unsupported});
}

TEST_CASE("A difference of dimensions is seen by every rank", "[mpi]")
{
  const TemporaryDirectory directory;
  directory.write("data.csv", "times,accel\n1,2\n2,3\n3,5\n");
  CHECK(TrialRun(directory.path(""), fit).refused({"Initial law/Law=normal(0, 1)"}, MPI_COMM_WORLD) ==
        RefusedRun{"command line", "Initial law/Law", Refusal::inconsistent});
}
