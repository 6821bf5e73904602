// A job some ranks of which fail while the others wait for them:
//   failing_job (input|run|other|memory|length|thrown|killed|none) RANK...      ("all": every rank)
// It prints what it is told of the end.

#include <solvers/base/run/job.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  int                            no_arguments = 1;

  dealii::Utilities::MPI::MPI_InitFinalize mpi(no_arguments, argv, 1);
  const std::string                        rank = std::to_string(dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD));
  const auto                               work = [&]() {
    const auto listed = [&](const std::string &word) {
      return std::find(arguments.begin() + 1, arguments.end(), word) != arguments.end();
    };
    if (listed("all") || listed(rank))
      {
        if (arguments[0] == "input")
          throw rhoflow::InputError(rhoflow::Refusal::out_of_range, "A/B", "too much.");
        if (arguments[0] == "run")
          throw rhoflow::RunError("diverged.");
        if (arguments[0] == "other")
          throw std::logic_error("impossible.");
        if (arguments[0] == "memory")
          std::vector<double>(std::size_t(1) << 58).resize(1);
        if (arguments[0] == "length")
          std::vector<double>().resize(static_cast<std::size_t>(-1));
        if (arguments[0] == "thrown")
          throw 3;
        if (arguments[0] == "killed")
          std::raise(SIGKILL);
      }
    MPI_Barrier(MPI_COMM_WORLD);
  };
  return rhoflow::run_job(
    MPI_COMM_WORLD, work, [](const rhoflow::InputError &error) { return "f.prm:1: " + error.parameter + ": " + error.what(); },
    [](const rhoflow::Outcome &outcome) {
      std::printf("concluded with %d: %s\n", outcome.status, outcome.message.c_str());
      std::fflush(stdout);
    });
}
