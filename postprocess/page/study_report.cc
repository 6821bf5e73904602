#include <postprocess/page/study_report.h>
#include <solvers/base/text.h>

#include <postprocess/charts/study_charts.h>
#include <postprocess/page/html.h>
#include <postprocess/records/study_record.h>
#include <solvers/base/number.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace rhoflow
{
namespace
{
using html::code;
using html::escaped;
using html::paragraph;

std::string count_of(const std::size_t n, const std::string &one, const std::string &several)
{
  return std::to_string(n) + " " + (n == 1 ? one : several);
}

std::string summary(const StudyRecord &study)
{
  const auto  n_with = [&](const auto &condition) { return std::count_if(study.runs.begin(), study.runs.end(), condition); };
  const auto  failed = static_cast<std::size_t>(n_with([](const StudyRun &run) { return run.failed(); }));
  const auto  done   = static_cast<std::size_t>(n_with([](const StudyRun &run) { return run.state == "done"; }));
  std::string text   = "A study of " + count_of(study.runs.size(), "run", "runs") + ", " + std::to_string(done) + " done";
  if (failed > 0)
    text += ", <strong>" + std::to_string(failed) + " failed</strong>";
  if (done + failed < study.runs.size())
    text += ", " + std::to_string(study.runs.size() - done - failed) + " not yet";
  text               = paragraph(text + ".");
  std::size_t judged = 0;
  std::string outside;
  for (const StudyFit &fit : study.fits)
    for (const std::string &contains : {fit.contains_slope, fit.contains_prefactor})
      {
        judged += contains.empty() ? 0 : 1;
        if (contains == "no")
          outside += (outside.empty() ? "" : ", ") + escaped(fit.result);
      }
  if (judged > 0)
    text += paragraph(outside.empty() ?
                        "All 95 % intervals that could be judged (" + std::to_string(judged) + ") contain what was expected." :
                        "<strong>The 95 % intervals of these leave out what was expected: " + outside + ".</strong>");
  for (const std::string &warning : study.warnings)
    text += paragraph("<strong>Warning:</strong> " + escaped(warning));
  return text;
}

std::string varied_table(const StudyRecord &study)
{
  html::Table table;
  table.head    = {"Parameter", "Values"};
  table.stacked = true;
  for (const std::string &name : study.varied)
    {
      std::vector<std::string> values;
      for (std::size_t row = 0; row < study.table.rows.size(); ++row)
        if (const std::string &value = study.table.text(row, name);
            std::find(values.begin(), values.end(), value) == values.end())
          values.push_back(value);
      table.rows.push_back({escaped(name), escaped(listed(values, 20))});
    }
  return table.rows.empty() ? paragraph("Not known.") : table.html();
}

std::string verdict(const std::string &contains)
{
  return contains == "yes" ? "<span class=\"mark fine\">✓ inside</span>" :
         contains == "no"  ? "<span class=\"mark look\">⚠ outside</span>" :
                             "";
}

std::string fit_table(const StudyRecord &study)
{
  html::Table table;
  table.head    = {"Power law", "Points", "Exponent or prefactor", "95 % interval", "Expected", "Interval and expectation",
                   "χ²/dof"};
  table.stacked = true;
  for (const StudyFit &fit : study.fits)
    {
      std::string name = escaped(fit.result) + " against " + escaped(short_name(fit.against));
      if (fit.from > 0)
        name += " from " + html::number(fit.from);
      if (std::isfinite(fit.to))
        name += " to " + html::number(fit.to);
      for (const auto &[other, value] : fit.others)
        name += ", " + escaped(short_name(other)) + " = " + escaped(value);
      const auto interval = [](const FittedNumber &fitted) {
        return std::isnan(fitted.lower) ? std::string("none") :
                                          "[" + html::number(fitted.lower) + ", " + html::number(fitted.upper) + "]";
      };
      table.rows.push_back(
        {name, std::to_string(fit.n_points) + (fit.left_out.empty() ? "" : " (" + escaped(fit.left_out) + ")"),
         html::number(fit.slope.value), interval(fit.slope),
         std::isnan(fit.expected_slope) ? "" : simple_fraction(fit.expected_slope), verdict(fit.contains_slope),
         std::isnan(fit.chi2_per_dof) ? "" : html::number(fit.chi2_per_dof, 3)});
      if (!std::isnan(fit.expected_prefactor))
        table.rows.push_back({name + ": prefactor at the expected exponent", "",
                              html::number(fit.prefactor_at_expected_slope.value), interval(fit.prefactor_at_expected_slope),
                              html::number(fit.expected_prefactor), verdict(fit.contains_prefactor), ""});
    }
  return paragraph("Straight lines through log y against log x by least squares, with the points' standard errors where they "
                   "have some (χ²/dof says how well these explain the scatter). Of twenty 95 % intervals one leaves out the "
                   "true value by chance.") +
         table.html();
}

/// Failed ones first, then those that are not done.
std::string state_table(const StudyRecord &study)
{
  std::vector<StudyRun> runs = study.runs;
  const auto            rank = [](const StudyRun &run) { return run.failed() ? 0 : run.state == "done" ? 2 : 1; };
  std::stable_sort(runs.begin(), runs.end(), [&](const StudyRun &a, const StudyRun &b) { return rank(a) < rank(b); });
  html::Table table;
  table.head       = {"Run", "State"};
  std::size_t done = 0;
  for (const StudyRun &run : runs)
    if (run.state == "done")
      ++done;
    else
      table.rows.push_back(
        {std::to_string(run.number), run.failed() ? "<strong>" + escaped(run.state) + "</strong>" : escaped(run.state)});
  return (table.rows.empty() ? std::string() : table.html()) +
         paragraph(count_of(done, "run is done", "runs are done") + "; each has its directory in " + code("runs") + ".");
}

std::string result_table(const StudyRecord &study)
{
  html::Table table;
  for (const std::string &column : study.table.columns)
    table.head.push_back(
      escaped(std::count(study.varied.begin(), study.varied.end(), column) > 0 ? short_name(column) : column));
  table.first_of_numbers = 2;
  for (const auto &row : study.table.rows)
    {
      table.rows.emplace_back();
      for (std::size_t c = 0; c < row.size(); ++c)
        {
          const std::string &column = study.table.columns[c];
          double             value;
          const bool         given = column == "run" || column == "reference run" ||
                             std::count(study.varied.begin(), study.varied.end(), column) > 0;
          table.rows.back().push_back(!given && parse_number(row[c], value) ? html::number(value) : escaped(row[c]));
        }
    }
  return table.html();
}
} // namespace

void write_study_report(const StudyRecord &study, const std::vector<Picture> &pictures, const std::string &file)
{
  html::Page page(study.title);
  page.set_summary(summary(study));
  if (!study.fits.empty())
    page.add_section("Power laws", fit_table(study));
  for (const Picture &picture : pictures)
    page.add_section(picture.section.empty() ? "Pictures" : picture.section, html::figure(picture));
  page.add_section("What varied", varied_table(study));
  if (!study.runs.empty())
    page.add_section("States of the runs", state_table(study));
  page.add_section("Table of results", result_table(study));
  std::string origin = paragraph("Directory: " + code(study.directory));
  if (!study.file_text.empty())
    origin += "<details><summary>The study file (" + escaped(study.file_name) + ")</summary>\n" +
              html::scrolling("<pre>" + escaped(study.file_text) + "</pre>") + "</details>\n";
  page.add_section("Where this study came from", origin);
  page.write(file);
}
} // namespace rhoflow
