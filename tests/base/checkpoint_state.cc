#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;

namespace
{
/// Values that are easily lost: the smallest number, no number, the largest integer, lines in a text.
struct State
{
  double small = 5e-324, none = std::numeric_limits<double>::quiet_NaN(), third = 1. / 3., minus_zero = -0.,
         far              = -std::numeric_limits<double>::infinity();
  bool                yes = true, no = false;
  std::uint64_t       large  = 18446744073709551615u;
  unsigned int        few    = 3;
  std::string         reason = "it failed = twice\nand again", nothing;
  std::vector<double> values = {.1, -0., 1e300}, empty;

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("small", self.small);
    visit("none", self.none);
    visit("third", self.third);
    visit("minus zero", self.minus_zero);
    visit("far", self.far);
    visit("yes", self.yes);
    visit("no", self.no);
    visit("large", self.large);
    visit("few", self.few);
    visit("reason", self.reason);
    visit("nothing", self.nothing);
    visit("values", self.values);
    visit("empty", self.empty);
  }
};

struct TwoNumbers
{
  double first = 1., second = 2.;

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("first", self.first);
    visit("second", self.second);
  }
};

/// The same entries in another order.
struct TheOtherWayRound : TwoNumbers
{
  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("second", self.second);
    visit("first", self.first);
  }
};

struct Renamed : TwoNumbers
{
  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("first", self.first);
    visit("third", self.second);
  }
};

struct Fewer : TwoNumbers
{
  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("first", self.first);
  }
};

template <class T>
std::string file_with(const TemporaryDirectory &directory, const T &state)
{
  CheckpointWriter writer(MPI_COMM_WORLD);
  save_state(writer, "state", state);
  writer.write(directory.path("state"), 0., 1);
  return directory.path("state");
}
} // namespace

TEST_CASE("a state comes back from a checkpoint with all bits", "[mpi]")
{
  const TemporaryDirectory directory;
  const CheckpointReader   reader(file_with(directory, State()), MPI_COMM_WORLD);
  State                    state;
  state.small = state.none = state.third = state.minus_zero = state.far = 7.;
  state.yes                                                             = false;
  state.no                                                              = true;
  state.large                                                           = 0;
  state.few                                                             = 0;
  state.reason = state.nothing = "other";
  state.values = state.empty = {1.};
  load_state(reader, "state", state);
  const State expected;
  CHECK(state.small == expected.small);
  CHECK(std::isnan(state.none));
  CHECK(state.third == expected.third);
  CHECK((state.minus_zero == 0. && std::signbit(state.minus_zero)));
  CHECK(state.far == expected.far);
  CHECK(state.yes);
  CHECK_FALSE(state.no);
  CHECK(state.large == expected.large);
  CHECK(state.few == 3);
  CHECK(state.reason == expected.reason);
  CHECK(state.nothing.empty());
  CHECK(state.values == expected.values);
  CHECK(std::signbit(state.values[1]));
  CHECK(state.empty.empty());
}

TEST_CASE("entries of a state are found by their names", "[mpi]")
{
  const TemporaryDirectory directory;
  const CheckpointReader   reader(file_with(directory, TwoNumbers()), MPI_COMM_WORLD);
  TheOtherWayRound         state;
  state.first = state.second = 0.;
  load_state(reader, "state", state);
  CHECK(state.first == 1.);
  CHECK(state.second == 2.);
}

TEST_CASE("a checkpoint with other entries is refused with their names", "[mpi]")
{
  const TemporaryDirectory directory;
  const CheckpointReader   reader(file_with(directory, TwoNumbers()), MPI_COMM_WORLD);
  Renamed                  renamed;
  CHECK(refusal([&] { load_state(reader, "state", renamed); }) ==
        Refused{"", Refusal::damaged}.naming("'third'").naming("'state'"));
  Fewer fewer;
  CHECK(refusal([&] { load_state(reader, "state", fewer); }) ==
        Refused{"", Refusal::damaged}.naming("'second'").naming("'state'"));
  TwoNumbers state;
  CHECK(refusal([&] { load_state(reader, "nowhere", state); }) == Refused{"", Refusal::damaged}.naming("'nowhere'"));
}
