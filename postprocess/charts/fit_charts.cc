#include <postprocess/charts/fit_charts.h>

#include <postprocess/charts/decision_charts.h>
#include <postprocess/charts/time_choice.h>
#include <postprocess/records/run_record.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rhoflow
{
namespace
{
using Kind = ChartSeries::Kind;

/// The rows of curve.csv that belong to one time.
struct Block
{
  double                           time;
  std::vector<std::vector<double>> columns; ///< as in the table, ordered by the input
};

std::vector<Block> blocks_of(const CsvTable &table)
{
  std::vector<Block> blocks;
  for (const std::vector<double> &row : table.rows)
    {
      if (blocks.empty() || blocks.back().time != row[0])
        blocks.push_back({row[0], std::vector<std::vector<double>>(table.columns.size())});
      for (std::size_t c = 0; c < row.size(); ++c)
        blocks.back().columns[c].push_back(row[c]);
    }
  for (Block &block : blocks)
    {
      std::vector<std::size_t> order(block.columns[0].size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t i, std::size_t j) { return block.columns[1][i] < block.columns[1][j]; });
      for (std::vector<double> &column : block.columns)
        {
          std::vector<double> sorted(column.size());
          std::transform(order.begin(), order.end(), sorted.begin(), [&](std::size_t i) { return column[i]; });
          column = std::move(sorted);
        }
    }
  return blocks;
}
} // namespace

void add_fit_charts(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  add_decision_charts(run, pictures);
  if (n_inputs(run) != 1)
    return;
  const CsvTable          &table  = run.tables.at("curve");
  const std::vector<Block> blocks = blocks_of(table);
  const Block             &last   = blocks.back();
  const auto               column = [&](const std::string &name) -> const std::vector<double>               &{
    return last.columns[table.column(name, "")];
  };

  Chart final_fit;
  final_fit.x.title            = table.columns[1];
  final_fit.y.title            = table.columns[2];
  const std::vector<double> &x = last.columns[1];
  if (run.has("curve", "network 5 %"))
    {
      final_fit.add({"finite networks, 5 to 95 %", Kind::band, x, column("network 5 %"), column("network 95 %"),
                     style::vermilion, 0, 0.18});
      final_fit.add({"finite networks, 25 to 75 %", Kind::band, x, column("network 25 %"), column("network 75 %"),
                     style::vermilion, 0, 0.30});
    }
  // Many nodes of a quadrature are a function, few data are points.
  const bool from_file = !run.parameter("Data/CSV file").empty() || !run.parameter("Data/Points").empty();
  if (from_file)
    final_fit.add({"data", Kind::points, x, last.columns[2], {}, style::faint, 5, 1});
  else
    final_fit.add({"target", Kind::dashed, x, last.columns[2], {}, style::ink, 1.6});
  if (run.has("curve", "network mean"))
    final_fit.add({"mean of the networks", Kind::dashed, x, column("network mean"), {}, style::vermilion, 2});
  if (run.has("curve", "fit"))
    final_fit.add({"density", Kind::line, x, column("fit"), {}, style::blue, 2.8});
  const std::string symbol = table.columns[0] == "time" ? "t = " : "β = ";
  PlannedPicture    planned;
  planned.about  = {"fit.png", "Fitted function",
                    std::string(from_file ? "Data" : "The function to be learned") + " and what was learned at " + symbol +
                      label_number(last.time) + " (curve.csv).",
                    "Learning"};
  planned.charts = {final_fit};

  if (blocks.size() > 1)
    {
      Chart history;
      history.x               = final_fit.x;
      history.y               = final_fit.y;
      final_fit.title         = "At " + symbol + label_number(last.time);
      history.title           = table.columns[0] == "time" ? "On the way" : "At every inverse temperature";
      planned.charts[0].title = final_fit.title;
      if (from_file)
        history.add({"", Kind::points, x, last.columns[2], {}, style::faint, 4, 0.8});
      else
        history.add({"", Kind::dashed, x, last.columns[2], {}, style::ink, 1.6});
      std::vector<double> times;
      for (const Block &block : blocks)
        times.push_back(block.time);
      const std::string           what   = run.has("curve", "fit") ? "fit" : "network mean";
      const std::vector<unsigned> chosen = spread_choice(times, 6);
      for (std::size_t i = 0; i < chosen.size(); ++i)
        {
          const double place = chosen.size() < 2 ? 1. : static_cast<double>(i) / static_cast<double>(chosen.size() - 1);
          history.add({symbol + label_number(times[chosen[i]]),
                       Kind::line,
                       blocks[chosen[i]].columns[1],
                       blocks[chosen[i]].columns[table.column(what, "")],
                       {},
                       colour_at(ColourMap::time, place),
                       2});
        }
      planned.charts.push_back(history);
      planned.columns = 2;
      planned.width   = 1200;
      planned.height  = 480;
    }
  pictures.push_back(planned);
}
} // namespace rhoflow
