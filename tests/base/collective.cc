// Work that fails on some of the ranks.

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

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
  const auto input_error = [](const std::string &of_rank) { return InputError("Domain/Lower corner", "rank " + of_rank); };
  const auto no_text     = [](const std::string &) { return std::runtime_error(""); };

  int done = 0;
  together(MPI_COMM_WORLD, [&]() { ++done; });
  CHECK(done == 1);
  for (const int from : {0, last})
    {
      CHECK_THROWS_AS(fail(from, run_error), RunError);
      CHECK_THROWS_WITH(fail(from, run_error), "rank " + std::to_string(from));
      CHECK_THROWS_AS(fail(from, no_text), RunError);
      CHECK_THROWS_WITH(fail(from, input_error), "rank " + std::to_string(from));
      std::string parameter;
      try
        {
          fail(from, input_error);
        }
      catch (const InputError &error)
        {
          parameter = error.parameter;
        }
      CHECK(parameter == "Domain/Lower corner");
    }
  CHECK_THROWS_AS(on_rank_0(MPI_COMM_WORLD, []() { throw InputError("", "no"); }), InputError);
  on_rank_0(MPI_COMM_WORLD, [&]() { ++done; });
  CHECK(done == (rank == 0 ? 2 : 1));

  const auto blamed = [](const auto &error) {
    try
      {
        on_rank_0(MPI_COMM_WORLD, "Output directory", [&]() { throw error; });
      }
    catch (const InputError &e)
      {
        return e.parameter + ": " + e.what();
      }
    return std::string();
  };
  CHECK(blamed(std::runtime_error("full")) == "Output directory: full");
  CHECK(blamed(InputError("Data/CSV file", "gone")) == "Data/CSV file: gone");
}

TEST_CASE("Collective: the first text")
{
  const int rank = rank_of(MPI_COMM_WORLD), last = number_of_ranks(MPI_COMM_WORLD) - 1;
  CHECK(first_text("", MPI_COMM_WORLD).empty());
  CHECK(first_text(rank == last ? "last" : "", MPI_COMM_WORLD) == "last");
  CHECK(first_text("rank " + std::to_string(rank), MPI_COMM_WORLD) == "rank 0");
  CHECK(broadcast("from " + std::to_string(rank), last, MPI_COMM_WORLD) == "from " + std::to_string(last));
}
