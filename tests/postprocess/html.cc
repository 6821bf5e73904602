#include <catch2/catch.hpp>

#include <postprocess/page/html.h>
#include <solvers/base/files/base64.h>

#include <cmath>
#include <limits>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "html_check.h"

using namespace rhoflow;
using Catch::Contains;

TEST_CASE("Text is escaped, and bytes that are no text are replaced")
{
  CHECK(html::escaped("a<b & \"c\" > 'd'\n") == "a&lt;b &amp; &quot;c&quot; &gt; &#39;d&#39;\n");
  CHECK(html::escaped("ρ ½ ⟨ 𝛽") == "ρ ½ ⟨ 𝛽");
  CHECK(html::escaped("\x1b[2K\r\x7f") == "[2K");
  CHECK(html::escaped("a\xff"
                      "b\xc3") == "a\xef\xbf\xbd"
                                  "b\xef\xbf\xbd");
  CHECK(html::escaped("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");         // an overlong slash
  CHECK(html::escaped("\xed\xa0\x80").find("\xed") == std::string::npos); // a surrogate
  CHECK(html::escaped("\xe2\x88") == "\xef\xbf\xbd\xef\xbf\xbd");         // cut off
}

TEST_CASE("Base64 agrees with the examples of RFC 4648")
{
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\xfb\xff\x00", 3)) == "+/8A");
}

TEST_CASE("Numbers have sensible digits to see and all digits to copy")
{
  const auto shown = [](const double value, const int digits = 4) {
    return HtmlCheck(html::number(value, digits)).numbers.at(0).second;
  };
  CHECK(html::number(0.1) == "<data value=\"0.10000000000000001\">0.1</data>");
  CHECK(shown(0.) == "0");
  CHECK(shown(1234.5678) == "1235");
  CHECK(shown(-0.0123456) == "−0.01235");
  CHECK(shown(6e-7, 2) == "6 × 10−7");
  CHECK(shown(-2.40e-15, 3) == "−2.4 × 10−15");
  CHECK(shown(9.9999e-4, 2) == "1 × 10−3");
  CHECK(shown(1e-100) == "1 × 10−100");
  CHECK(shown(1.5e10) == "1.5 × 1010");
  CHECK(shown(-std::numeric_limits<double>::infinity()) == "−∞");
  CHECK(html::number(std::nan("")) == "unknown");
}

TEST_CASE("Pictures and videos are embedded; what is missing or too large is said")
{
  const TemporaryDirectory directory;
  const std::string        picture = directory.write("a.png", "\x89PNG"), video = directory.write("b.mp4", "0123456789");
  const std::string        shown = html::figure({picture, "Risk <1>", "Two \"lines\".", ""});
  CHECK(HtmlCheck(shown).problems.empty());
  CHECK_THAT(shown,
             Contains("src=\"data:image/png;base64,iVBORw==\"") && Contains("alt=\"Risk &lt;1&gt;. Two &quot;lines&quot;.\""));

  std::string film = html::figure({video, "Film", "Moves.", ""});
  CHECK(HtmlCheck(film).problems.empty());
  CHECK_THAT(film, Contains("src=\"data:video/mp4;base64,MDEyMzQ1Njc4OQ==\"") && !Contains("poster"));
  directory.write("b.png", "\x89PNG");
  film = html::figure({video, "Film", "Moves.", ""});
  CHECK_THAT(film, Contains("poster=\"data:image/png;base64,iVBORw==\""));
  film = html::figure({video, "Film", "Moves.", ""}, 9);
  CHECK(HtmlCheck(film).problems.empty());
  CHECK_THAT(film, Contains("too large") && Contains("b.mp4") && Contains("<img") && !Contains("video/mp4"));

  CHECK_THAT(html::figure({directory.path("c.png"), "C", "c", ""}),
             Contains("is missing or is no picture") && !Contains("<img"));
  directory.write("d.txt", "text");
  CHECK_THAT(html::figure({directory.path("d.txt"), "D", "d", ""}),
             Contains("is missing or is no picture") && !Contains("<img"));
}

TEST_CASE("Panels stand beside each other, and below each other on a narrow page")
{
  const TemporaryDirectory directory;
  Picture                  picture{directory.write("all.png", "\x89PNG"), "All & one", "Three.", ""};
  picture.panels         = {"first", "second", "third"};
  picture.columns        = 3;
  const std::string text = html::figure(picture);
  CHECK(HtmlCheck(text).problems.empty());
  CHECK(HtmlCheck(text).tags.count("img") == 3);
  CHECK_THAT(text, Contains("<div class=\"panels\" style=\"--columns: 3\">") && Contains(base64("first")) &&
                     Contains(base64("third")) && Contains("alt=\"All &amp; one. Three.\"") &&
                     Contains("alt=\"All &amp; one, panel 3 of 3\"") && !Contains("iVBORw=="));
  picture.panels        = {"narrow"};
  const std::string one = html::figure(picture);
  CHECK(HtmlCheck(one).problems.empty());
  CHECK_THAT(one, Contains("<source media=\"(max-width: 40rem)\" srcset=\"data:image/png;base64," + base64("narrow")) &&
                    Contains("<img src=\"data:image/png;base64,iVBORw==\"") && !Contains("class=\"panels\""));
  CHECK_THAT(html::Page("").html(), Contains("repeat(var(--columns)") && Contains("@media screen and (max-width: 54rem)"));
}

TEST_CASE("What is wider than a narrow page scrolls and says so")
{
  html::Table table;
  table.head = {"Name"};
  table.rows = {{"a"}};
  for (const std::string &text : {html::scrolling("a + b", "equation"), table.html()})
    {
      CHECK(HtmlCheck(text).problems.empty());
      CHECK_THAT(text, Contains("<div class=\"scroll") && Contains("tabindex=\"0\"><div class=\"wide\">"));
    }
  table.stacked = true;
  CHECK_THAT(table.html(), !Contains("scroll"));
  CHECK_THAT(html::Page("").html(), Contains(".wide::after { content: \"↔ scrolls sideways\""));
}

TEST_CASE("A page is whole, lists its sections and replaces the one before")
{
  const TemporaryDirectory directory;
  html::Page               page("A & B");
  page.set_summary(html::paragraph("Summary"));
  html::Table table;
  table.head             = {"Name", "Value"};
  table.rows             = {{"a", html::number(1.5)}};
  table.first_of_numbers = 1;
  page.add_section("One < two", table.html() + html::bar(0.25) + html::code("x<y"));
  page.add_section("Three", "");
  page.add_section("One < two", html::paragraph("more"));
  const HtmlCheck check(page.html());
  CHECK(check.problems == std::vector<std::string>());
  CHECK_THAT(page.html(), Contains("<!DOCTYPE html>") && Contains("<title>A &amp; B</title>") && Contains("lang=\"en\"") &&
                            Contains("name=\"viewport\"") && Contains("width: 25.0%") && Contains("One &lt; two"));

  CHECK(check.tags.count("h2") == 2);
  CHECK(page.html().find("more") < page.html().find("Three</h2>"));

  const std::string file = directory.write("report.html", "old");
  page.write(file);
  CHECK(directory.read("report.html") == page.html());
  CHECK_FALSE(std::filesystem::exists(file + ".part"));
  CHECK(refusal([&]() { page.write(directory.path("no/where.html")); }) ==
        Refused{"", Refusal::unreadable}.naming("where.html': No such"));
  std::filesystem::create_directories(directory.path("taken/in"));
  CHECK(refusal([&]() { page.write(directory.path("taken")); }) ==
        Refused{"", Refusal::unreadable}.naming("taken': Is a directory"));
  CHECK_FALSE(std::filesystem::exists(directory.path("taken.part")));
}

TEST_CASE("The check of pages finds what it is for")
{
  const auto n_problems = [](const std::string &page) { return HtmlCheck(page).problems.size(); };
  CHECK(n_problems("<p>a <b>c</b> &amp; d</p>") == 0);
  CHECK(n_problems("<p>a") == 1);
  CHECK(n_problems("<p><b>a</p></b>") > 0);
  CHECK(n_problems("<p>a & b</p>") == 1);
  CHECK(n_problems("<p>a > b</p>") == 1);
  CHECK(n_problems("<p class=x>a</p>") > 0);
  CHECK(n_problems("<p id=\"a\"></p><p id=\"a\"></p>") == 1);
  CHECK(n_problems("<a href=\"#b\">x</a>") == 1);
  CHECK(n_problems("<a href=\"http:x\">x</a>") == 1);
  CHECK(n_problems("<img alt=\"\" src=\"a.png\">") == 1);
  CHECK(n_problems("<img src=\"data:a\">") == 1);
  CHECK(n_problems("<source srcset=\"a.png\">") == 1);
  CHECK(n_problems("<script src=\"data:a\"></script>") > 0);
}
