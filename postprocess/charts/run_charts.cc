#include <postprocess/charts/run_charts.h>

#include <postprocess/charts/fit_charts.h>
#include <postprocess/charts/time_choice.h>
#include <postprocess/records/run_record.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
using Kind = ChartSeries::Kind;

bool any_positive(const std::vector<double> &values)
{
  return std::any_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

std::vector<double> magnitude(std::vector<double> values)
{
  for (double &value : values)
    value = std::abs(value);
  return values;
}

/// Reads columns of one table that share their abscissa.
class Columns
{
public:
  Columns(const RunRecord &record, std::string name)
    : run(record)
    , table(std::move(name))
    , abscissa(run.has(table, "time")                ? "time" :
               run.has(table, "inverse temperature") ? "inverse temperature" :
                                                       "")
  {}

  /// A chart needs two points.
  bool useful() const { return !abscissa.empty() && run.tables.at(table).rows.size() > 1; }
  bool has(const std::string &name) const { return run.has(table, name); }

  std::vector<double> x() const { return run.column(table, abscissa); }
  std::vector<double> operator[](const std::string &name) const { return run.column(table, name); }

  ChartAxis axis() const
  {
    ChartAxis result;
    result.title       = abscissa == "time" ? "time t  [step size × SGD steps]" : "inverse temperature β";
    result.logarithmic = abscissa != "time";
    // Data fill the axis from end to end.
    const std::vector<double> values = x();
    result.low                       = *std::min_element(values.begin(), values.end());
    result.high                      = *std::max_element(values.begin(), values.end());
    return result;
  }

  ChartSeries line(const std::string &name, const std::string &column, const Colour &colour = style::blue) const
  {
    return {name, Kind::line, x(), (*this)[column], {}, colour};
  }
  ChartSeries band(const std::string &name, const std::string &low, const std::string &high, const Colour &colour,
                   double opacity) const
  {
    return {name, Kind::band, x(), (*this)[low], (*this)[high], colour, 0, opacity};
  }

private:
  const RunRecord  &run;
  const std::string table, abscissa;
};

Chart chart(const std::string &title, const ChartAxis &x, const std::string &y, bool logarithmic)
{
  Chart result;
  result.title         = title;
  result.x             = x;
  result.y.title       = y;
  result.y.logarithmic = logarithmic;
  return result;
}

PlannedPicture picture(const std::string &file, const std::string &title, const std::string &section,
                       const std::string &caption, std::vector<Chart> charts)
{
  PlannedPicture result;
  result.about        = {file, title, caption, section};
  result.charts       = std::move(charts);
  const std::size_t n = result.charts.size();
  result.columns      = n == 1 ? 1 : (n == 2 || n == 4 ? 2 : 3);
  const auto rows     = static_cast<int>((n + result.columns - 1) / result.columns);
  result.width        = n == 1 ? 860 : (result.columns == 2 ? 2 * style::narrow_width : 1260);
  result.height       = rows * (n == 1 ? 500 : (result.columns == 2 ? 380 : 350));
  return result;
}

/// The networks' risks in `source`, whose columns begin with `prefix`.
void add_network_bands(Chart &chart, const Columns &source, const std::string &prefix)
{
  if (!source.has(prefix + " 5 %"))
    return;
  chart.add(source.band("finite networks, 5 to 95 %", prefix + " 5 %", prefix + " 95 %", style::vermilion, 0.18));
  chart.add(source.band("finite networks, 25 to 75 %", prefix + " 25 %", prefix + " 75 %", style::vermilion, 0.30));
}

void add_replicas(Chart &chart, const RunRecord &run)
{
  const Columns replicas(run, "replicas");
  if (!run.has("replicas") || !replicas.useful())
    return;
  std::string name = "single networks";
  for (const std::string &column : run.tables.at("replicas").columns)
    if (column.rfind("replica ", 0) == 0)
      {
        ChartSeries one = replicas.line(name, column, style::vermilion);
        one.width       = 0.8;
        one.opacity     = 0.45;
        chart.add(one);
        name.clear(); // one entry of the legend for all
      }
}

/// Paths of the common noise.
void add_paths(Chart &chart, const RunRecord &run)
{
  const Columns paths(run, "paths");
  if (!run.has("paths") || !paths.useful())
    return;
  constexpr unsigned int most = 100; // more cover each other
  unsigned int           n    = 0;
  for (const std::string &column : run.tables.at("paths").columns)
    if (column.rfind("risk of path ", 0) == 0 && n < most)
      {
        ChartSeries one = paths.line(n == 0 ? "single paths" : "", column, style::vermilion);
        one.width       = 0.8;
        one.opacity     = 0.45;
        chart.add(one);
        ++n;
      }
}

/// Two standard deviations of the risk of one network, as the density predicts them. A risk is positive: on a logarithmic axis
/// the band ends at a tenth of it.
void add_predicted_band(Chart &chart, const Columns &comparison)
{
  const std::string column = "predicted standard deviation";
  if (!comparison.has(column))
    return;
  std::vector<double> low = comparison["risk"], high = low;
  const auto          deviation = comparison[column];
  for (std::size_t i = 0; i < low.size(); ++i)
    {
      const double lowest = chart.y.logarithmic ? 0.1 * low[i] : 0.;
      low[i]              = std::max(low[i] - 2. * deviation[i], lowest);
      high[i] += 2. * deviation[i];
    }
  chart.add(
    {"predicted from the density, ± 2 standard deviations", Kind::band, comparison.x(), low, high, style::blue, 0, 0.15});
}

void risk(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  const Columns statistics(run, "statistics");
  if (!run.has("statistics") || !statistics.useful() || !statistics.has("risk"))
    return;
  const bool        is_landscape = !run.parameter("Landscape/Function").empty();
  const bool        positive     = any_positive(statistics["risk"]);
  const std::string name         = is_landscape ? "mean of L" : "risk R = ½ E(y − f)²";
  Chart             all          = chart("", statistics.axis(), name, positive && !is_landscape);
  std::string       note;
  add_replicas(all, run);
  const bool compared = run.has("comparison") && Columns(run, "comparison").useful();
  if (compared)
    {
      const Columns comparison(run, "comparison");
      add_predicted_band(all, comparison);
      add_network_bands(all, comparison, "risk of networks");
      ChartSeries mean = comparison.line("mean of the networks", "mean risk of networks", style::vermilion);
      mean.kind        = Kind::dashed;
      all.add(mean);
      note = " Orange: networks of " + run.parameter("Particles/Number of neurons") + " neurons trained by SGD (" +
             run.parameter("Particles/Replicas") + " replicas; comparison.csv, replicas.csv).";
    }
  const bool has_paths = run.has("paths");
  if (has_paths)
    {
      add_paths(all, run);
      note = " Orange: paths of the common noise (paths.csv).";
    }
  const bool is_network = !run.traits.has_density();
  if (is_network)
    {
      add_network_bands(all, statistics, "risk");
      note = " Bands: quantiles over " + run.parameter("Particles/Replicas") + " networks of " +
             run.parameter("Particles/Number of neurons") + " neurons (statistics.csv, replicas.csv).";
    }
  ChartSeries line = statistics.line(is_network ? "mean of the networks" : (has_paths ? "mean over the paths" : "density"),
                                     "risk", is_network ? style::vermilion : style::blue);
  line.width = 2.8;
  all.add(line);
  pictures.push_back(picture(
    "risk.png", is_landscape ? "Mean of the landscape" : "Risk", "Learning",
    std::string(is_network ? "Mean over the networks" : (has_paths ? "Blue: mean over the paths" : "Blue: the density")) +
      " (statistics.csv)." + note,
    {all}));

  // With noise in the labels the risk tends to the noise, and only the excess shows the learning.
  const std::vector<double> excess = statistics.has("excess risk") ? statistics["excess risk"] : std::vector<double>();
  if (!excess.empty() && excess != statistics["risk"] && any_positive(excess))
    {
      Chart one = chart("", statistics.axis(), "excess risk  R − R(truth)", true);
      one.add(statistics.line("", "excess risk", is_network ? style::vermilion : style::blue));
      pictures.push_back(picture("excess_risk.png", "Excess risk", "Learning",
                                 "The risk without the part that noise in the labels makes (statistics.csv).", {one}));
    }
}

void deviation(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (!run.has("comparison"))
    return;
  const Columns comparison(run, "comparison");
  if (!comparison.useful() || !comparison.has("deviation [standard errors]"))
    return;
  Chart             one   = chart("", comparison.axis(), "deviation  [standard errors]", false);
  const std::string limit = label_number(deviation_limit);
  one.add({"within " + limit + " standard errors", Kind::band, comparison.x(),
           std::vector<double>(comparison.x().size(), -deviation_limit),
           std::vector<double>(comparison.x().size(), deviation_limit), style::faint, 0, 0.25});
  one.add(comparison.line("mean of the networks − density − expected bias", "deviation [standard errors]"));
  ChartSeries dots = comparison.line("", "deviation [standard errors]");
  dots.kind        = Kind::points;
  dots.width       = 6;
  one.add(dots);
  pictures.push_back(picture("deviation.png", "Density and finite networks", "Learning",
                             "Risk of the finite networks beside that of the density, after the bias of finite width and step "
                             "size, in standard errors of the networks' mean (comparison.csv). Within " +
                               limit + " of them, the shaded part, the verdict is agreement.",
                             {one}));
}

void free_energy(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (!run.has("statistics"))
    return;
  const Columns statistics(run, "statistics");
  if (!statistics.useful() || !statistics.has("free energy"))
    return;
  std::vector<Chart> charts;
  Chart energy = chart("Free energy and its parts", statistics.axis(), "F = R + confinement − entropy/β", false);
  energy.add(statistics.line("free energy F", "free energy"));
  energy.series.back().width = 2.8;
  energy.add(statistics.line("risk R", "risk", style::vermilion));
  if (statistics.has("confinement") && any_positive(magnitude(statistics["confinement"])))
    energy.add(statistics.line("confinement", "confinement", style::green));
  charts.push_back(energy);
  if (statistics.has("free-energy gap"))
    {
      Chart distance = chart("Distance to equilibrium", statistics.axis(), "F − F*", true);
      if (statistics.has("lower bound of the gap"))
        {
          distance.add(statistics.band("between the certified bounds", "lower bound of the gap", "upper bound of the gap",
                                       style::sky, 0.25));
          for (const char *const bound : {"lower bound of the gap", "upper bound of the gap"})
            {
              ChartSeries edge = statistics.line("", bound, style::sky);
              edge.width       = 1.2;
              distance.add(edge);
            }
        }
      distance.add(statistics.line("F − F*", "free-energy gap"));
      if (run.has("relaxation") && run.has("relaxation", "measured rate"))
        {
          // The fitted decay, through the last row that the fit used.
          const double rate = run.column("relaxation", "measured rate").front();
          const double from = run.column("relaxation", "first time").front(),
                       to   = run.column("relaxation", "last time").front();
          const auto  t = statistics.x(), f = statistics["free-energy gap"];
          ChartSeries decay{"fitted decay", Kind::dashed, {}, {}, {}, style::ink, 1.6};
          for (std::size_t i = 0; i < t.size(); ++i)
            if (t[i] >= from && t[i] <= to && f[i] > 0)
              {
                if (decay.x.empty())
                  decay.y.push_back(f[i]);
                else
                  decay.y.push_back(decay.y.front() * std::exp(-rate * (t[i] - decay.x.front())));
                decay.x.push_back(t[i]);
              }
          if (decay.x.size() > 1 && std::isfinite(rate))
            distance.add(decay);
        }
      charts.push_back(distance);
    }
  pictures.push_back(picture("free_energy.png", "Free energy", "Learning",
                             "The free energy falls along the solution; the free-energy gap F − F* lies between the certified "
                             "bounds (statistics.csv).",
                             charts));
}

void invariants(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (!run.has("statistics"))
    return;
  const Columns statistics(run, "statistics");
  if (!statistics.useful())
    return;
  std::vector<Chart> charts;
  if (statistics.has("dissipation"))
    {
      const char *const energy = statistics.has("free energy") ? "−dF/dt" : "−dR/dt";
      Chart             one    = chart("Dissipation", statistics.axis(), energy, any_positive(statistics["dissipation"]));
      one.add(statistics.line("", "dissipation"));
      charts.push_back(one);
    }
  if (statistics.has("energy balance") && any_positive(magnitude(statistics["energy balance"])))
    {
      Chart one = chart("Energy balance", statistics.axis(), "|ΔR + ∫ dissipation dt|", true);
      one.add({"", Kind::line, statistics.x(), magnitude(statistics["energy balance"]), {}, style::blue});
      charts.push_back(one);
    }
  if (statistics.has("mass"))
    {
      std::vector<double> drift = statistics["mass"];
      for (double &mass : drift)
        mass = std::abs(mass - 1.) < 1e-17 ? 1e-17 : std::abs(mass - 1.); // an exact one is below every other
      Chart one  = chart("Mass", statistics.axis(), "|mass − 1|", true);
      one.y.low  = 1e-18;
      one.y.high = std::max(1e-12, 10 * *std::max_element(drift.begin(), drift.end()));
      one.add({"", Kind::line, statistics.x(), drift, {}, style::blue});
      charts.push_back(one);
    }
  if (statistics.has("negative mass") && any_positive(statistics["negative mass"]))
    {
      Chart one = chart("Sign of the evolved density", statistics.axis(), "negative mass", true);
      one.add(statistics.line("", "negative mass"));
      charts.push_back(one);
    }
  else if (statistics.has("minimum"))
    {
      const std::vector<double> minimum  = statistics["minimum"];
      const bool                positive = std::all_of(minimum.begin(), minimum.end(), [](double m) { return m > 0; });
      Chart                     one      = chart("Smallest value", statistics.axis(), "min ρ", positive);
      one.add(statistics.line("", "minimum"));
      charts.push_back(one);
    }
  if (statistics.has("boundary mass") && any_positive(statistics["boundary mass"]))
    {
      Chart one = chart("Mass in the outermost cells", statistics.axis(), "boundary mass", true);
      one.add(statistics.line("", "boundary mass"));
      charts.push_back(one);
    }
  if (statistics.has("cells") && statistics["cells"].front() != statistics["cells"].back())
    {
      Chart one = chart("Mesh", statistics.axis(), "cells", false);
      one.y.low = 0;
      one.add(statistics.line("", "cells"));
      charts.push_back(one);
    }
  if (!charts.empty())
    pictures.push_back(picture("invariants.png", "Balance and invariants", "Invariants",
                               "What the exact solution keeps, and by how much the computed one misses it (statistics.csv).",
                               charts));
}

void moments(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (!run.has("statistics"))
    return;
  const Columns statistics(run, "statistics");
  if (!statistics.useful())
    return;
  std::vector<Chart> charts;
  for (const std::string &name : run.coordinates)
    {
      const std::vector<double> mean       = statistics["mean " + name];
      const bool                is_network = statistics.has("deviation " + name);
      std::vector<double>       spread     = statistics[is_network ? "deviation " + name : "covariance " + name + " " + name];
      std::vector<double>       low = mean, high = mean;
      for (std::size_t i = 0; i < mean.size(); ++i)
        {
          if (!is_network)
            spread[i] = std::sqrt(std::max(0., spread[i]));
          low[i] -= spread[i];
          high[i] += spread[i];
        }
      const Colour colour = is_network ? style::vermilion : style::blue;
      Chart        one    = chart("", statistics.axis(), name, false);
      one.legend          = charts.empty();
      one.add({"± standard deviation", Kind::band, statistics.x(), low, high, colour, 0, 0.2});
      one.add(statistics.line("mean", "mean " + name, colour));
      charts.push_back(one);
    }
  if (!charts.empty())
    pictures.push_back(picture("moments.png", "Moments", "Learning",
                               "Mean and standard deviation of the neurons' parameters (statistics.csv).", charts));
}

void distances(const RunRecord &run, std::vector<PlannedPicture> &pictures)
{
  if (!run.has("comparison"))
    return;
  const Columns comparison(run, "comparison");
  if (!comparison.useful() || !comparison.has("sliced W1"))
    return;
  std::vector<Chart> charts;
  const auto         add = [&](const std::string &name, const std::string &title) {
    if (!comparison.has(name) || !any_positive(comparison[name]))
      return;
    Chart one  = chart("", comparison.axis(), title, false);
    one.y.low  = 0;
    one.legend = charts.empty();
    if (comparison.has(name + " low"))
      one.add(comparison.band("95 % interval", name + " low", name + " high", style::sky, 0.25));
    one.add(comparison.line("density and neurons", name));
    if (comparison.has(name + " floor"))
      {
        ChartSeries floor = comparison.line("of sampling alone", name + " floor", style::vermilion);
        floor.kind        = Kind::dashed;
        one.add(floor);
      }
    charts.push_back(one);
  };
  add("sliced W1", "sliced W₁");
  for (const std::string &name : run.coordinates)
    add("W1 " + name, "W₁ along " + name);
  pictures.push_back(picture("distances.png", "Wasserstein distances", "Learning",
                             "Between the density and the neurons of the networks. The dashed line is what M neurons drawn "
                             "independently from the density itself would have (comparison.csv).",
                             charts));
}
} // namespace

std::vector<PlannedPicture> run_charts(const RunRecord &run)
{
  std::vector<PlannedPicture> pictures;
  risk(run, pictures);
  add_fit_charts(run, pictures);
  free_energy(run, pictures);
  deviation(run, pictures);
  distances(run, pictures);
  moments(run, pictures);
  invariants(run, pictures);
  return pictures;
}
} // namespace rhoflow
