#include <postprocess/charts/density_charts.h>
#include <postprocess/charts/density_pictures.h>
#include <postprocess/charts/volume_picture.h>
#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/picture_window.h>
#include <postprocess/records/run_record.h>

#include <solvers/base/error.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "../base/temporary_directory.h"
#include "box_mesh_file.h"
#include "small_run.h"

// These tests need a display; the build runs them under xvfb-run.

using namespace rhoflow;

namespace
{
struct Pixels
{
  explicit Pixels(PictureWindow &window) { bytes = window.pixels(width, height); }

  std::array<int, 3> at(int x, int y) const
  {
    const std::size_t i = 3 * (static_cast<std::size_t>(y) * width + x);
    return {{bytes[i], bytes[i + 1], bytes[i + 2]}};
  }
  bool is_background(int x, int y) const { return at(x, y) == std::array<int, 3>{{255, 255, 255}}; }
  /// Whether a pixel is near a colour.
  bool is(int x, int y, const Colour &colour, int tolerance = 40) const
  {
    const auto c = at(x, y);
    return std::abs(c[0] - 255 * colour.r) < tolerance && std::abs(c[1] - 255 * colour.g) < tolerance &&
           std::abs(c[2] - 255 * colour.b) < tolerance;
  }

  int                        width, height;
  std::vector<unsigned char> bytes;
};

/// Rows and columns of the picture between which a colour is found.
struct Extent
{
  int left = 1 << 30, right = -1, bottom = 1 << 30, top = -1, n = 0;
};
Extent extent_of(const Pixels &pixels, const Colour &colour, int from_column = 0, int to_column = 1 << 30)
{
  Extent extent;
  for (int y = 0; y < pixels.height; ++y)
    for (int x = from_column; x < std::min(pixels.width, to_column); ++x)
      if (pixels.is(x, y, colour))
        {
          extent.left   = std::min(extent.left, x);
          extent.right  = std::max(extent.right, x);
          extent.bottom = std::min(extent.bottom, y);
          extent.top    = std::max(extent.top, y);
          ++extent.n;
        }
  return extent;
}

/// Nothing but background along the border: no label is clipped.
bool has_clear_border(const Pixels &pixels)
{
  for (int x = 0; x < pixels.width; ++x)
    if (!pixels.is_background(x, 0) || !pixels.is_background(x, pixels.height - 1))
      return false;
  for (int y = 0; y < pixels.height; ++y)
    if (!pixels.is_background(0, y) || !pixels.is_background(pixels.width - 1, y))
      return false;
  return true;
}
} // namespace

TEST_CASE("Points stand where their values say, on linear and logarithmic axes", "[display]")
{
  for (const bool logarithmic : {false, true})
    {
      Chart chart;
      chart.x.title       = "time";
      chart.y.title       = "value";
      chart.y.logarithmic = logarithmic;
      chart.x.low         = 0;
      chart.x.high        = 4;
      chart.y.low         = logarithmic ? 1e-4 : -1;
      chart.y.high        = logarithmic ? 1. : 3;
      // Two marks at opposite corners say where the axes are; the third is to be half-way in x and a quarter up in y.
      const std::vector<double> y = logarithmic ? std::vector<double>{1e-4, 1., 1e-3} : std::vector<double>{-1, 3, 0};
      chart.add({"", ChartSeries::Kind::points, {0, 4}, {y[0], y[1]}, {}, style::blue, 10});
      chart.add({"", ChartSeries::Kind::points, {2}, {y[2]}, {}, style::vermilion, 10});
      PictureWindow window(500, 400);
      draw_chart(window, chart, 0, 0, 500, 400);
      const Pixels pixels(window);
      const Extent corners = extent_of(pixels, style::blue), third = extent_of(pixels, style::vermilion);
      REQUIRE(corners.n > 20);
      REQUIRE(third.n > 20);
      const int    radius_x = (third.right - third.left) / 2, radius_y = (third.top - third.bottom) / 2;
      const double x = (third.left + third.right) / 2., height = (third.bottom + third.top) / 2.;
      const double left = corners.left + radius_x, bottom = corners.bottom + radius_y;
      CHECK((x - left) / (corners.right - radius_x - left) == Approx(0.5).margin(0.01));
      CHECK((height - bottom) / (corners.top - radius_y - bottom) == Approx(0.25).margin(0.01));
      CHECK(has_clear_border(pixels));
      // The marks at the ends of both axes are as whole as that in the middle: one that ended at an axis would lose a half, at
      // a corner three quarters. How many pixels a whole one has depends on where in a pixel its middle is.
      CHECK(corners.n == Approx(2 * third.n).epsilon(0.1));
    }
}

TEST_CASE("The caps of errors at the ends of an axis are whole", "[display]")
{
  Chart chart;
  chart.x.low  = 0;
  chart.x.high = 4;
  chart.y.low  = 0;
  chart.y.high = 2;
  chart.add({"", ChartSeries::Kind::errors, {0, 4}, {0.5, 0.5}, {1.5, 1.5}, style::blue, 2});
  chart.add({"", ChartSeries::Kind::errors, {2}, {0.5}, {1.5}, style::vermilion, 2});
  PictureWindow window(500, 400);
  draw_chart(window, chart, 0, 0, 500, 400);
  const Pixels pixels(window);
  CHECK(extent_of(pixels, style::blue).n == Approx(2 * extent_of(pixels, style::vermilion).n).epsilon(0.1));
}

TEST_CASE("A picture of several charts has each as a panel, as it stands in the picture", "[display]")
{
  const TemporaryDirectory directory;
  std::vector<Chart>       charts(3);
  for (std::size_t i = 0; i < charts.size(); ++i)
    {
      charts[i].title = "chart " + std::to_string(i);
      charts[i].add({"", ChartSeries::Kind::line, {0, 1}, {0, 1}, {}, style::cycle(static_cast<unsigned int>(i)), 3});
    }
  const auto size_of = [&](const std::string &png) {
    // Width and height stand in the header.
    const auto number = [&](const std::size_t at) {
      return 256 * static_cast<unsigned char>(png.at(at + 2)) + static_cast<unsigned char>(png.at(at + 3));
    };
    return std::array<int, 2>{{number(16), number(20)}};
  };
  const auto panels = write_charts(charts, 2, directory.path("several.png"), 608, 408);
  REQUIRE(panels.size() == 3);
  for (const std::string &panel : panels)
    {
      CHECK(panel.substr(1, 3) == "PNG");
      CHECK(size_of(panel) == std::array<int, 2>{{300 * style::resolution, 200 * style::resolution}});
    }
  CHECK(panels[0] != panels[1]);
  // One chart is drawn again for a narrow page, with larger text, unless it is narrow.
  const auto alone = write_charts({charts[2]}, 1, directory.path("single.png"), 2 * style::narrow_width, 1200);
  REQUIRE(alone.size() == 1);
  CHECK(size_of(alone[0]) == std::array<int, 2>{{style::narrow_width * style::resolution, 600 * style::resolution}});
  CHECK(write_charts({charts[2]}, 1, directory.path("single.png"), style::narrow_width, 500).empty());

  const auto drawn = write_charts(charts, 2, directory.path("several.svg"), 608, 408);
  REQUIRE(drawn.size() == 3);
  for (std::size_t i = 0; i < drawn.size(); ++i)
    CHECK(drawn[i].find("<svg") != std::string::npos);
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path("")), {}) == 3); // nothing beside the pictures
}

TEST_CASE("Lines are seen although their values hardly differ, and are interrupted by NaN", "[display]")
{
  Chart chart;
  chart.y.low  = 0.3183;
  chart.y.high = 0.3184;
  chart.x.low  = 0;
  chart.x.high = 5;
  chart.add(
    {"", ChartSeries::Kind::line, {0, 1, 2, 3, 4, 5}, {0.31835, 0.31835, NAN, NAN, 0.31835, 0.31835}, {}, style::blue, 3});
  PictureWindow window(500, 300);
  draw_chart(window, chart, 0, 0, 500, 300);
  const Pixels pixels(window);
  const Extent line = extent_of(pixels, style::blue);
  REQUIRE(line.n > 100);
  const int middle = (line.left + line.right) / 2;
  CHECK(extent_of(pixels, style::blue, middle - 20, middle + 20).n == 0);
}

TEST_CASE("A legend covers no data", "[display]")
{
  // Data in every corner: the axis has to make room.
  Chart chart;
  chart.add({"one line with a long name", ChartSeries::Kind::line, {0, 1, 2, 3}, {0, 1, 0, 1}, {}, style::blue, 3});
  chart.add({"another", ChartSeries::Kind::line, {0, 1, 2, 3}, {1, 0, 1, 0}, {}, style::vermilion, 3});
  const auto columns_with_top = [&](bool legend) {
    chart.legend = legend;
    PictureWindow window(600, 400);
    draw_chart(window, chart, 0, 0, 600, 400);
    const Pixels pixels(window);
    CHECK(has_clear_border(pixels));
    // The right half of the line: where the legend is and at the end of the data
    return extent_of(pixels, style::blue, 0, 300);
  };
  const Extent with = columns_with_top(true), without = columns_with_top(false);
  CHECK(with.top < without.top - 40);
  CHECK(with.n > 0.5 * without.n);
}

TEST_CASE("A map is dark where the density is, light elsewhere, and its contour encloses the mass", "[display]")
{
  const TemporaryDirectory directory;
  // A bump in the right upper quarter of [0, 2]².
  BoxMeshFile mesh(2, 2);
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j)
      mesh.add({{i / 8., j / 8., 0}}, {{(i + 1) / 8., (j + 1) / 8., 0}});
  const auto bump = [](const std::array<double, 3> &x) {
    const double dx = (x[0] - 1.5) / 0.12, dy = (x[1] - 1.5) / 0.12;
    return std::exp(-0.5 * (dx * dx + dy * dy));
  };
  SmallRun run;
  mesh.write(run.path("density/density_0000.vtu"), bump, [](const std::array<double, 3> &) { return 0.; });
  RunRecord record = RunRecord::open(run.path());
  record.density.resize(1);
  record.particles.clear();
  std::vector<std::string> warnings;
  SnapshotSeries           series(record, warnings);
  const auto               shot = series.load(0);
  REQUIRE(shot);
  REQUIRE(shot->density);

  MapSettings settings;
  settings.view     = shot->density->domain();
  settings.bar      = false;
  const Chart chart = density_map(*shot, 0, 1, series, settings);
  CHECK(chart.x.title == "a");
  CHECK(chart.y.title == "w");
  PictureWindow window(400, 400);
  draw_chart(window, chart, 0, 0, 400, 400);
  const Pixels pixels(window);
  CHECK(has_clear_border(pixels));
  const Extent dark = extent_of(pixels, colour_at(ColourMap::sequential, 0.95));
  REQUIRE(dark.n > 50);
  const double cx = (dark.left + dark.right) / 2. / pixels.width, cy = (dark.bottom + dark.top) / 2. / pixels.height;
  CHECK(cx > 0.6);
  CHECK(cy > 0.6);
  // The other three quarters are white.
  int coloured = 0;
  for (int y = pixels.height / 5; y < pixels.height / 2; ++y)
    for (int x = pixels.width / 5; x < pixels.width * 9 / 10; ++x)
      coloured += pixels.is(x, y, style::background, 12) ? 0 : 1;
  CHECK(coloured == 0);

  // Outermost contour: 99 % of the mass of this bump is within 3.03 deviations.
  const ChartSeries &lines   = chart.series.back();
  double             largest = 0, smallest = 1e9;
  for (std::size_t i = 0; i < lines.x.size(); ++i)
    if (!std::isnan(lines.x[i]))
      {
        const double r = std::hypot(lines.x[i] - 1.5, lines.y[i] - 1.5) / 0.12;
        largest        = std::max(largest, r);
        smallest       = std::min(smallest, r);
      }
  CHECK(largest == Approx(std::sqrt(-2 * std::log(0.01))).epsilon(0.03));
  CHECK(smallest == Approx(std::sqrt(-2 * std::log(0.5))).epsilon(0.03));
}

TEST_CASE("A volume is seen where the density is, with the neurons in their places", "[display]")
{
  BoxMeshFile mesh(3, 2);
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j)
      for (int k = 0; k < 8; ++k)
        mesh.add({{i / 8., j / 8., k / 8.}}, {{(i + 1) / 8., (j + 1) / 8., (k + 1) / 8.}});
  // High up in the third direction, in the middle of the others
  const auto bump = [](const std::array<double, 3> &x) {
    const double dx = (x[0] - 0.5) / 0.1, dy = (x[1] - 0.5) / 0.1, dz = (x[2] - 0.8) / 0.08;
    return std::exp(-0.5 * (dx * dx + dy * dy + dz * dz));
  };
  SmallRun run;
  mesh.write(run.path("density/density_0000.vtu"), bump, [](const std::array<double, 3> &x) { return x[2]; });
  RunRecord record = RunRecord::open(run.path());
  record.density.resize(1);
  record.coordinates = {"a", "s", "r"};
  std::vector<std::string> warnings;
  SnapshotSeries           series(record, warnings);
  auto                     shot = series.load(0);
  REQUIRE(shot);
  VolumeSettings settings;
  settings.view = shot->density->domain();

  const auto draw = [&]() {
    PictureWindow window(400, 400, PictureWindow::Smooth::after);
    draw_volume(window, *shot, series, settings, 0, 0, 400, 400);
    return Pixels(window);
  };
  const int  before_bar = (400 - 58) * style::resolution;
  const auto bluish     = [&](const Pixels &pixels, int from, int to) {
    int n = 0;
    for (int y = from; y < to; ++y)
      for (int x = 0; x < before_bar; ++x)
        n += pixels.at(x, y)[2] - pixels.at(x, y)[0] > 40 ? 1 : 0;
    return n;
  };
  const Pixels cloud = draw();
  CHECK(has_clear_border(cloud));
  // The bar at the right has the colours of the cloud, dark ones at its top.
  const int middle = (400 - 52) * style::resolution;
  CHECK(cloud.is(middle, 84 * style::resolution, colour_at(ColourMap::cloud, 0.02)));
  CHECK(cloud.is(middle, 296 * style::resolution, colour_at(ColourMap::cloud, 0.98)));
  const int upper = bluish(cloud, cloud.height / 2, cloud.height), lower = bluish(cloud, 0, cloud.height / 2);
  CHECK(upper > 500);
  CHECK(lower < upper / 20);

  // Neurons low in the box
  Neurons neurons;
  for (int i = 0; i < 50; ++i)
    {
      neurons.coordinates[0].push_back(0.4 + 0.004 * i);
      neurons.coordinates[1].push_back(0.5);
      neurons.coordinates[2].push_back(0.1);
      neurons.replica.push_back(0);
    }
  shot->neurons       = neurons;
  const Extent orange = extent_of(draw(), style::vermilion);
  CHECK(orange.n > 100);
  CHECK(orange.top < cloud.height / 2);

  // Surfaces take the colours of the potential: near the top of the box it is large.
  shot->neurons.reset();
  settings.potential         = true;
  settings.largest_potential = largest_potential(*shot, settings);
  CHECK(settings.largest_potential > 0.8);
  CHECK(settings.largest_potential < 1);
  const Pixels surfaces = draw();
  int          brown    = 0;
  for (int y = surfaces.height / 2; y < surfaces.height; ++y)
    for (int x = 0; x < before_bar; ++x)
      brown += surfaces.at(x, y)[0] - surfaces.at(x, y)[2] > 40 ? 1 : 0;
  CHECK(brown > 500);
}

TEST_CASE("Without a video the page has up to nine times of a density in space", "[display]")
{
  BoxMeshFile mesh(3, 1);
  mesh.add({{0, 0, 0}}, {{1, 1, 1}});
  SmallRun    run;
  std::string list = "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" "
                     "byte_order=\"LittleEndian\">\n<Collection>\n";
  for (int i = 0; i < 5; ++i)
    {
      const std::string name = "density/density_000" + std::to_string(i) + ".vtu";
      mesh.write(
        run.path(name), [](const std::array<double, 3> &) { return 1.; }, [](const std::array<double, 3> &) { return 0.; });
      list += "<DataSet timestep=\"" + std::to_string(i) + "\" file=\"" + name + "\"/>\n";
    }
  run.write("density.pvd", list + "</Collection>\n</VTKFile>\n");
  RunRecord record   = RunRecord::open(run.path());
  record.coordinates = {"a", "s", "r"};
  PictureOptions options;
  options.folder    = run.path();
  options.animation = false;
  options.announce  = [](const std::string &) {};
  std::vector<std::string>   warnings;
  const std::vector<Picture> pictures = DensityPictures(record, options, warnings).make([](const std::string &) {});
  CHECK(warnings.empty());
  REQUIRE(pictures.size() == 2);
  CHECK(pictures[0].title == "Density in parameter space");
  CHECK(pictures[0].panels.size() == 5);
  CHECK(pictures[0].columns == 3);
  CHECK(pictures[1].panels.size() == 9); // three pairs of coordinates at three times
}

TEST_CASE("A picture that cannot be written is an error", "[display]")
{
  const TemporaryDirectory directory;
  PictureWindow            window(100, 100);
  CHECK_THROWS_AS(window.write(directory.path("missing/picture.png")), RunError);
}

TEST_CASE("Colour maps have a lightness that goes one way", "[display]")
{
  const auto lightness = [](const Colour &c) { return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b; };
  for (const ColourMap map : {ColourMap::sequential, ColourMap::cloud, ColourMap::time})
    for (std::size_t i = 1; i < colours(map).size(); ++i)
      CHECK(lightness(colours(map)[i]) < lightness(colours(map)[i - 1]) + 1e-9);
  const auto &diverging = colours(ColourMap::diverging);
  for (std::size_t i = 1; i < 127; ++i)
    {
      CHECK(lightness(diverging[i]) > lightness(diverging[i - 1]));
      CHECK(lightness(diverging[255 - i]) > lightness(diverging[256 - i]));
    }
}
