#include <postprocess/charts/decision_charts.h>

#include <postprocess/charts/time_choice.h>
#include <postprocess/records/run_record.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace rhoflow
{
namespace
{
using Kind = ChartSeries::Kind;

/// The rows of a table that belong to one time: [columns][rows].
struct Block
{
  double                           time;
  std::vector<std::vector<double>> columns;
};

std::vector<Block> blocks_of(const CsvTable &table)
{
  std::vector<Block> blocks;
  for (const std::vector<double> &row : table.rows)
    {
      if (blocks.empty() || blocks.back().time != row[0])
        blocks.push_back({row[0], std::vector<std::vector<double>>(row.size())});
      for (std::size_t c = 0; c < row.size(); ++c)
        blocks.back().columns[c].push_back(row[c]);
    }
  return blocks;
}

/// The value in the middle of the labels, which decides between two classes, and how far the colours reach from there.
struct Scale
{
  double middle = 0, reach = 1;
  bool   two_classes = false;

  explicit Scale(const std::vector<double> &labels)
  {
    const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
    two_classes            = std::set<double>(labels.begin(), labels.end()).size() == 2;
    middle                 = two_classes || *low > 0 || *high < 0 ? (*low + *high) / 2 : 0;
    reach                  = std::max(*high - middle, middle - *low);
    if (!(reach > 0))
      reach = std::max(1., std::abs(middle));
  }
};

/// Points filled with the colours of their values, with a dark rim, so that they are seen where they agree with the map.
void add_coloured_points(Chart &chart, const std::vector<double> &x, const std::vector<double> &y,
                         const std::vector<double> &values, const Scale &scale)
{
  constexpr int    n_colours = 13;
  const double     width     = x.size() > 500 ? 4 : 6;
  std::vector<int> colour(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    {
      const double part = std::clamp(0.5 + 0.5 * (values[i] - scale.middle) / scale.reach, 0., 1.);
      colour[i]         = static_cast<int>(std::lround(part * (n_colours - 1)));
    }
  chart.add({"", Kind::points, x, y, {}, style::ink, width + 2.2});
  for (int c = 0; c < n_colours; ++c)
    {
      ChartSeries some{
        "", Kind::points, {}, {}, {}, colour_at(ColourMap::diverging, static_cast<double>(c) / (n_colours - 1)), width};
      for (std::size_t i = 0; i < x.size(); ++i)
        if (colour[i] == c)
          {
            some.x.push_back(x[i]);
            some.y.push_back(y[i]);
          }
      if (!some.x.empty())
        chart.add(some);
    }
}

/// Values on the grid of decision.csv, [ny][nx] with the first input fastest.
struct Grid
{
  unsigned int nx = 0, ny = 0;
  double       lower[2] = {0, 0}, upper[2] = {0, 0};

  /// nx stays 0 if the rows are no complete grid.
  explicit Grid(const Block &block)
  {
    const std::vector<double> &x = block.columns[1], &y = block.columns[2];
    const auto n = static_cast<unsigned int>(std::find_if(y.begin(), y.end(), [&](double value) { return value != y[0]; }) -
                                             y.begin());
    if (n < 2 || x.size() % n != 0 || x.size() / n < 2)
      return;
    nx       = n;
    ny       = static_cast<unsigned int>(x.size() / n);
    lower[0] = x.front();
    lower[1] = y.front();
    upper[0] = x.back();
    upper[1] = y.back();
  }

  /// Pixels between the points, linear in each direction.
  ColouredField field(const std::vector<double> &values, const Scale &scale, const std::string &title) const
  {
    constexpr unsigned int per_cell = 4;
    ColouredField          result;
    result.nx = (nx - 1) * per_cell;
    result.ny = (ny - 1) * per_cell;
    for (unsigned int j = 0; j < result.ny; ++j)
      for (unsigned int i = 0; i < result.nx; ++i)
        {
          const double      s = (i % per_cell + 0.5) / per_cell, t = (j % per_cell + 0.5) / per_cell;
          const std::size_t k = std::size_t(j / per_cell) * nx + i / per_cell;
          result.values.push_back((1 - t) * ((1 - s) * values[k] + s * values[k + 1]) +
                                  t * ((1 - s) * values[k + nx] + s * values[k + nx + 1]));
        }
    std::copy_n(lower, 2, result.lower);
    std::copy_n(upper, 2, result.upper);
    result.map   = ColourMap::diverging;
    result.low   = scale.middle - scale.reach;
    result.high  = scale.middle + scale.reach;
    result.title = title;
    return result;
  }
};

Chart map_chart(const CsvTable &table, const Block &block, const std::string &what, const Block &data, const Scale &scale,
                const std::string &title, bool colour_bar)
{
  const Grid  grid(block);
  const auto &values = block.columns[table.column(what, "")];
  Chart       chart;
  chart.title   = title;
  chart.x.title = table.columns[1];
  chart.y.title = table.columns[2];
  chart.field.push_back(grid.field(values, scale, colour_bar ? "f" : ""));
  // Data of hardly any weight may lie far outside of the map.
  Block inside = data;
  for (auto &column : inside.columns)
    column.clear();
  for (std::size_t i = 0; i < data.columns[1].size(); ++i)
    if (data.columns[1][i] >= grid.lower[0] && data.columns[1][i] <= grid.upper[0] && data.columns[2][i] >= grid.lower[1] &&
        data.columns[2][i] <= grid.upper[1])
      for (std::size_t c = 0; c < inside.columns.size(); ++c)
        inside.columns[c].push_back(data.columns[c][i]);
  add_coloured_points(chart, inside.columns[1], inside.columns[2], inside.columns[3], scale);
  // A function that is constant up to round-off has no such line.
  if (std::any_of(values.begin(), values.end(),
                  [&](double value) { return std::abs(value - scale.middle) > 1e-6 * scale.reach; }))
    chart.add(contour(values, grid.nx, grid.ny, grid.lower, grid.upper, scale.middle));
  return chart;
}

/// Without a map: targets and fit at the data.
PlannedPicture points_alone(const RunRecord &run, const Block &last, const std::string &when)
{
  const CsvTable   &table = run.tables.at("curve");
  const std::string what  = run.has("curve", "fit") ? "fit" : "network mean";
  const Scale       scale(last.columns[3]);
  PlannedPicture    planned;
  planned.about = {"decision.png", "Fitted function",
                   "What was to be learned and what was learned " + when +
                     ", at the data (curve.csv). The colours reach from " + label_number(scale.middle - scale.reach) +
                     " (blue) to " + label_number(scale.middle + scale.reach) + " (brown).",
                   "Learning"};
  for (const auto &[column, title] : {std::make_pair(table.columns[3], "Data"), std::make_pair(what, "Learned")})
    {
      Chart chart;
      chart.title   = title;
      chart.x.title = table.columns[1];
      chart.y.title = table.columns[2];
      add_coloured_points(chart, last.columns[1], last.columns[2], last.columns[table.column(column, "")], scale);
      planned.charts.push_back(chart);
    }
  planned.columns = 2;
  planned.width   = 1100;
  planned.height  = 520;
  return planned;
}
} // namespace

ChartSeries contour(const std::vector<double> &values, unsigned int nx, unsigned int ny, const double lower[2],
                    const double upper[2], double level)
{
  ChartSeries  line{"", Kind::line, {}, {}, {}, style::ink, 2.2};
  const double gap = std::numeric_limits<double>::quiet_NaN();
  const double h[] = {(upper[0] - lower[0]) / (nx - 1), (upper[1] - lower[1]) / (ny - 1)};
  for (unsigned int j = 0; j + 1 < ny; ++j)
    for (unsigned int i = 0; i + 1 < nx; ++i)
      {
        if (!std::isfinite(values[j * nx + i] + values[j * nx + i + 1] + values[(j + 1) * nx + i] +
                           values[(j + 1) * nx + i + 1]))
          continue;
        // Around the cell; on an edge whose ends lie on different sides the line comes in or goes out.
        const unsigned int  corner[5][2] = {{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}, {i, j}};
        std::vector<double> x, y;
        for (unsigned int e = 0; e < 4; ++e)
          {
            const unsigned int *const a = corner[e], *const b = corner[e + 1];
            const double u = values[a[1] * nx + a[0]] - level, v = values[b[1] * nx + b[0]] - level;
            if ((u < 0) == (v < 0))
              continue;
            const double t = u / (u - v);
            x.push_back(lower[0] + h[0] * ((1 - t) * a[0] + t * b[0]));
            y.push_back(lower[1] + h[1] * ((1 - t) * a[1] + t * b[1]));
          }
        // Two lines cross a saddle; which ends belong together is told by the value in its middle.
        if (x.size() == 4)
          {
            const double first = values[j * nx + i] - level;
            const double middle =
              (values[j * nx + i] + values[j * nx + i + 1] + values[(j + 1) * nx + i] + values[(j + 1) * nx + i + 1]) / 4 -
              level;
            if ((first < 0) != (middle < 0))
              {
                std::swap(x[1], x[3]);
                std::swap(y[1], y[3]);
              }
          }
        for (std::size_t k = 0; k + 1 < x.size(); k += 2)
          {
            line.x.insert(line.x.end(), {x[k], x[k + 1], x[k + 1]});
            line.y.insert(line.y.end(), {y[k], y[k + 1], gap});
          }
      }
  return line;
}

unsigned int n_inputs(const RunRecord &run)
{
  if (!run.has("curve"))
    return 0;
  // time, inputs, output, then what was learned
  const auto       &columns = run.tables.at("curve").columns;
  const auto        learned = std::find_if(columns.begin(), columns.end(),
                                           [](const std::string &name) { return name == "fit" || name == "network mean"; });
  const std::size_t before  = static_cast<std::size_t>(learned - columns.begin());
  return learned == columns.end() || before < 3 ? 0 : static_cast<unsigned int>(before - 2);
}

void add_decision_charts(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (n_inputs(run) != 2 || run.tables.at("curve").rows.empty())
    return;
  const std::vector<Block> data   = blocks_of(run.tables.at("curve"));
  const std::string        symbol = run.tables.at("curve").columns[0] == "time" ? "t = " : "β = ";
  if (!run.has("decision") || run.tables.at("decision").rows.empty() || run.tables.at("decision").columns.size() < 4)
    {
      pictures.push_back(points_alone(run, data.back(), "at " + symbol + label_number(data.back().time)));
      return;
    }
  const CsvTable    &table  = run.tables.at("decision");
  std::vector<Block> blocks = blocks_of(table);
  // The last one may not be complete while a run is going on.
  if (blocks.size() > 1 && blocks.back().columns[0].size() < blocks.front().columns[0].size())
    blocks.pop_back();
  if (Grid(blocks.back()).nx == 0)
    return;
  const Scale              scale(data.back().columns[3]);
  std::vector<std::string> shown;
  for (const char *const name : {"fit", "network mean"})
    if (run.has("decision", name))
      shown.emplace_back(name);
  if (shown.empty())
    return;

  const std::string when    = symbol + label_number(blocks.back().time);
  const std::string colours = std::string(scale.two_classes ? "Points: the data, filled with the colour of their class; line: "
                                                              "where the decision changes, f = " :
                                                              "Points: the data, filled with the colour of what was to be "
                                                              "learned there; line: f = ") +
                              label_number(scale.middle) + " (decision.csv, curve.csv).";
  PlannedPicture planned;
  planned.about = {"decision.png", scale.two_classes ? "Decision function" : "Fitted function",
                   "The function f(x) that was learned, at " + when + ". " + colours, "Learning"};
  for (const std::string &name : shown)
    planned.charts.push_back(map_chart(table, blocks.back(), name, data.back(), scale,
                                       (name == "fit" ? "Density, " : "Mean of the networks, ") + when, true));
  planned.columns = static_cast<unsigned int>(shown.size());
  planned.width   = shown.size() == 1 ? 640 : 1200;
  planned.height  = 560;
  pictures.push_back(planned);
  if (blocks.size() < 2)
    return;

  PlannedPicture      history;
  std::vector<double> times;
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i)
    times.push_back(blocks[i].time);
  history.about = {"decision_history.png", table.columns[0] == "time" ? "On the way" : "At other inverse temperatures",
                   "The same before. " + colours, "Learning"};
  for (const unsigned int i : spread_choice(times, 3))
    history.charts.push_back(map_chart(table, blocks[i], shown[0], data.back(), scale, symbol + label_number(times[i]), false));
  history.columns = static_cast<unsigned int>(history.charts.size());
  history.width   = 420 * static_cast<int>(history.columns);
  history.height  = 440;
  pictures.push_back(history);
}
} // namespace rhoflow
