#include <postprocess/charts/run_charts.h>
#include <postprocess/page/findings.h>
#include <postprocess/records/run_record.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

#include "small_run.h"

using namespace rhoflow;

namespace
{
/// A column of a CSV file, read without the code that is tested.
std::vector<double> column(const std::string &text, const std::string &name)
{
  std::istringstream  lines(text);
  std::string         line, field;
  std::vector<double> values;
  int                 wanted = -1;
  for (bool header = true; std::getline(lines, line); header = false)
    {
      std::istringstream fields(line);
      for (int i = 0; std::getline(fields, field, ','); ++i)
        if (header && field == name)
          wanted = i;
        else if (!header && i == wanted)
          values.push_back(std::strtod(field.c_str(), nullptr));
    }
  return values;
}

const PlannedPicture &named(const std::vector<PlannedPicture> &pictures, const std::string &file)
{
  for (const PlannedPicture &picture : pictures)
    if (picture.about.file == file)
      return picture;
  FAIL("there is no " << file);
  return pictures.front();
}

const ChartSeries &series(const Chart &chart, const std::string &name)
{
  for (const ChartSeries &one : chart.series)
    if (one.name == name)
      return one;
  FAIL("there is no series '" << name << "'");
  return chart.series.front();
}
} // namespace

TEST_CASE("Charts hold the numbers of the tables")
{
  SmallRun run;
  run.files["comparison.csv"] =
    "time,risk,mean risk of networks,standard error,risk of networks 5 %,risk of networks 25 %,risk of networks 50 %,risk of "
    "networks 75 %,risk of networks 95 %,deviation [standard errors],sliced W1,sliced W1 floor,sliced W1 low,sliced W1 high,W1 "
    "a,W1 a floor\n"
    "0,0.5,0.51,0.01,0.4,0.45,0.5,0.55,0.6,1,0.0625,0.05,0.01,0.1,0.03,0.02\n"
    "1,0.3125,0.3,0.005,0.2,0.25,0.3,0.35,0.4,-2.75,0.07,0.05,0.02,0.12,0.04,0.02\n"
    "2,0.25,0.2578125,0.004,0.1,0.15,0.2,0.25,0.3,1.5,0.08,0.05,0.03,0.14,0.05,0.02\n";
  run.files["replicas.csv"] = "time,replica 0,replica 1\n0,0.41,0.59\n1,0.21,0.39\n2,0.11,0.29\n";
  run.write();
  const RunRecord                   record     = RunRecord::open(run.path());
  const std::vector<PlannedPicture> pictures   = run_charts(record);
  const std::string                &statistics = run.files["statistics.csv"], &comparison = run.files["comparison.csv"];

  const Chart &risk = named(pictures, "risk.png").charts.at(0);
  CHECK(risk.y.logarithmic);
  CHECK(series(risk, "density").x == column(statistics, "time"));
  CHECK(series(risk, "density").y == column(statistics, "risk"));
  CHECK(series(risk, "finite networks, 5 to 95 %").y == column(comparison, "risk of networks 5 %"));
  CHECK(series(risk, "finite networks, 5 to 95 %").upper == column(comparison, "risk of networks 95 %"));
  CHECK(series(risk, "finite networks, 25 to 75 %").y == column(comparison, "risk of networks 25 %"));
  CHECK(series(risk, "finite networks, 25 to 75 %").upper == column(comparison, "risk of networks 75 %"));
  CHECK(series(risk, "mean of the networks").y == column(comparison, "mean risk of networks"));
  CHECK(series(risk, "single networks").y == column(run.files["replicas.csv"], "replica 0"));
  // Every replica is there, the faint ones behind the density.
  std::size_t n_replicas = 0;
  for (const ChartSeries &one : risk.series)
    n_replicas += one.y == column(run.files["replicas.csv"], "replica 1") ? 1 : 0;
  CHECK(n_replicas == 1);
  CHECK(risk.series.back().name == "density");

  CHECK(series(named(pictures, "deviation.png").charts.at(0), "mean of the networks − density − expected bias").y ==
        column(comparison, "deviation [standard errors]"));
  // The shaded part ends where the verdict does.
  const ChartSeries &shaded = series(named(pictures, "deviation.png").charts.at(0), "within 3 standard errors");
  CHECK(shaded.y == std::vector<double>(3, -deviation_limit));
  CHECK(shaded.upper == std::vector<double>(3, deviation_limit));
  const auto &distances = named(pictures, "distances.png").charts;
  REQUIRE(distances.size() == 2); // there is no W1 along w
  CHECK(series(distances[0], "density and neurons").y == column(comparison, "sliced W1"));
  CHECK(series(distances[0], "95 % interval").upper == column(comparison, "sliced W1 high"));
  CHECK(series(distances[1], "of sampling alone").y == column(comparison, "W1 a floor"));

  const auto &moments = named(pictures, "moments.png").charts;
  REQUIRE(moments.size() == 2);
  CHECK(moments[1].y.title == "w");
  CHECK(series(moments[1], "mean").y == column(statistics, "mean w"));
  const std::vector<double> variance = column(statistics, "covariance w w"), mean = column(statistics, "mean w");
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(series(moments[1], "± standard deviation").upper[i] == Approx(mean[i] + std::sqrt(variance[i])));

  bool balance = false, negative = false;
  for (const Chart &chart : named(pictures, "invariants.png").charts)
    {
      if (chart.title == "Energy balance")
        balance = chart.series[0].y == std::vector<double>{0, 1.5e-06, 3e-05};
      if (chart.y.title == "negative mass")
        negative = chart.series[0].y == column(statistics, "negative mass");
    }
  CHECK(balance);
  CHECK(negative);
}

TEST_CASE("The chart of the risk has the band that the density predicts, and the paths of common noise")
{
  SmallRun run;
  run.files["comparison.csv"] = "time,risk,mean risk of networks,predicted standard deviation\n"
                                "0,0.5,0.5,0.01\n1,0.25,0.25,0.0125\n2,0.125,0.125,0.1\n";
  run.files["paths.csv"]      = "time,risk of path 0,risk of path 1\n0,0.5,0.5\n1,0.2,0.3\n2,0.1,0.15\n";
  run.write();
  const std::vector<PlannedPicture> pictures = run_charts(RunRecord::open(run.path()));
  const Chart                      &risk     = named(pictures, "risk.png").charts.at(0);
  REQUIRE(risk.y.logarithmic);
  const ChartSeries &band = series(risk, "predicted from the density, ± 2 standard deviations");
  // Where the risk would be negative, the band ends at a tenth of it.
  const std::vector<double> low{0.48, 0.225, 0.0125}, high{0.52, 0.275, 0.325};
  for (std::size_t i = 0; i < 3; ++i)
    {
      CHECK(band.y[i] == Approx(low[i]).epsilon(1e-14));
      CHECK(band.upper[i] == Approx(high[i]).epsilon(1e-14));
    }
  CHECK(series(risk, "single paths").y == column(run.files["paths.csv"], "risk of path 0"));
  CHECK(risk.series[risk.series.size() - 2].y == column(run.files["paths.csv"], "risk of path 1"));
  CHECK(risk.series.back().name == "mean over the paths");
}

TEST_CASE("A table with a single row makes no lines, and a run without tables no charts")
{
  SmallRun run;
  run.remove("comparison.csv");
  run.write("statistics.csv", "time,risk,mass,mean a,covariance a a\n0,0.5,1,0,1\n");
  CHECK(run_charts(RunRecord::open(run.path())).empty());
  run.remove("statistics.csv");
  CHECK(run_charts(RunRecord::open(run.path())).empty());
}

TEST_CASE("The fitted function is drawn in the order of its input, at the last time and on the way")
{
  SmallRun run;
  run.write("curve.csv", "time,hours,speed,fit,network mean,network 5 %,network 25 %,network 75 %,network 95 %\n"
                         "0,2,5,0,0,-1,-0.5,0.5,1\n0,1,4,0,0,-1,-0.5,0.5,1\n"
                         "3,2,5,4.5,4.4,4,4.2,4.7,5\n3,1,4,3.5,3.4,3,3.2,3.7,4\n");
  const std::vector<PlannedPicture> pictures = run_charts(RunRecord::open(run.path()));
  const PlannedPicture             &fit      = named(pictures, "fit.png");
  REQUIRE(fit.charts.size() == 2);
  CHECK(fit.charts[0].x.title == "hours");
  CHECK(fit.charts[0].y.title == "speed");
  CHECK(series(fit.charts[0], "density").x == std::vector<double>{1, 2});
  CHECK(series(fit.charts[0], "density").y == std::vector<double>{3.5, 4.5});
  CHECK(series(fit.charts[0], "finite networks, 5 to 95 %").y == std::vector<double>{3, 4});
  CHECK(series(fit.charts[1], "t = 0").y == std::vector<double>{0, 0});
  CHECK(series(fit.charts[1], "t = 3").y == std::vector<double>{3.5, 4.5});
}
