#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

#include <solvers/base/ensemble.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

namespace
{
/// A state whose ranks share its work.
struct Counter
{
  unsigned int number;
  MPI_Comm     group;
  double       value;
};

std::unique_ptr<Counter> counter(const unsigned int number, const MPI_Comm group)
{
  return std::make_unique<Counter>(Counter{number, group, .1 * (number + 1)});
}
} // namespace

TEST_CASE("every member of an ensemble is worked on by one group of ranks", "[mpi]")
{
  const int n_ranks = number_of_ranks(MPI_COMM_WORLD);
  for (const unsigned int n_members : {1U, 2U, 5U})
    for (const int width : {1, 2, 3})
      {
        const EnsembleLayout layout(n_members, width, MPI_COMM_WORLD);
        Ensemble<Counter>    ensemble(layout, counter);
        CHECK(layout.n_groups() == std::min(static_cast<int>(n_members), n_ranks / std::min(width, n_ranks)));
        std::vector<int> leaders(n_members, 0), led(n_members, 0);
        for (const unsigned int member : layout.members())
          led[member] = layout.leads() ? 1 : 0;
        MPI_Allreduce(led.data(), leaders.data(), static_cast<int>(n_members), MPI_INT, MPI_SUM, MPI_COMM_WORLD);
        CHECK(leaders == std::vector<int>(n_members, 1));
        for (const unsigned int member : layout.members())
          if (layout.leads())
            CHECK(layout.leader_of(member) == rank_of(MPI_COMM_WORLD));

        // Work that is collective over a group; the same numbers on every rank.
        ensemble.for_each([](Counter &state, unsigned int number) {
          REQUIRE(state.number == number);
          MPI_Barrier(state.group);
          state.value *= 3.;
        });
        const std::vector<double> all = ensemble.gather(2, [](const Counter &state) {
          return std::vector<double>{state.value, -state.value};
        });
        std::vector<double>       expected;
        for (unsigned int member = 0; member < n_members; ++member)
          for (const double sign : {1., -1.})
            expected.push_back(sign * (.1 * (member + 1) * 3.));
        CHECK(all == expected);
      }
}

TEST_CASE("an error of one member of an ensemble is that of every rank", "[mpi]")
{
  const EnsembleLayout layout(3, 1, MPI_COMM_WORLD);
  CHECK(refusal([&]() {
          Ensemble<Counter>(layout, [](unsigned int number, MPI_Comm group) {
            if (number == 2)
              throw InputError(Refusal::unsupported, "Some/Parameter", "it cannot be made");
            return counter(number, group);
          });
        }) == Refused{"Some/Parameter", Refusal::unsupported});
  Ensemble<Counter> ensemble(layout, counter);
  CHECK_THROWS_AS(ensemble.for_each([](Counter &, unsigned int number) {
    if (number == 1)
      throw RunError("it diverged");
  }),
                  RunError);
}
