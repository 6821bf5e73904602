#include <postprocess/charts/study_charts.h>

#include <postprocess/charts/time_choice.h>
#include <postprocess/records/study_record.h>
#include <solvers/base/number.h>
#include <solvers/study/power_law.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace rhoflow
{
namespace
{
using Kind   = ChartSeries::Kind;
using Values = std::vector<std::pair<std::string, std::string>>; ///< of parameters

/// Numbers of different sizes, or of both signs, are not for a logarithmic axis.
bool suits_logarithm(const std::vector<double> &values, const double span)
{
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const double value : values)
    if (!std::isnan(value))
      {
        low  = std::min(low, value);
        high = std::max(high, value);
      }
  return low > 0 && std::isfinite(low) && high >= span * low;
}

std::string decimals(const double value, const int digits)
{
  char text[40];
  std::snprintf(text, sizeof(text), "%.*f", digits, std::abs(value));
  const bool is_zero = std::string(text).find_first_of("123456789") == std::string::npos;
  return (value < 0 && !is_zero ? "−" : "") + std::string(text);
}

/// The rows of study.csv whose parameters have these values.
std::vector<std::size_t> rows_with(const StudyRecord &study, const Values &values)
{
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < study.table.rows.size(); ++row)
    if (std::all_of(values.begin(), values.end(),
                    [&](const auto &value) { return study.table.text(row, value.first) == value.second; }))
      rows.push_back(row);
  return rows;
}

/// Names for groups of rows: as few of the parameters that tell them apart as are needed, least of all the seed, and with their
/// names where the value is a number.
std::vector<std::string> labels_of(const std::vector<Values> &groups)
{
  std::vector<std::string> labels(groups.size());
  if (groups.size() < 2)
    return labels;
  std::vector<bool> shown(groups[0].size(), true);
  const auto        count = [&]() {
    std::set<std::vector<std::string>> different;
    for (const Values &group : groups)
      {
        std::vector<std::string> key;
        for (std::size_t i = 0; i < shown.size(); ++i)
          key.push_back(shown[i] ? group[i].second : "");
        different.insert(key);
      }
    return different.size();
  };
  std::vector<std::size_t> order(shown.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = order.size() - 1 - i;
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return groups[0][i].first == "Seed"; });
  for (const std::size_t i : order)
    {
      shown[i] = false;
      shown[i] = count() < groups.size();
    }
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t i = 0; i < shown.size(); ++i)
      if (shown[i])
        {
          double unused;
          labels[g] += (labels[g].empty() ? "" : ", ") +
                       (parse_number(groups[g][i].second, unused) ? short_name(groups[g][i].first) + " = " : std::string()) +
                       groups[g][i].second;
        }
  return labels;
}

/// Columns of some rows of study.csv, ordered by the abscissa.
struct Points
{
  std::vector<double> x, y, error; ///< the last one empty if there is none

  Points(const StudyRecord &study, const std::string &abscissa, const std::string &result, std::vector<std::size_t> rows)
  {
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t i, std::size_t j) {
      return study.table.number(i, abscissa) < study.table.number(j, abscissa);
    });
    const std::string errors = result + " standard error";
    for (const std::size_t row : rows)
      {
        x.push_back(study.table.number(row, abscissa));
        y.push_back(study.table.number(row, result));
        if (study.table.has(errors))
          error.push_back(study.table.number(row, errors));
      }
  }
  Points() = default;

  void add(const Points &from, std::size_t i)
  {
    x.push_back(from.x[i]);
    y.push_back(from.y[i]);
    if (!from.error.empty())
      error.push_back(from.error[i]);
  }
};

void add_points(Chart &chart, const Points &points, const std::string &name, const Colour &colour, const double opacity)
{
  if (points.x.empty())
    return;
  if (!points.error.empty())
    {
      ChartSeries errors{"", Kind::errors, points.x, points.y, points.y, colour, 1.3, opacity};
      for (std::size_t i = 0; i < points.error.size(); ++i)
        {
          errors.y[i] -= points.error[i];
          errors.upper[i] += points.error[i];
        }
      chart.add(errors);
    }
  chart.add({name, Kind::points, points.x, points.y, {}, colour, 7, opacity});
}

PlannedPicture picture(const std::string &file, const std::string &title, const std::string &section,
                       const std::string &caption, const Chart &chart)
{
  PlannedPicture planned;
  planned.about  = {file, title, caption, section};
  planned.charts = {chart};
  return planned;
}

/// A straight line from the first to the last x in logarithmic axes.
ChartSeries power_law(const std::string &name, const Kind kind, const Points &points, const double prefactor,
                      const double slope, const Colour &colour)
{
  const std::vector<double> ends{points.x.front(), points.x.back()};
  return {name, kind, ends, {prefactor * std::pow(ends[0], slope), prefactor * std::pow(ends[1], slope)}, {}, colour, 2};
}

/// One fit: its points, those that it leaves out, the law and what was expected.
void add_fit(Chart &chart, const StudyRecord &study, const StudyFit &fit, const std::string &label, const Colour &colour)
{
  const Points          all(study, fit.against, fit.result, rows_with(study, fit.others));
  Points                used, outside;
  std::vector<FitPoint> positive;
  for (std::size_t i = 0; i < all.x.size(); ++i)
    {
      if (!(all.y[i] > 0) || !(all.x[i] > 0) || !std::isfinite(all.y[i]))
        continue;
      // Ends of the range are met up to round-off, as in the fit itself.
      const bool inside = all.x[i] >= fit.from * (1. - 1e-9) && all.x[i] <= fit.to * (1. + 1e-9);
      (inside ? used : outside).add(all, i);
      if (inside)
        positive.push_back({all.x[i], all.y[i], all.error.empty() ? std::nan("") : all.error[i]});
    }
  const bool fitted = used.x.size() > 1 && std::isfinite(fit.slope.value);
  if (fitted)
    {
      std::string text = "slope " + with_interval(fit.slope.value, fit.slope.lower, fit.slope.upper);
      if (!label.empty())
        text = label + ": " + text +
               (std::isfinite(fit.expected_slope) ? ", expected " + simple_fraction(fit.expected_slope) : "");
      chart.add(power_law(text, Kind::line, used, fit.prefactor.value, fit.slope.value, colour));
    }
  if (used.x.size() > 1 && std::isfinite(fit.expected_slope))
    {
      const bool        has_prefactor = std::isfinite(fit.expected_prefactor);
      const double      prefactor = has_prefactor ? fit.expected_prefactor : fit_prefactor(positive, fit.expected_slope).value;
      const std::string name      = "expected slope " + simple_fraction(fit.expected_slope) +
                               (has_prefactor ? ", prefactor " + label_number(fit.expected_prefactor) : "");
      chart.add(power_law(label.empty() ? name : "", Kind::dashed, used, prefactor, fit.expected_slope, style::ink));
    }
  add_points(chart, outside, label.empty() ? "left out of the fit" : "", colour, 0.35);
  add_points(chart, used, fitted ? "" : label, colour, 1);
}

void add_fits(const StudyRecord &study, std::vector<PlannedPicture> &pictures)
{
  std::vector<std::vector<const StudyFit *>> charts;
  for (const StudyFit &fit : study.fits)
    {
      const auto same = std::find_if(charts.begin(), charts.end(), [&](const std::vector<const StudyFit *> &group) {
        return group[0]->result == fit.result && group[0]->against == fit.against && group[0]->from == fit.from &&
               group[0]->to == fit.to;
      });
      if (same == charts.end())
        charts.push_back({&fit});
      else
        same->push_back(&fit);
    }
  for (const auto &group : charts)
    {
      const StudyFit     &first = *group[0];
      std::vector<Values> others;
      for (const StudyFit *const fit : group)
        others.push_back(fit->others);
      const std::vector<std::string> labels = labels_of(others);
      Chart                          chart;
      chart.x.title       = short_name(first.against);
      chart.y.title       = first.result;
      chart.x.logarithmic = chart.y.logarithmic = true;
      for (std::size_t i = 0; i < group.size(); ++i)
        add_fit(chart, study, *group[i], labels[i], style::cycle(static_cast<unsigned int>(i)));
      if (chart.series.empty())
        continue;
      std::string caption = "Points of study.csv";
      if (!study.standard_errors(first.result).empty())
        caption += " with one standard error";
      caption += "; line: power law of fits.csv over the points that it was fitted to, its slope with the 95 % interval";
      if (std::isfinite(first.expected_slope))
        caption += std::isfinite(first.expected_prefactor) ?
                     "; dashed: the expected law" :
                     "; dashed: the expected slope, with the prefactor that fits it best";
      std::string left_out;
      for (const StudyFit *const fit : group)
        if (!fit->left_out.empty())
          left_out += (left_out.empty() ? "" : "; ") + fit->left_out;
      if (!left_out.empty())
        caption += ". Left out of the fit: " + left_out;
      pictures.push_back(picture("fit_" + std::to_string(pictures.size() + 1) + ".png",
                                 first.result + " against " + chart.x.title, "Power laws", caption + ".", chart));
    }
}

/// The numeric parameter with most values; a seed only where there is no other. Empty if there is none.
std::string abscissa_of(const StudyRecord &study)
{
  std::string best;
  std::size_t most = 1;
  for (const bool seed : {false, true})
    for (const std::string &name : study.varied)
      {
        const std::vector<double> values = study.column(name);
        const std::size_t         n      = std::set<double>(values.begin(), values.end()).size();
        const bool numeric               = std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
        if ((name == "Seed") == seed && numeric && n > most && (!seed || best.empty()))
          {
            best = name;
            most = n;
          }
      }
  return best;
}

/// The parameters that vary where the abscissa does not.
std::vector<std::string> independent_of(const StudyRecord &study, const std::string &abscissa)
{
  std::vector<std::string> names;
  for (const std::string &name : study.varied)
    {
      std::map<std::string, std::set<std::string>> values;
      for (std::size_t row = 0; row < study.table.rows.size(); ++row)
        values[study.table.text(row, abscissa)].insert(study.table.text(row, name));
      if (std::any_of(values.begin(), values.end(), [](const auto &one) { return one.second.size() > 1; }))
        names.push_back(name);
    }
  return names;
}

void add_results(const StudyRecord &study, std::vector<PlannedPicture> &pictures)
{
  const std::string abscissa = abscissa_of(study);
  if (abscissa.empty())
    return;
  std::vector<Values> groups;
  for (std::size_t row = 0; row < study.table.rows.size(); ++row)
    {
      Values group;
      for (const std::string &name : independent_of(study, abscissa))
        group.emplace_back(name, study.table.text(row, name));
      if (std::find(groups.begin(), groups.end(), group) == groups.end())
        groups.push_back(group);
    }
  const std::vector<std::string> labels = labels_of(groups);
  for (const std::string &result : study.results)
    {
      const std::vector<double> values = study.column(result);
      if (std::any_of(study.fits.begin(), study.fits.end(), [&](const StudyFit &fit) { return fit.result == result; }) ||
          std::none_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        continue;
      Chart chart;
      chart.x.title       = short_name(abscissa);
      chart.y.title       = result;
      chart.x.logarithmic = suits_logarithm(study.column(abscissa), 4);
      chart.y.logarithmic = suits_logarithm(values, 10);
      for (std::size_t g = 0; g < groups.size(); ++g)
        {
          const Points points(study, abscissa, result, rows_with(study, groups[g]));
          const Colour colour = style::cycle(static_cast<unsigned int>(g));
          chart.add({labels[g], Kind::line, points.x, points.y, {}, colour, 1.8});
          add_points(chart, points, "", colour, 1);
        }
      std::string caption = "Points of study.csv";
      if (!study.standard_errors(result).empty())
        caption += " with one standard error";
      pictures.push_back(picture("result_" + std::to_string(pictures.size() + 1) + ".png", result + " against " + chart.x.title,
                                 "Results", caption + ".", chart));
    }
}
} // namespace

std::string with_interval(const double value, const double lower, const double upper)
{
  if (!(upper > lower))
    return decimals(value, 3);
  const int digits = std::clamp(static_cast<int>(std::ceil(1 - std::log10(upper - lower))), 2, 4);
  return decimals(value, digits) + " [" + decimals(lower, digits) + ", " + decimals(upper, digits) + "]";
}

std::string simple_fraction(const double value)
{
  for (int denominator = 1; denominator <= 6; ++denominator)
    {
      const double numerator = std::round(value * denominator);
      if (std::abs(value * denominator - numerator) < 1e-9)
        return decimals(numerator, 0) + (denominator > 1 ? "/" + std::to_string(denominator) : "");
    }
  return decimals(value, 3);
}

std::vector<PlannedPicture> study_charts(const StudyRecord &study)
{
  std::vector<PlannedPicture> pictures;
  add_fits(study, pictures);
  add_results(study, pictures);
  return pictures;
}
} // namespace rhoflow
