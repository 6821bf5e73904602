// Numbers, lists and UTF-8 as the terminal, the files and the messages have them.
#include <catch2/catch.hpp>

#include <solvers/base/number.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <cmath>
#include <limits>

using namespace rhoflow;

TEST_CASE("Numbers for people are short")
{
  CHECK(short_number(0.0263812) == "0.02638");
  CHECK(short_number(1.3e-5, 2) == "1.3e-05");
  CHECK(short_number(10.) == "10");
  CHECK(bytes_text(1536.) == "1.5 KiB");
  CHECK(bytes_text(3.25 * 1024. * 1024. * 1024.) == "3.25 GiB");
  CHECK(bytes_text(1e30) == "8.88e+14 PiB");
  CHECK(duration(59.9) == "59 s");
  CHECK(duration(185.) == "3 min 05 s");
  CHECK(duration(7800.) == "2 h 10 min");
}

TEST_CASE("Exact numbers are read again as they were")
{
  CHECK(exact_number(0.1) == "0.10000000000000001");
  CHECK(exact_number(2.) == "2");
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {0., -0., 1. / 3., -1e-300, 4.9e-324, 1.7976931348623157e308, infinity, -infinity})
    {
      double again = 1.;
      REQUIRE(parse_number(exact_number(value), again));
      CHECK(again == value);
      CHECK(std::signbit(again) == std::signbit(value));
    }
  CHECK(exact_number(std::nan("")) == "nan");
  CHECK(exact_number(-std::nan("")) == "nan");
  CHECK(hexadecimal(0xcbf43926u) == "cbf43926");
  CHECK(hexadecimal(0x2au) == "0000002a");
}

TEST_CASE("Names are listed, and not more of them than a reader wants")
{
  CHECK(listed({}).empty());
  CHECK(listed({"a", "b", "c"}) == "a, b, c");
  CHECK(listed({"a", "b", "c"}, 3) == "a, b, c");
  CHECK(listed({"a", "b", "c"}, 1) == "a and 2 more");
  CHECK(listed_in_quotes({"a", "b", "c"}, 2) == "'a', 'b' and 1 more");
  CHECK(did_you_mean("neurn", {"Mesh", "Neuron"}) == " Did you mean 'Neuron'?");
  CHECK(did_you_mean("Temperature", {"Mesh", "Neuron"}).empty());
}

TEST_CASE("Characters are counted and written in UTF-8")
{
  CHECK(text_width("") == 0);
  CHECK(text_width("W\u2082 \u2265 1") == 6);
  CHECK(utf8_character('a') == "a");
  for (const unsigned int code : {0x7fu, 0x80u, 0xe9u, 0x7ffu, 0x800u, 0x20acu, 0xd7ffu, 0xffffu})
    {
      const std::string text = utf8_character(code);
      CHECK(utf8_length(text, 0) == text.size());
      CHECK(first_invalid_byte(text) == std::string::npos);
      CHECK(text_width(text) == 1);
    }
  CHECK(utf8_character(0x20ac) == "\xe2\x82\xac");
  CHECK(first_invalid_byte("a\xe9") == 1);
  CHECK(first_invalid_byte(std::string("ab\0", 3)) == 2);
  CHECK(utf8_length("\xc0\xaf", 0) == 0);     // an overlong form
  CHECK(utf8_length("\xed\xa0\x80", 0) == 0); // a surrogate
}
