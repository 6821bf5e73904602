#pragma once

#include <limits>
#include <string>
#include <vector>

#include <postprocess/drawing/style.h>

namespace rhoflow
{
/// What a chart shows of one thing. Values that are not finite, and those that are not positive on a logarithmic axis,
/// interrupt a line and are left out of points.
struct ChartSeries
{
  enum class Kind
  {
    line,
    dashed,
    points,
    band,  ///< between y and upper
    errors ///< vertical lines with caps from y to upper
  };

  std::string         name; ///< in the legend; empty: not there
  Kind                kind = Kind::line;
  std::vector<double> x, y;
  std::vector<double> upper{}; ///< of a band and of errors
  Colour              colour  = style::blue;
  double              width   = 2.2; ///< of lines, diameter of points [units of style]
  double              opacity = 1;
};

/// Numbers on a rectangle, drawn as coloured pixels behind everything else.
struct ColouredField
{
  std::vector<double> values; ///< [ny][nx], row by row from the lowest y; NaN is left blank
  unsigned int        nx = 0, ny = 0;
  double              lower[2] = {0, 0}, upper[2] = {0, 0};
  ColourMap           map = ColourMap::sequential;
  double              low = 0, high = 1; ///< numbers at the ends of the colour map
  std::string         title;             ///< of the colour bar; empty: there is none
};

struct ChartAxis
{
  std::string title;
  bool        logarithmic = false;
  double      low         = std::numeric_limits<double>::quiet_NaN(); ///< NaN: from the data
  double      high        = std::numeric_limits<double>::quiet_NaN();
  bool        visible     = true;
};

struct Chart
{
  std::string                title;
  ChartAxis                  x, y;
  std::vector<ChartSeries>   series; ///< later ones over earlier ones
  std::vector<ColouredField> field;  ///< none or one
  bool                       legend = true;

  ChartSeries &add(const ChartSeries &one)
  {
    series.push_back(one);
    return series.back();
  }
};

/// Where an axis has its ticks, and what stands there.
struct Ticks
{
  std::vector<double>      positions; ///< on a logarithmic axis: the values, not their logarithms
  std::vector<std::string> labels;
};

/// Ticks between low and high (low < high; both positive if logarithmic), at most about `most`, at 1, 2 or 5 times powers of
/// ten.
Ticks ticks(double low, double high, bool logarithmic, unsigned int most);

/// The ends of an axis: those given, otherwise those of the data with a margin.
struct Range
{
  double low, high;
};
Range range_of_x(const Chart &chart);
Range range_of_y(const Chart &chart);

class PictureWindow;

/// Draws a chart in a part of a window: lower left corner and size [units].
void draw_chart(PictureWindow &window, const Chart &chart, double x, double y, double width, double height);

/// Draws charts in rows of `columns` and writes them as PNG of width x height units (style::resolution pixels each), or as SVG
/// if the name of the file ends so. Returns what Picture::panels holds. Throws RunError if the
/// file cannot be written.
std::vector<std::string> write_charts(const std::vector<Chart> &charts, unsigned int columns, const std::string &file,
                                      int width, int height);
} // namespace rhoflow
