#include <catch2/catch.hpp>

#include <postprocess/charts/decision_charts.h>
#include <postprocess/records/run_record.h>

#include <algorithm>
#include <cmath>

using namespace rhoflow;

namespace
{
/// Two classes at four points and f = x1 t on a grid of 3 x 2 points over [-1, 1] x [0, 4], at two times.
RunRecord two_classes()
{
  RunRecord run;
  CsvTable &data = run.tables["curve"], &map = run.tables["decision"];
  data.columns = {"time", "x1", "x2", "y", "fit"};
  map.columns  = {"time", "x1", "x2", "fit"};
  for (const double t : {0., 0.5})
    {
      data.rows.insert(data.rows.end(), {{t, -0.5, 1, -1, 0}, {t, 0.5, 1, 1, 0}, {t, -0.5, 3, -1, 0}, {t, 0.5, 3, 1, 0}});
      for (const double y : {0., 4.})
        for (const double x : {-1., 0., 1.})
          map.rows.push_back({t, x, y, x * t});
    }
  return run;
}
} // namespace

TEST_CASE("the map of a decision has the numbers of the table", "[postprocess]")
{
  std::vector<PlannedPicture> pictures;
  add_decision_charts(two_classes(), pictures);
  REQUIRE(pictures.size() == 2);
  REQUIRE(pictures[0].charts.size() == 1);
  const Chart &chart = pictures[0].charts[0];
  CHECK(chart.x.title == "x1");
  CHECK(chart.y.title == "x2");
  REQUIRE(chart.field.size() == 1);
  const ColouredField &field = chart.field[0];
  CHECK(field.lower[0] == -1.);
  CHECK(field.upper[1] == 4.);
  CHECK(field.low == -1.);
  CHECK(field.high == 1.);
  REQUIRE(field.values.size() == field.nx * field.ny);
  // Linear in x1, which the values between the points are too.
  for (unsigned int j = 0; j < field.ny; ++j)
    for (unsigned int i = 0; i < field.nx; ++i)
      CHECK(field.values[j * field.nx + i] == Approx(0.5 * (-1. + 2. * (i + 0.5) / field.nx)).margin(1e-14));

  // All points with their rims, then each class in its colour.
  const auto is_points = [](const ChartSeries &series) { return series.kind == ChartSeries::Kind::points; };
  REQUIRE(std::count_if(chart.series.begin(), chart.series.end(), is_points) == 3);
  CHECK(chart.series[0].x == std::vector<double>{-0.5, 0.5, -0.5, 0.5});
  CHECK(chart.series[0].y == std::vector<double>{1, 1, 3, 3});
  CHECK(chart.series[1].x == std::vector<double>{-0.5, -0.5});
  CHECK(chart.series[2].x == std::vector<double>{0.5, 0.5});
  const Colour low = colour_at(ColourMap::diverging, 0);
  CHECK(chart.series[1].colour.b == low.b);
  // f = 0 on the line x1 = 0.
  const ChartSeries &line = chart.series.back();
  CHECK(line.kind == ChartSeries::Kind::line);
  for (const double x : line.x)
    CHECK(x == Approx(0.).margin(1e-14));

  // At t = 0 the function is zero everywhere: no line.
  REQUIRE(pictures[1].charts.size() == 1);
  CHECK(pictures[1].charts[0].series.size() == 3);
}

TEST_CASE("two inputs without a map are drawn as points, and one input is not", "[postprocess]")
{
  RunRecord run = two_classes();
  run.tables.erase("decision");
  CHECK(n_inputs(run) == 2);
  std::vector<PlannedPicture> pictures;
  add_decision_charts(run, pictures);
  REQUIRE(pictures.size() == 1);
  CHECK(pictures[0].charts.size() == 2);

  run.tables["curve"].columns = {"time", "x", "y", "fit"};
  CHECK(n_inputs(run) == 1);
  run.tables["curve"].columns = {"time", "x", "y", "network mean", "network 5 %"};
  CHECK(n_inputs(run) == 1);
  pictures.clear();
  add_decision_charts(run, pictures);
  CHECK(pictures.empty());
  run.tables.erase("curve");
  CHECK(n_inputs(run) == 0);
}

TEST_CASE("contour lines lie where the function has the value", "[postprocess]")
{
  // x² + y² on [-1, 1]²: a circle, up to the curvature within cells.
  const unsigned int  n = 41;
  std::vector<double> values;
  for (unsigned int j = 0; j < n; ++j)
    for (unsigned int i = 0; i < n; ++i)
      values.push_back(std::pow(-1 + 2. * i / (n - 1), 2) + std::pow(-1 + 2. * j / (n - 1), 2));
  const double      lower[] = {-1, -1}, upper[] = {1, 1};
  const ChartSeries circle = contour(values, n, n, lower, upper, 0.49);
  double            length = 0;
  for (std::size_t i = 0; i < circle.x.size(); i += 3)
    {
      CHECK(std::hypot(circle.x[i], circle.y[i]) == Approx(0.7).epsilon(2e-3));
      CHECK(std::isnan(circle.y[i + 2]));
      length += std::hypot(circle.x[i + 1] - circle.x[i], circle.y[i + 1] - circle.y[i]);
    }
  CHECK(length == Approx(2 * M_PI * 0.7).epsilon(2e-3));

  // A saddle: the two high corners are joined where the middle is high, the two low ones where it is low.
  const std::vector<double> saddle{1, -1, -1, 1};
  const auto                pieces = [&](double level) {
    const ChartSeries line = contour(saddle, 2, 2, lower, upper, level);
    REQUIRE(line.x.size() == 6);
    // Whether both ends of the first piece are on the side of the corner (-1, -1).
    return line.x[0] + line.y[0] + line.x[1] + line.y[1];
  };
  CHECK(pieces(-0.1) == Approx(0).margin(1e-12)); // around the low corner (1, -1)
  CHECK(pieces(0.1) < -1);                        // around the high corner (-1, -1)

  // Cells with unknown values are left out.
  values.assign(4, 0.);
  values[0] = NAN;
  CHECK(contour(values, 2, 2, lower, upper, 0.5).x.empty());
}
