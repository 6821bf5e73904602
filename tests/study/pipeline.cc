#include <catch2/catch.hpp>

#include <solvers/study/pipeline.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"

#include <cmath>
#include <filesystem>

using namespace rhoflow;

namespace
{
/// Three replicas at t = 0, 1, 3; another run in ref/.
struct Tables
{
  Tables()
  {
    std::filesystem::create_directories(directory.path("run"));
    std::filesystem::create_directories(directory.path("ref"));
    directory.write("run/replicas.csv", "time,replica 0,replica 1,replica 2\n0,1,2,3\n1,-4,5,8\n3,2,2,-10\n");
    directory.write("run/statistics.csv", "time [s],risk [1],word,mean of x > 0\n0,1,a,7\n1,2,b,8\n3,5,c,9\n");
    directory.write("run/one.csv", "value\n2.5\n");
    directory.write("ref/statistics.csv", "time,risk\n0,1\n1,1.5\n3,2\n");
    directory.write("ref/replicas.csv", "time,replica 2,replica 0,replica 1\n0,3,1,1\n1,1,1,1\n3,0,0,0\n");
    directory.write("ref/other_times.csv", "time,risk\n0,1\n2,1.5\n3,2\n");
    directory.write("ref/short.csv", "time,risk,replica 0,replica 1\n0,1,1,1\n1,1.5,1,1\n");
    directory.write("ref/two.csv", "time,replica 0,replica 1\n0,1,1\n1,1,1\n3,1,1\n");
  }

  Measured evaluate(const std::string &text) const
  {
    return Pipeline::parse(text).evaluate(directory.path("run"), directory.path("ref"));
  }
  double                 value(const std::string &text) const { return evaluate(text).value; }
  std::optional<Refused> error(const std::string &text) const
  {
    return refusal([&]() { evaluate(text); });
  }

  TemporaryDirectory directory;
};
} // namespace

TEST_CASE("Pipelines give what one computes by hand")
{
  const Tables tables;
  CHECK(tables.value("first of statistics.csv: risk") == 1.);
  CHECK(tables.value("last of statistics.csv: risk") == 5.);
  CHECK(tables.value("last over time of statistics.csv: mean of x > 0") == 9.);
  CHECK(tables.value("at t = 1 of statistics.csv: risk") == 2.);
  CHECK(tables.value("maximum over time of statistics.csv: risk") == 5.);
  CHECK(tables.value("minimum over time from 0.5 of statistics.csv: risk") == 2.);
  CHECK(tables.value("maximum over time from 0 to 1 of statistics.csv: risk") == 2.);
  CHECK(tables.value("last of one.csv: value") == 2.5);
  // Trapezoidal rule: (1.5 * 1 + 3.5 * 2) / 3
  CHECK(tables.value("mean over time of statistics.csv: risk") == Approx(8.5 / 3.).epsilon(1e-15));
  CHECK(tables.value("mean over time from 1 of statistics.csv: risk") == 3.5);
  CHECK(tables.value("last of statistics.csv: risk - 1.5") == 3.5);
  CHECK(tables.value("last of statistics.csv: risk - reference statistics.csv: risk") == 3.);
  CHECK(tables.value("last of reference statistics.csv: risk") == 2.);
  CHECK(tables.value("square root of last of square of statistics.csv: risk - 9") == 4.);
  CHECK(std::isnan(tables.evaluate("last of statistics.csv: risk").error));

  CHECK(tables.value("mean over replicas of at t = 0 of replicas.csv: replica *") == 2.);
  CHECK(tables.value("at t = 0 of mean over replicas of replicas.csv: replica *") == 2.);
  CHECK(tables.value("first of deviation over replicas of replicas.csv: replica *") == 1.);
  CHECK(tables.value("last of root mean square over replicas of replicas.csv: replica *") == Approx(6.));
  // |1, -5.5, 0|, |1, 3.5, 0|, |2, 6.5, -12| against the reference's 1, 1.5, 2
  CHECK(tables.value("mean over replicas of maximum over time of absolute value of replicas.csv: replica * - reference "
                     "statistics.csv: risk") == Approx((5.5 + 3.5 + 12.) / 3.));
  // Paired by number: 0, 1, 0 at t = 0 and -5, 4, 7 at t = 1
  CHECK(tables.value("first of mean over replicas of replicas.csv: replica * - reference replicas.csv: replica *") ==
        Approx(1. / 3.));
  CHECK(tables.value("at t = 1 of mean over replicas of replicas.csv: replica * - reference replicas.csv: replica *") == 2.);
  // One column against the replicas of the other side
  CHECK(tables.value("last of mean over replicas of statistics.csv: risk - replicas.csv: replica *") == 7.);
}

TEST_CASE("The jackknife gives the standard error of a mean and follows transformations")
{
  const Tables tables;
  // 2 ± 1/sqrt(3)
  const Measured mean = tables.evaluate("first of mean over replicas of replicas.csv: replica *");
  CHECK(mean.error == Approx(1. / std::sqrt(3.)).epsilon(1e-14));
  // The order of a linear reduction does not matter.
  CHECK(tables.evaluate("mean over replicas of first of replicas.csv: replica *").error == Approx(mean.error));
  // (m - 1)² without one of 1, 2, 3: (3/2)², 1, (1/2)², mean 7/6, sum of squares 49/24 -> sqrt(2/3 * ...)
  const Measured square = tables.evaluate("first of square of mean over replicas of replicas.csv: replica * - 1");
  CHECK(square.value == 1.);
  const double m = (2.25 + 1. + .25) / 3.;
  CHECK(square.error ==
        Approx(std::sqrt(2. / 3. * (std::pow(2.25 - m, 2) + std::pow(1. - m, 2) + std::pow(.25 - m, 2)))).epsilon(1e-14));
  // Deviations of two of 1, 2, 3: 1/sqrt(2), sqrt(2), 1/sqrt(2)
  CHECK(tables.evaluate("first of deviation over replicas of replicas.csv: replica *").error ==
        Approx(std::sqrt(2. / 3. * 2. / 3.) * (std::sqrt(2.) - std::sqrt(.5))).epsilon(1e-14));

  // The jackknife of a deviation agrees with the normal law's s/sqrt(2(n - 1)) for many normal replicas.
  ReplicaSeries series;
  series.times = {0.};
  series.values.resize(1);
  for (unsigned int r = 0; r < 4000; ++r)
    {
      // Quantiles of the normal law by bisection of erfc
      const double p = (r + .5) / 4000.;
      double       a = -9., b = 9.;
      for (int i = 0; i < 60; ++i)
        (.5 * std::erfc(-(a + b) / 2. / std::sqrt(2.)) < p ? a : b) = (a + b) / 2.;
      series.replicas.push_back(r);
      series.values[0].push_back(a);
    }
  const Measured deviation = Pipeline::parse("first of deviation over replicas of x.csv: y *").evaluate(series);
  CHECK(deviation.value == Approx(1.).epsilon(1e-3));
  CHECK(deviation.error == Approx(1. / std::sqrt(2. * 3999.)).epsilon(2e-2));

  // A single replica has no error.
  series.replicas.resize(1);
  series.values[0].resize(1);
  CHECK(std::isnan(Pipeline::parse("first of mean over replicas of x.csv: y *").evaluate(series).error));
}

TEST_CASE("Mistakes in results say what is valid")
{
  const Tables tables;
  CHECK(tables.error("maximun over time of statistics.csv: risk") == Refused{"", Refusal::unknown_name}
                                                                       .naming("'maximun over time'")
                                                                       .naming("mean 'maximum over time'")
                                                                       .naming("'square root'"));
  CHECK(tables.error("last of risk") == Refused{"", Refusal::malformed}.naming("'last of risk'"));
  CHECK(tables.error("last of statistics.csv:") == Refused{"", Refusal::malformed}.naming("'FILE: COLUMN'"));
  CHECK(tables.error("statistics.csv: risk") == Refused{"", Refusal::missing}.naming("'first'"));
  CHECK(tables.error("first of replicas.csv: replica *") == Refused{"", Refusal::missing}.naming("'mean over replicas'"));
  CHECK(tables.error("first of last of statistics.csv: risk") == Refused{"", Refusal::repeated}.naming("time"));
  CHECK(tables.error("mean over replicas of last of statistics.csv: risk") == Refused{"", Refusal::missing}.naming("'*'"));
  CHECK(tables.error("mean over replicas of mean over replicas of last of replicas.csv: replica *") ==
        Refused{"", Refusal::repeated}.naming("'mean over replicas'"));
  CHECK(tables.error("at t = soon of statistics.csv: risk") == Refused{"", Refusal::malformed}.naming("'at t = NUMBER'"));
  CHECK(tables.error("absolute value from 2 of last of statistics.csv: risk") ==
        Refused{"", Refusal::malformed}.naming("'absolute value from 2'"));
  CHECK(tables.error("mean over time from 3 to 1 of statistics.csv: risk") ==
        Refused{"", Refusal::malformed}.naming("from NUMBER to NUMBER"));
  CHECK(tables.error("last of statistics.csv: risk - other") == Refused{"", Refusal::malformed}.naming("'FILE: COLUMN'"));
  CHECK(tables.error("last of replicas.csv: * *") == Refused{"", Refusal::malformed}.naming("'* *'"));

  CHECK(tables.error("last of statistics.csv: rsk") ==
        Refused{"", Refusal::unknown_name}.naming("'rsk'").naming("mean 'risk'"));
  CHECK(tables.error("last of mean over replicas of replicas.csv: replika *") ==
        Refused{"", Refusal::unknown_name}.naming("'replika *'"));
  CHECK(tables.error("last of nothing.csv: risk") == Refused{"", Refusal::missing}.naming("nothing.csv"));
  CHECK(tables.error("at t = 2 of statistics.csv: risk") ==
        Refused{"", Refusal::missing}.naming("time 2").naming("from 0 to 3"));
  CHECK(tables.error("mean over time from 4 of statistics.csv: risk") == Refused{"", Refusal::missing}.naming("times 4"));
  CHECK(tables.error("last of statistics.csv: risk - reference other_times.csv: risk") ==
        Refused{"", Refusal::inconsistent}.naming("row 2"));
  CHECK(tables.error("last of statistics.csv: risk - reference short.csv: risk") ==
        Refused{"", Refusal::inconsistent}.naming("3 rows").naming("2"));
  CHECK(tables.error("last of mean over replicas of replicas.csv: replica * - reference two.csv: replica *") ==
        Refused{"", Refusal::inconsistent}.naming("3 replicas").naming("2"));
  // A word where a number is wanted is no number.
  CHECK(std::isnan(tables.value("last of statistics.csv: word")));
}
