// What the other tests compare refusals with.

#include <catch2/catch.hpp>

#include <optional>
#include <stdexcept>
#include <string>

#include <tests/support/refusals.h>

using namespace rhoflow;

TEST_CASE("A refusal is its parameter, its kind and what its message has to name")
{
  const auto refused = refusal([]() { throw InputError(Refusal::malformed, "Data/CSV file", "a.csv:3: 'x' is no number."); });
  const auto is      = [&](const Refused &expected) { return refused == expected; };
  CHECK(is({"Data/CSV file", Refusal::malformed}));
  CHECK_FALSE(is({"Data/CSV file", Refusal::missing}));
  CHECK_FALSE(is({"Data/Law", Refusal::malformed}));
  const Refused expected{"Data/CSV file", Refusal::malformed};
  CHECK(is(expected.naming("a.csv:3:").naming("'x'")));
  CHECK_FALSE(is(expected.naming("a.csv:3:").naming("'y'")));
  CHECK(expected.naming("'x'") == *refused);

  CHECK_FALSE(refusal([]() {}));
  CHECK_THROWS_AS(refusal([]() { throw std::logic_error("a fault"); }), std::logic_error);
  CHECK(message_of(refused) == "a.csv:3: 'x' is no number.");
  CHECK(message_of(std::nullopt).empty());
  CHECK(Catch::Detail::stringify(refused) == "Data/CSV file: malformed (a.csv:3: 'x' is no number.)");
  CHECK(Catch::Detail::stringify(Refused{"", Refusal::in_use}.naming("run")) == "no parameter: in_use, naming run");
  CHECK(Catch::Detail::stringify(std::optional<Refused>()) == "not refused");
}
