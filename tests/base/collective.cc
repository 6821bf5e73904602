// Work that fails on some of the ranks.

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

TEST_CASE("Collective: every rank throws what the first rank that failed has to say")
{
  const int  rank = rank_of(MPI_COMM_WORLD), last = number_of_ranks(MPI_COMM_WORLD) - 1;
  const auto fail = [&](int from, const auto &error) {
    together(MPI_COMM_WORLD, [&]() {
      if (rank >= from)
        throw error(std::to_string(rank));
    });
  };
  const auto run_error   = [](const std::string &of_rank) { return std::runtime_error("rank " + of_rank); };
  const auto input_error = [](const std::string &of_rank) {
    return InputError(Refusal::too_large, "Domain/Lower corner", "rank " + of_rank);
  };
  const auto no_text = [](const std::string &) { return std::runtime_error(""); };

  int done = 0;
  together(MPI_COMM_WORLD, [&]() { ++done; });
  CHECK(done == 1);
  for (const int from : {0, last})
    {
      CHECK_THROWS_AS(fail(from, run_error), RunError);
      CHECK_THROWS_WITH(fail(from, run_error), "rank " + std::to_string(from));
      CHECK_THROWS_AS(fail(from, no_text), RunError);
      const auto refused = refusal([&]() { fail(from, input_error); });
      CHECK(refused == Refused{"Domain/Lower corner", Refusal::too_large});
      CHECK(message_of(refused) == "rank " + std::to_string(from));
    }
  CHECK(refusal([]() { on_rank_0(MPI_COMM_WORLD, []() { throw InputError(Refusal::repeated, "", "no"); }); }) ==
        Refused{"", Refusal::repeated});
  on_rank_0(MPI_COMM_WORLD, [&]() { ++done; });
  CHECK(done == (rank == 0 ? 2 : 1));

  const auto blamed = [](const auto &error) {
    return refusal([&]() { on_rank_0(MPI_COMM_WORLD, "Output directory", [&]() { throw error; }); });
  };
  CHECK(blamed(std::runtime_error("full")) == Refused{"Output directory", Refusal::unreadable}.naming("full"));
  CHECK(blamed(InputError(Refusal::missing, "Data/CSV file", "gone")) ==
        Refused{"Data/CSV file", Refusal::missing}.naming("gone"));
}

TEST_CASE("Collective: the text of a rank")
{
  const int rank = rank_of(MPI_COMM_WORLD), last = number_of_ranks(MPI_COMM_WORLD) - 1;
  CHECK(broadcast("from " + std::to_string(rank), last, MPI_COMM_WORLD) == "from " + std::to_string(last));
}
