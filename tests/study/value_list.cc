#include <catch2/catch.hpp>

#include <solvers/study/value_list.h>

#include <tests/support/refusals.h>

using namespace rhoflow;
using Strings = std::vector<std::string>;

TEST_CASE("Lists of values and ranges")
{
  CHECK(parse_value_list("1, 2.5,erf") == Strings{"1", "2.5", "erf"});
  CHECK(parse_value_list("50 .. 3200 by *2") == Strings{"50", "100", "200", "400", "800", "1600", "3200"});
  CHECK(parse_value_list("50..300 by *2, 1e6") == Strings{"50", "100", "200", "1e6"});
  CHECK(parse_value_list("0.1 .. 0.5 by +0.1") == Strings{"0.1", "0.2", "0.3", "0.4", "0.5"});
  CHECK(parse_value_list("0.001 .. 1 by *10") == Strings{"0.001", "0.01", "0.1", "1"});
  CHECK(parse_value_list("800 .. 100 by *0.5") == Strings{"800", "400", "200", "100"});
  CHECK(parse_value_list("3 .. -1 by +-2") == Strings{"3", "1", "-1"});
  CHECK(parse_value_list("-1 .. -8 by *2") == Strings{"-1", "-2", "-4", "-8"});
  CHECK(parse_value_list("7 .. 7 by *2") == Strings{"7"});
  CHECK(parse_value_list("1e5 .. 1e7 by *10") == Strings{"100000", "1000000", "10000000"});
  CHECK(parse_value_list("16, 24; 8, 8") == Strings{"16, 24", "8, 8"});
  CHECK(parse_value_list("../data/a.csv, b.csv") == Strings{"../data/a.csv", "b.csv"});
  CHECK(parse_joint_list("50 & 0.01, 100 & 0.005", 2) == std::vector<Strings>{{"50", "0.01"}, {"100", "0.005"}});
  CHECK(parse_joint_list("1 .. 3 by +1", 1) == std::vector<Strings>{{"1"}, {"2"}, {"3"}});
}

TEST_CASE("Values that mean the same have one canonical text")
{
  for (const char *ten : {"10", "1e1", "10.0", "+10", "010", "1.0e+1", "100e-1"})
    CHECK(canonical_value(ten) == "10");
  CHECK(canonical_value("0.0") == canonical_value("-0"));
  CHECK(canonical_value("0.001") == canonical_value("1e-3"));
  CHECK(canonical_value("normal(0, 1.0), normal(0,1e0)") == canonical_value("normal(0.0,1),normal( 0, 1 )"));
  CHECK(canonical_value("16, 24") == canonical_value("16.0,24"));
  CHECK(canonical_value("1/sqrt(1+t)") == canonical_value("1.0 / sqrt( 1 + t )"));
  CHECK(canonical_value("x^2 - 1e-2") == canonical_value("x^2-0.01"));
  // Different all the same.
  CHECK(canonical_value("10") != canonical_value("10.000000000000002"));
  CHECK(canonical_value("one-pass SGD") != canonical_value("multi-pass SGD"));
  CHECK(canonical_value("data_1.csv") != canonical_value("data_1.0.csv"));
  CHECK(canonical_value("run 1.csv") != canonical_value("run 1.0.csv"));
  CHECK(canonical_value("x1 + x2") != canonical_value("x1 + x20"));
  CHECK(canonical_value("a b") != canonical_value("ab"));
}

TEST_CASE("Mistakes in lists say what is wanted")
{
  const auto error = [](const std::string &text) { return refusal([&]() { parse_value_list(text); }); };
  CHECK(error("50 .. 3200") == Refused{"", Refusal::malformed}.naming("'50 .. 3200'").naming("steps"));
  CHECK(error("50 .. 3200 by 2") == Refused{"", Refusal::malformed}.naming("'50 .. 3200 by 2'").naming("steps"));
  CHECK(error("50 .. x by *2") == Refused{"", Refusal::malformed}.naming("'50 .. x by *2'").naming("number"));
  CHECK(error("50 .. 10 by *2") == Refused{"", Refusal::out_of_range}.naming("'50 .. 10 by *2'").naming("lead"));
  CHECK(error("1 .. 10 by +-1") == Refused{"", Refusal::out_of_range}.naming("'1 .. 10 by +-1'").naming("lead"));
  CHECK(error("1 .. 10 by +0") == Refused{"", Refusal::out_of_range}.naming("'1 .. 10 by +0'").naming("lead"));
  CHECK(error("1 .. 10 by *1") == Refused{"", Refusal::out_of_range}.naming("'1 .. 10 by *1'").naming("lead"));
  CHECK(error("-1 .. 10 by *2") == Refused{"", Refusal::out_of_range}.naming("'-1 .. 10 by *2'").naming("sign"));
  CHECK(error("0 .. 1 by +1e-9") == Refused{"", Refusal::too_large}.naming("100000"));
  CHECK(error("0 .. 99999 by +1, 1 .. 9 by +1") == Refused{"", Refusal::too_large}.naming("100000"));
  CHECK(error("1,,2") == Refused{"", Refusal::malformed}.naming("'1,,2'"));
  CHECK(error("") == Refused{"", Refusal::malformed});
  CHECK(refusal([]() { parse_joint_list("1 & 2, 3", 2); }) ==
        Refused{"", Refusal::inconsistent}.naming("'3'").naming("2 values"));
  CHECK(refusal([]() { parse_joint_list("1 & , 3 & 4", 2); }) == Refused{"", Refusal::malformed}.naming("'1 &'"));
}
