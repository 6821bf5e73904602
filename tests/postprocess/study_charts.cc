#include <catch2/catch.hpp>

#include <postprocess/charts/study_charts.h>
#include <postprocess/records/study_record.h>

#include <cmath>

#include "small_study.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
std::vector<ChartSeries> of_kind(const Chart &chart, ChartSeries::Kind kind)
{
  std::vector<ChartSeries> series;
  for (const ChartSeries &one : chart.series)
    if (one.kind == kind)
      series.push_back(one);
  return series;
}
} // namespace

TEST_CASE("the chart of a fit has the points of the table, the law and what was expected", "[postprocess]")
{
  const SmallStudy small;
  const auto       pictures = study_charts(StudyRecord::open(small.directory()));
  REQUIRE(pictures.size() == 2);
  const PlannedPicture &picture = pictures[0];
  REQUIRE(picture.charts.size() == 1);
  const Chart &chart = picture.charts[0];
  CHECK(chart.x.logarithmic);
  CHECK(chart.y.logarithmic);
  CHECK(chart.x.title == "Number of neurons");
  CHECK(chart.y.title == "error");
  CHECK_THAT(picture.about.caption, Contains("standard error") && Contains("1 without result"));

  // For each method: left out, then used.
  const auto points = of_kind(chart, ChartSeries::Kind::points);
  REQUIRE(points.size() == 4);
  CHECK(points[0].x == std::vector<double>{4});
  CHECK(points[0].y == std::vector<double>{7});
  CHECK(points[0].opacity < points[1].opacity);
  CHECK(points[1].x == std::vector<double>{10, 100, 1000});
  CHECK(points[1].y == std::vector<double>{0.2, 0.02, 0.002});
  CHECK(points[3].x == std::vector<double>{10, 100});
  const auto errors = of_kind(chart, ChartSeries::Kind::errors);
  REQUIRE(errors.size() == 4);
  CHECK(errors[1].x == points[1].x);
  for (std::size_t i = 0; i < 3; ++i)
    {
      const double error[] = {0.01, 0.03, 0.0001};
      CHECK(errors[1].y[i] == points[1].y[i] - error[i]);
      CHECK(errors[1].upper[i] == points[1].y[i] + error[i]);
    }

  const auto laws = of_kind(chart, ChartSeries::Kind::line);
  REQUIRE(laws.size() == 2);
  CHECK(laws[0].name == "plain: slope −1.000 [−1.020, −0.980], expected −1");
  CHECK(laws[1].name == "other: slope −1.000, expected −1");
  CHECK(laws[0].x == std::vector<double>{10, 1000});
  CHECK(laws[0].y[0] == Approx(0.2).epsilon(1e-14));
  CHECK(laws[0].y[1] == Approx(0.002).epsilon(1e-14));
  CHECK(laws[1].y[0] == Approx(0.8).epsilon(1e-14));
  const auto expected = of_kind(chart, ChartSeries::Kind::dashed);
  REQUIRE(expected.size() == 2);
  CHECK(expected[0].y[0] == Approx(0.25).epsilon(1e-14));
}

TEST_CASE("without an expected prefactor the expected slope goes through the points", "[postprocess]")
{
  SmallStudy  small;
  std::string text = small.files["fits.csv"];
  for (std::string::size_type at; (at = text.find(",2.5,")) != std::string::npos;)
    text.replace(at, 5, ",,");
  text.replace(text.find("0.5,-1,"), 7, "0.5,-0.5,");
  small.files["fits.csv"]  = text;
  small.files["study.csv"] = "run,state,Particles/Number of neurons,Seed,Particles/Method,error\n1,done,1,1,plain,1\n"
                             "2,done,16,2,plain,0.5\n3,done,100,2,plain,0.2\n4,done,10000,2,plain,0.2\n";
  small.write();
  const auto pictures = study_charts(StudyRecord::open(small.directory()));
  const auto expected = of_kind(pictures.at(0).charts[0], ChartSeries::Kind::dashed);
  REQUIRE(expected.size() == 1);
  // c = exp(mean of log(y x^(1/2))) = (2 · 2 · 20)^(1/3)
  CHECK(expected[0].y[0] * 4 == Approx(std::cbrt(80.)).epsilon(1e-12));
  CHECK(expected[0].y[1] / expected[0].y[0] == Approx(std::sqrt(16. / 10000.)).epsilon(1e-12));
}

TEST_CASE("a result without a fit is drawn against the parameter with most values", "[postprocess]")
{
  const SmallStudy small;
  const auto       pictures = study_charts(StudyRecord::open(small.directory()));
  const Chart     &chart    = pictures.at(1).charts.at(0);
  CHECK(chart.x.title == "Number of neurons");
  CHECK(chart.y.title == "speed");
  CHECK(chart.x.logarithmic);
  CHECK_FALSE(chart.y.logarithmic); // one is negative
  const auto lines = of_kind(chart, ChartSeries::Kind::line);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].name == "plain");
  CHECK(lines[0].x == std::vector<double>{4, 10, 100, 1000});
  CHECK(lines[0].y == std::vector<double>{1, 2, 3, -4});
  CHECK(lines[1].name == "other");
  CHECK(std::isnan(lines[1].y[3]));
}

TEST_CASE("numbers in legends", "[postprocess]")
{
  CHECK(simple_fraction(-0.5) == "−1/2");
  CHECK(simple_fraction(1) == "1");
  CHECK(simple_fraction(0) == "0");
  CHECK(simple_fraction(-4. / 3.) == "−4/3");
  CHECK(simple_fraction(0.123) == "0.123");
  CHECK(with_interval(-0.49344, -0.51713, -0.46926) == "−0.493 [−0.517, −0.469]");
  CHECK(with_interval(0.031, -0.35, 0.66) == "0.03 [−0.35, 0.66]");
  CHECK(with_interval(-0.49344, NAN, NAN) == "−0.493");
  CHECK(with_interval(0.0001, -0.02, 0.02) == "0.000 [−0.020, 0.020]");
}
