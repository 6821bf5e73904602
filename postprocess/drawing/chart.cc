#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/label_item.h>
#include <postprocess/drawing/picture_window.h>
#include <postprocess/records/files.h>
#include <solvers/base/utf8.h>

#include <vtkAxis.h>
#include <vtkBrush.h>
#include <vtkChartLegend.h>
#include <vtkChartXY.h>
#include <vtkColorTransferFunction.h>
#include <vtkContextScene.h>
#include <vtkDoubleArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPen.h>
#include <vtkPlot.h>
#include <vtkPlotArea.h>
#include <vtkPlotHistogram2D.h>
#include <vtkPlotPoints.h>
#include <vtkPointData.h>
#include <vtkStringArray.h>
#include <vtkTable.h>
#include <vtkTextProperty.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
constexpr double R        = style::resolution;
constexpr double half_cap = 3.5; ///< of vertical lines with caps [units]

unsigned char byte(const double value)
{
  return static_cast<unsigned char>(std::lround(255. * std::clamp(value, 0., 1.)));
}

/// What VTK sees of every axis is [0, 1]: it draws nothing of lines whose values are close together, and its logarithmic axes
/// do not know what to do with bands that begin at zero.
double transformed(const ChartAxis &axis, const Range &range, const double value)
{
  if (!std::isfinite(value) || (axis.logarithmic && value <= 0))
    return std::numeric_limits<double>::quiet_NaN();
  return axis.logarithmic ? std::log(value / range.low) / std::log(range.high / range.low) :
                            (value - range.low) / (range.high - range.low);
}

void set_axis(vtkAxis *axis, const ChartAxis &wanted, const Range &range, const unsigned int most)
{
  axis->SetTitle("");
  style::set_text(axis->GetLabelProperties(), 0.9 * style::text_size);
  axis->SetBehavior(vtkAxis::FIXED);
  axis->SetRange(0, 1);
  const Ticks            places = ticks(range.low, range.high, wanted.logarithmic, most);
  vtkNew<vtkDoubleArray> positions;
  vtkNew<vtkStringArray> labels;
  for (std::size_t i = 0; i < places.positions.size(); ++i)
    {
      positions->InsertNextValue(transformed(wanted, range, places.positions[i]));
      labels->InsertNextValue(places.labels[i]);
    }
  axis->SetCustomTickPositions(positions, labels);
  axis->SetGridVisible(wanted.visible);
  axis->GetPen()->SetColorF(style::faint.r, style::faint.g, style::faint.b);
  axis->GetPen()->SetWidth(static_cast<float>(R));
  axis->GetGridPen()->SetColorF(style::grid.r, style::grid.g, style::grid.b);
  axis->GetGridPen()->SetWidth(static_cast<float>(0.8 * R));
  axis->SetTickLength(static_cast<float>(4 * R));
  axis->SetLabelOffset(static_cast<float>(7 * R));
  axis->SetVisible(wanted.visible);
}

/// Vertical lines with caps as one line with interruptions. `cap`: half the width of a cap [part of the axis].
vtkSmartPointer<vtkTable> table_of_errors(const Chart &chart, const ChartSeries &series, const Range &rx, const Range &ry,
                                          const double cap)
{
  vtkNew<vtkTable>       table;
  vtkNew<vtkDoubleArray> x, y;
  x->SetName("x");
  y->SetName(" ");
  for (std::size_t i = 0; i < series.x.size(); ++i)
    {
      const double px     = transformed(chart.x, rx, series.x[i]);
      const double pu     = transformed(chart.y, ry, series.upper[i]);
      const bool   is_cut = chart.y.logarithmic && series.y[i] <= 0; // the line reaches below the axis
      const double pl     = is_cut ? 0 : transformed(chart.y, ry, series.y[i]);
      if (std::isnan(px) || std::isnan(pu) || std::isnan(pl))
        continue;
      const double gap       = std::numeric_limits<double>::quiet_NaN();
      const double line[][2] = {{px - cap, pu}, {px + cap, pu}, {px, pu}, {px, pl}, {px - cap, pl}, {px + cap, pl}, {px, gap}};
      for (const auto &point : line)
        {
          if (is_cut && &point > &line[3] && &point < &line[6])
            continue; // no cap at the edge of the picture
          x->InsertNextValue(point[0]);
          y->InsertNextValue(point[1]);
        }
    }
  table->AddColumn(x);
  table->AddColumn(y);
  return table;
}

vtkSmartPointer<vtkTable> table_of(const Chart &chart, const ChartSeries &series, const Range &rx, const Range &ry)
{
  vtkNew<vtkTable>       table;
  const bool             is_points = series.kind == ChartSeries::Kind::points;
  const bool             is_band   = series.kind == ChartSeries::Kind::band;
  vtkNew<vtkDoubleArray> x, y, upper;
  x->SetName("x");
  y->SetName(series.name.empty() ? " " : series.name.c_str());
  upper->SetName("upper");
  for (std::size_t i = 0; i < series.x.size(); ++i)
    {
      const double px = transformed(chart.x, rx, series.x[i]);
      double       py = transformed(chart.y, ry, series.y[i]);
      const double pu = is_band ? transformed(chart.y, ry, series.upper[i]) : py;
      if (is_band && chart.y.logarithmic && !std::isnan(pu) && series.y[i] <= 0)
        py = 0; // the band reaches below the axis
      if ((is_points || is_band) && (std::isnan(px) || std::isnan(py) || std::isnan(pu)))
        continue;
      // A NaN in x would spoil VTK's search for the range.
      x->InsertNextValue(std::isnan(px) ? 0 : px);
      y->InsertNextValue(std::isnan(px) ? px : py);
      upper->InsertNextValue(pu);
    }
  table->AddColumn(x);
  table->AddColumn(y);
  if (is_band)
    table->AddColumn(upper);
  return table;
}

void add_series(vtkChartXY *plot, const Chart &chart, const ChartSeries &series, const Range &rx, const Range &ry)
{
  const bool   is_errors = series.kind == ChartSeries::Kind::errors;
  const double cap       = half_cap * R / plot->GetSize().GetWidth();
  const auto   table     = is_errors ? table_of_errors(chart, series, rx, ry, cap) : table_of(chart, series, rx, ry);
  const bool   is_line   = series.kind == ChartSeries::Kind::line || series.kind == ChartSeries::Kind::dashed;
  if (table->GetNumberOfRows() < (is_line ? 2 : 1))
    return;
  const Colour &c     = series.colour;
  const auto    alpha = byte(series.opacity);
  vtkPlot      *drawn;
  if (series.kind == ChartSeries::Kind::band)
    {
      drawn            = plot->AddPlot(vtkChart::AREA);
      auto *const area = vtkPlotArea::SafeDownCast(drawn);
      area->SetInputData(table);
      area->SetInputArray(0, "x");
      area->SetInputArray(1, table->GetColumnName(1));
      area->SetInputArray(2, "upper");
      area->GetBrush()->SetColor(byte(c.r), byte(c.g), byte(c.b), alpha);
      area->GetPen()->SetLineType(vtkPen::NO_PEN);
    }
  else if (series.kind == ChartSeries::Kind::points)
    {
      drawn = plot->AddPlot(vtkChart::POINTS);
      drawn->SetInputData(table, 0, 1);
      vtkPlotPoints::SafeDownCast(drawn)->SetMarkerStyle(vtkPlotPoints::CIRCLE);
      vtkPlotPoints::SafeDownCast(drawn)->SetMarkerSize(static_cast<float>(series.width * R));
      drawn->GetPen()->SetColor(byte(c.r), byte(c.g), byte(c.b), alpha);
      drawn->GetPen()->SetWidth(static_cast<float>(series.width * R));
    }
  else
    {
      drawn = plot->AddPlot(vtkChart::LINE);
      drawn->SetInputData(table, 0, 1);
      drawn->GetPen()->SetColor(byte(c.r), byte(c.g), byte(c.b), alpha);
      drawn->GetPen()->SetWidth(static_cast<float>(series.width * R));
      drawn->GetPen()->SetLineType(series.kind == ChartSeries::Kind::dashed ? vtkPen::DASH_LINE : vtkPen::SOLID_LINE);
    }
  drawn->SetLabel(" " + series.name); // the legend puts it close to the sample of the line
  drawn->SetLegendVisibility(!series.name.empty());
  drawn->SetInteractive(false);
}

/// A corner of the plot where the legend is in nobody's way.
struct LegendPlace
{
  int   horizontal, vertical;
  Range y; ///< of the axis, extended upwards if every corner was taken
};

LegendPlace place_of_legend(const Chart &chart, const Range &rx, const Range &ry, const vtkRectf &inner)
{
  std::size_t n_entries = 0, longest = 0;
  for (const ChartSeries &series : chart.series)
    if (!series.name.empty())
      {
        ++n_entries;
        longest = std::max(longest, text_width(series.name));
      }
  const double size = 0.9 * style::text_size * R;
  const double w    = (52 * R + 0.62 * size * static_cast<double>(longest)) / inner.GetWidth();
  const double h    = (26 * R + 1.45 * size * static_cast<double>(n_entries)) / inner.GetHeight();

  unsigned int fewest = std::numeric_limits<unsigned int>::max();
  LegendPlace  best{vtkChartLegend::RIGHT, vtkChartLegend::TOP, ry};
  for (const bool top : {true, false})
    for (const bool right : {true, false})
      {
        unsigned int n_inside = 0;
        const auto   count    = [&](double u, double v) {
          n_inside += (right ? u > 1 - w : u < w) && (top ? v > 1 - h : v < h) ? 1 : 0;
        };
        for (const ChartSeries &series : chart.series)
          for (std::size_t i = 0; i < series.x.size(); ++i)
            {
              // Between two values a line may cross the corner too, and a band covers what is between its edges.
              const bool        single = series.kind == ChartSeries::Kind::points || series.kind == ChartSeries::Kind::errors;
              const std::size_t next   = single ? i : std::min(i + 1, series.x.size() - 1);
              const auto       &over   = series.upper.empty() ? series.y : series.upper;
              for (int k = 0; k < 8; ++k)
                for (int l = 0; l < (series.upper.empty() ? 1 : 8); ++l)
                  {
                    const double t = k / 8., s = l / 7.;
                    const auto   value = [&](std::size_t j) {
                      return (1 - s) * transformed(chart.y, ry, series.y[j]) + s * transformed(chart.y, ry, over[j]);
                    };
                    count((1 - t) * transformed(chart.x, rx, series.x[i]) + t * transformed(chart.x, rx, series.x[next]),
                          (1 - t) * value(i) + t * value(next));
                  }
            }
        if (n_inside < fewest)
          {
            fewest = n_inside;
            best   = {right ? vtkChartLegend::RIGHT : vtkChartLegend::LEFT, top ? vtkChartLegend::TOP : vtkChartLegend::BOTTOM,
                    ry};
          }
      }
  if (fewest > 0 && h < 0.7)
    {
      best        = {vtkChartLegend::RIGHT, vtkChartLegend::TOP, ry};
      best.y.high = chart.y.logarithmic ? ry.low * std::pow(ry.high / ry.low, 1 / (1 - h)) :
                                          ry.low + (ry.high - ry.low) / (1 - h);
    }
  return best;
}

/// Widens the range of an axis, `length` pixels long, by `margin` pixels at either end within which a value stands.
Range with_room(const ChartAxis &axis, const Range &range, const std::vector<double> &values, const double margin,
                const double length)
{
  const double share = std::min(margin / length, 0.2);
  bool         first = false, last = false;
  for (const double value : values)
    if (const double place = transformed(axis, range, value); place >= 0 && place <= 1)
      {
        first = first || place < share;
        last  = last || place > 1 - share;
      }
  const double before = first ? share / (1 - share * (first + last)) : 0,
               after  = last ? share / (1 - share * (first + last)) : 0;
  if (axis.logarithmic)
    return {range.low * std::pow(range.high / range.low, -before), range.high * std::pow(range.high / range.low, after)};
  return {range.low - before * (range.high - range.low), range.high + after * (range.high - range.low)};
}

/// Points at the ends of the data are shown whole: the edge of the plot cuts what reaches beyond it.
void make_room_for_points(const Chart &chart, const vtkRectf &inner, Range &rx, Range &ry)
{
  Range wide_x = rx, wide_y = ry;
  for (const ChartSeries &series : chart.series)
    {
      const bool   errors = series.kind == ChartSeries::Kind::errors;
      const double radius = (errors ? half_cap : series.width / 2) * R + R;
      if (series.kind != ChartSeries::Kind::points && !errors)
        continue;
      const Range x = with_room(chart.x, rx, series.x, radius, inner.GetWidth());
      wide_x        = {std::min(wide_x.low, x.low), std::max(wide_x.high, x.high)};
      if (errors)
        continue;
      const Range y = with_room(chart.y, ry, series.y, radius, inner.GetHeight());
      wide_y        = {std::min(wide_y.low, y.low), std::max(wide_y.high, y.high)};
    }
  rx = wide_x;
  ry = wide_y;
}

vtkSmartPointer<vtkColorTransferFunction> transfer_function(const ColourMap map, const double low, const double high)
{
  vtkNew<vtkColorTransferFunction> function;
  const auto                      &table = colours(map);
  for (std::size_t i = 0; i < table.size(); ++i)
    function->AddRGBPoint(low + (high - low) * static_cast<double>(i) / static_cast<double>(table.size() - 1), table[i].r,
                          table[i].g, table[i].b);
  return function;
}

void add_field(vtkChartXY *plot, const ColouredField &field)
{
  vtkNew<vtkImageData>   image;
  vtkNew<vtkDoubleArray> values;
  image->SetDimensions(static_cast<int>(field.nx), static_cast<int>(field.ny), 1);
  // VTK stretches the pixels over the range from the first to the last origin.
  image->SetSpacing(1. / field.nx, 1. / field.ny, 1);
  values->SetName("values");
  values->SetNumberOfValues(static_cast<vtkIdType>(field.values.size()));
  for (std::size_t i = 0; i < field.values.size(); ++i)
    values->SetValue(static_cast<vtkIdType>(i), std::clamp(field.values[i], field.low, field.high));
  image->GetPointData()->SetScalars(values);
  vtkNew<vtkPlotHistogram2D> histogram;
  histogram->SetInputData(image);
  histogram->SetTransferFunction(transfer_function(field.map, field.low, field.high));
  plot->AddPlot(histogram);
}

/// A plot whose axes enclose `place`; numbers stand outside.
vtkSmartPointer<vtkChartXY> new_plot(const vtkRectf &place)
{
  vtkNew<vtkChartXY> plot;
  plot->SetAutoSize(false);
  plot->SetLayoutStrategy(vtkChart::AXES_TO_RECT);
  plot->SetSize(place);
  plot->SetInteractive(false);
  plot->SetRenderEmpty(true);
  return plot;
}

/// Width of the numbers beside an axis [pixels].
double width_of_numbers(const Range &range, bool logarithmic, unsigned int most)
{
  std::size_t longest = 1;
  for (const std::string &label : ticks(range.low, range.high, logarithmic, most).labels)
    longest = std::max(longest, text_width(label));
  return 0.62 * 0.9 * style::text_size * R * static_cast<double>(longest);
}

void add_chart(vtkContextScene *scene, const Chart &chart, const vtkRectf &place, LabelItem *labels)
{
  const bool with_bar = !chart.field.empty() && !chart.field[0].title.empty();
  Range      rx = range_of_x(chart), ry = range_of_y(chart);
  const auto n_x = static_cast<unsigned int>(std::max(3., place.GetWidth() / (60 * R)));
  const auto n_y = static_cast<unsigned int>(std::max(3., place.GetHeight() / (60 * R)));

  const double line = 1.5 * style::text_size * R;
  const double left = (chart.y.visible ? width_of_numbers(ry, chart.y.logarithmic, n_y) + 14 * R : 6 * R) +
                      (chart.y.title.empty() ? 0 : line);
  const double   bottom = (chart.x.visible ? line + 6 * R : 6 * R) + (chart.x.title.empty() ? 0 : line);
  const double   top    = chart.title.empty() ? 14 * R : 1.5 * line;
  const double   right  = with_bar ? 42 * R + width_of_numbers({chart.field[0].low, chart.field[0].high}, false, 6) : 22 * R;
  const vtkRectf inner(static_cast<float>(place.GetX() + left), static_cast<float>(place.GetY() + bottom),
                       static_cast<float>(place.GetWidth() - left - right),
                       static_cast<float>(place.GetHeight() - top - bottom));
  if (with_bar)
    {
      const ColouredField &field = chart.field[0];
      labels->bars.push_back(
        {inner.GetX() + inner.GetWidth() + 12 * R, inner.GetY(), 13 * R, inner.GetHeight(), field.map, field.low, field.high});
      labels->labels.push_back(
        {field.title, inner.GetX() + inner.GetWidth() + 19 * R, inner.GetY() + inner.GetHeight() + 12 * R, style::text_size});
    }
  const double middle_x = inner.GetX() + inner.GetWidth() / 2, middle_y = inner.GetY() + inner.GetHeight() / 2;
  labels->labels.push_back(
    {chart.title, middle_x, inner.GetY() + inner.GetHeight() + 0.7 * line, style::title_scale * style::text_size, true});
  labels->labels.push_back({chart.x.title, middle_x, place.GetY() + 0.55 * line, style::text_size});
  labels->labels.push_back({chart.y.title, place.GetX() + 0.5 * line, middle_y, style::text_size, false, true});

  // The colours of a field fill the plot.
  if (chart.field.empty())
    make_room_for_points(chart, inner, rx, ry);
  const bool        named  = chart.legend && std::any_of(chart.series.begin(), chart.series.end(),
                                                         [](const ChartSeries &series) { return !series.name.empty(); });
  const LegendPlace corner = place_of_legend(chart, rx, ry, inner);
  if (named)
    ry = corner.y;

  const auto plot = new_plot(inner);
  set_axis(plot->GetAxis(vtkAxis::BOTTOM), chart.x, rx, n_x);
  set_axis(plot->GetAxis(vtkAxis::LEFT), chart.y, ry, n_y);
  if (!chart.field.empty())
    {
      // Lines of the grid would lie over the colours.
      plot->GetAxis(vtkAxis::BOTTOM)->SetGridVisible(false);
      plot->GetAxis(vtkAxis::LEFT)->SetGridVisible(false);
      add_field(plot, chart.field[0]);
    }
  for (const ChartSeries &series : chart.series)
    add_series(plot, chart, series, rx, ry);

  plot->SetShowLegend(named);
  vtkChartLegend *const legend = plot->GetLegend();
  style::set_text(legend->GetLabelProperties(), 0.9 * style::text_size);
  legend->SetInline(true);
  legend->SetHorizontalAlignment(corner.horizontal);
  legend->SetVerticalAlignment(corner.vertical);
  legend->SetPadding(static_cast<int>(6 * R));
  legend->SetSymbolWidth(static_cast<int>(26 * R));
  legend->GetBrush()->SetColor(255, 255, 255, 225);
  legend->GetPen()->SetColorF(style::grid.r, style::grid.g, style::grid.b);
  scene->AddItem(plot);
}
} // namespace

void draw_chart(PictureWindow &window, const Chart &chart, const double x, const double y, const double width,
                const double height)
{
  vtkNew<LabelItem> labels;
  add_chart(
    window.scene(), chart,
    {static_cast<float>(R * x), static_cast<float>(R * y), static_cast<float>(R * width), static_cast<float>(R * height)},
    labels);
  window.scene()->AddItem(labels);
}

namespace
{
/// A chart alone as the contents of a PNG or SVG file, for which `aside` is written and removed.
std::string drawn_alone(const Chart &chart, const double width, const double height, const std::string &aside)
{
  PictureWindow window(static_cast<int>(width), static_cast<int>(height));
  draw_chart(window, chart, 0, 0, width, height);
  window.write(aside);
  const std::string contents = contents_of(aside);
  std::filesystem::remove(aside);
  return contents;
}
} // namespace

std::vector<std::string> write_charts(const std::vector<Chart> &charts, const unsigned int columns, const std::string &file,
                                      const int width, const int height)
{
  const auto        rows   = (charts.size() + columns - 1) / columns;
  const double      border = 4, w = (width - 2 * border) / columns, h = (height - 2 * border) / static_cast<double>(rows);
  const std::string extension = std::filesystem::path(file).extension().string();
  const std::string aside     = std::filesystem::path(file).replace_extension("panel" + extension).string();
  std::vector<std::string> panels;
  // Windows are one after the other: they share what they draw in.
  if (charts.size() == 1 && width > style::narrow_width)
    panels.push_back(drawn_alone(charts[0], style::narrow_width,
                                 style::narrow_width * std::max(0.75, static_cast<double>(height) / width), aside));
  else if (extension == ".svg" && charts.size() > 1)
    for (const Chart &chart : charts)
      panels.push_back(drawn_alone(chart, w, h, aside));
  PictureWindow window(width, height);
  const auto    left   = [&](const std::size_t i) { return border + static_cast<double>(i % columns) * w; };
  const auto    bottom = [&](const std::size_t i) { return height - border - static_cast<double>(i / columns + 1) * h; };
  for (std::size_t i = 0; i < charts.size(); ++i)
    draw_chart(window, charts[i], left(i), bottom(i), w, h);
  window.write(file);
  for (std::size_t i = 0; i < charts.size() && panels.size() < charts.size() && charts.size() > 1; ++i)
    panels.push_back(window.png(left(i), bottom(i), w, h));
  return panels;
}
} // namespace rhoflow
