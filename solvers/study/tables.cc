#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/number.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>
#include <solvers/study/tables.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace rhoflow
{
namespace
{
std::string line(const std::vector<std::string> &fields)
{
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i)
    text += (i == 0 ? "" : ",") + csv_field(fields[i]);
  return text + "\n";
}

/// Whether an interval, where there is one, contains the expected value, where there is one.
std::string contains(const Estimate &estimate, const std::optional<double> &expected, const char *yes, const char *no)
{
  if (!expected || std::isnan(estimate.lower))
    return "";
  return estimate.contains(*expected) ? yes : no;
}

std::string with_error(const double value, const double error)
{
  if (std::isnan(value))
    return "-";
  return short_number(value) + (std::isnan(error) ? "" : " ± " + short_number(error, 2));
}

std::string interval(const Estimate &estimate)
{
  if (std::isnan(estimate.lower))
    return "-";
  return "[" + short_number(estimate.lower) + ", " + short_number(estimate.upper) + "]";
}

/// The last part of "Section/Name" is enough to be recognised.
std::string short_name(const std::string &path)
{
  return path.substr(path.rfind('/') + 1);
}
} // namespace

std::vector<std::string> aligned(const std::vector<std::vector<std::string>> &cells)
{
  std::vector<std::size_t> widths;
  for (const auto &row : cells)
    for (std::size_t c = 0; c < row.size(); ++c)
      {
        widths.resize(std::max(widths.size(), c + 1));
        widths[c] = std::max(widths[c], text_width(row[c]));
      }
  std::vector<std::string> lines;
  for (const auto &row : cells)
    {
      std::string text;
      for (std::size_t c = 0; c < row.size(); ++c)
        text += std::string(c == 0 ? 0 : 2, ' ') + std::string(widths[c] - text_width(row[c]), ' ') + row[c];
      lines.push_back(text);
    }
  return lines;
}

StudyTables::StudyTables(const StudyFile &study_file, const Plan &study_plan, const StudyStore &study_store)
  : study(study_file)
  , plan(study_plan)
  , store(study_store)
  , results(study_plan.rows.size())
{}

void StudyTables::update()
{
  for (std::size_t row = 0; row < results.size(); ++row)
    if (results[row].state.kind != RunState::Kind::done)
      evaluate(row);
}

void StudyTables::evaluate(const std::size_t row)
{
  const PlannedRow &planned = plan.rows[row];
  const PlannedRun &run     = plan.runs[planned.run];
  RowResults       &result  = results[row];
  result.number             = run.number;
  result.state              = store.state(run);
  result.results.assign(study.results.size(), {});
  result.complaints.assign(study.results.size(), "");
  std::string reference_directory;
  if (planned.reference >= 0)
    {
      const PlannedRun &reference = plan.runs[static_cast<std::size_t>(planned.reference)];
      result.reference_number     = static_cast<int>(reference.number);
      reference_directory         = store.run_directory(reference);
      if (const RunState state = store.state(reference);
          result.state.kind == RunState::Kind::done && state.kind != RunState::Kind::done)
        {
          result.state = state;
          if (state.kind == RunState::Kind::failed)
            result.state.message = "its reference: " + state.message;
        }
    }
  if (result.state.kind != RunState::Kind::done)
    return;
  for (std::size_t i = 0; i < study.results.size(); ++i)
    try
      {
        result.results[i] = study.results[i].pipeline.evaluate(store.run_directory(run), reference_directory);
        if (!std::isfinite(result.results[i].value))
          result.complaints[i] = "it is not a finite number.";
      }
    catch (const InputError &error)
      {
        result.complaints[i] = error.what();
      }
}

std::string StudyTables::missing_results(unsigned int &n_missing) const
{
  std::string                         text;
  std::map<std::string, unsigned int> reasons;
  n_missing = 0;
  for (const RowResults &row : results)
    for (std::size_t i = 0; i < row.complaints.size(); ++i)
      if (!row.complaints[i].empty())
        {
          ++n_missing;
          // Most often the same is wrong in every run: the first one is example enough.
          if (reasons[study.results[i].name]++ == 0)
            text += "\n  " + study.results[i].where + ": " + study.results[i].name + " of run " + std::to_string(row.number) +
                    ": " + row.complaints[i];
        }
  return text;
}

std::string StudyTables::missing_results() const
{
  unsigned int n_missing;
  return missing_results(n_missing);
}

std::string StudyTables::complaints() const
{
  std::string  text;
  unsigned int n_failed = 0, n_missing = 0;
  for (const RowResults &row : results)
    if (row.state.kind != RunState::Kind::done)
      {
        ++n_failed;
        text += "\n  run " + std::to_string(row.number) + ": " + row.state.text();
      }
  text += missing_results(n_missing);
  if (text.empty())
    return "";
  std::string summary;
  if (n_failed > 0)
    summary = std::to_string(n_failed) + " of " + std::to_string(results.size()) + " rows failed";
  if (n_missing > 0)
    summary += (summary.empty() ? "" : ", ") + std::to_string(n_missing) + " results could not be computed";
  return summary + ":" + text + "\n" +
         (n_failed > 0 ? "Failed runs are kept as they are; --retry-failed does them again." :
                         "The runs are done: after a change of the results the same command computes them without running.");
}

std::string StudyTables::study_csv() const
{
  std::vector<std::string> header = {"run", "state"};
  if (!study.reference.empty())
    header.push_back("reference run");
  for (const std::string &name : study.varied())
    header.push_back(name);
  for (const ResultLine &result : study.results)
    {
      header.push_back(result.name);
      if (result.pipeline.has_replicas())
        header.push_back(result.name + " standard error");
    }
  std::string text = line(header);
  for (std::size_t row = 0; row < results.size(); ++row)
    {
      std::vector<std::string> fields = {std::to_string(results[row].number), results[row].state.text()};
      if (!study.reference.empty())
        fields.push_back(std::to_string(results[row].reference_number));
      fields.insert(fields.end(), plan.rows[row].values.begin(), plan.rows[row].values.end());
      for (std::size_t i = 0; i < study.results.size(); ++i)
        {
          fields.push_back(exact_number(results[row].results[i].value));
          if (study.results[i].pipeline.has_replicas())
            fields.push_back(exact_number(results[row].results[i].error));
        }
      text += line(fields);
    }
  return text;
}

std::vector<FittedRow> StudyTables::fits() const
{
  const auto             varied = study.varied();
  std::vector<FittedRow> fitted;
  for (unsigned int f = 0; f < study.fits.size(); ++f)
    {
      const FitLine                  &fit   = study.fits[f];
      const std::vector<std::string> &names = study.axes[fit.axis].names;
      const auto column = static_cast<std::size_t>(std::find(varied.begin(), varied.end(), fit.abscissa) - varied.begin());
      const std::size_t         begin = fitted.size();
      std::vector<unsigned int> not_positive, without;
      for (std::size_t row = 0; row < results.size(); ++row)
        {
          FittedRow group;
          group.fit    = f;
          group.others = plan.rows[row].values;
          for (std::size_t c = 0; c < varied.size(); ++c)
            if (std::count(names.begin(), names.end(), varied[c]) > 0)
              group.others[c].clear();
          auto place = std::find_if(fitted.begin() + static_cast<std::ptrdiff_t>(begin), fitted.end(),
                                    [&](const FittedRow &other) { return other.others == group.others; });
          if (place == fitted.end())
            place = fitted.insert(fitted.end(), group);
          const auto index = static_cast<std::size_t>(place - fitted.begin()) - begin;
          not_positive.resize(std::max(not_positive.size(), index + 1));
          without.resize(std::max(without.size(), index + 1));

          double x;
          parse_number(plan.rows[row].values[column], x);
          // Numbers of a range are met up to round-off.
          if (x < fit.from * (1. - 1e-9) || x > fit.to * (1. + 1e-9))
            continue;
          const Measured &y = results[row].results[fit.result];
          if (!std::isfinite(y.value))
            ++without[index];
          else if (!(y.value > 0.))
            ++not_positive[index];
          else
            place->points.push_back({x, y.value, y.error});
        }
      for (std::size_t i = begin; i < fitted.size(); ++i)
        {
          FittedRow &row = fitted[i];
          if (not_positive[i - begin] > 0)
            row.left_out = std::to_string(not_positive[i - begin]) + " not positive";
          if (without[i - begin] > 0)
            row.left_out += (row.left_out.empty() ? "" : ", ") + std::to_string(without[i - begin]) + " without result";
          row.law = fit_power_law(row.points);
          if (fit.prefactor)
            row.prefactor = fit_prefactor(row.points, *fit.slope);
        }
    }
  return fitted;
}

std::string StudyTables::fits_csv() const
{
  std::vector<std::string> header = {"result", "against"};
  for (const std::string &name : study.varied())
    header.push_back(name);
  for (const char *name :
       {"points", "left out", "weighted", "slope", "slope standard error", "slope lower", "slope upper", "prefactor",
        "prefactor lower", "prefactor upper", "chi2 per degree of freedom", "expected slope",
        "interval contains expected slope", "expected prefactor", "prefactor at expected slope",
        "prefactor at expected slope lower", "prefactor at expected slope upper", "interval contains expected prefactor"})
    header.push_back(name);
  std::string text = line(header);
  for (const FittedRow &row : fits())
    {
      const FitLine           &fit    = study.fits[row.fit];
      std::vector<std::string> fields = {study.results[fit.result].name, fit.name.substr(fit.name.find(" against ") + 9)};
      fields.insert(fields.end(), row.others.begin(), row.others.end());
      for (const std::string &field :
           {std::to_string(row.points.size()), row.left_out, row.law.weighted ? std::string("yes") : "no"})
        fields.push_back(field);
      for (const double number :
           {row.law.slope.value, row.law.slope.error, row.law.slope.lower, row.law.slope.upper, row.law.prefactor.value,
            row.law.prefactor.lower, row.law.prefactor.upper, row.law.chi2_per_dof})
        fields.push_back(exact_number(number));
      fields.push_back(fit.slope ? exact_number(*fit.slope) : "");
      fields.push_back(contains(row.law.slope, fit.slope, "yes", "no"));
      fields.push_back(fit.prefactor ? exact_number(*fit.prefactor) : "");
      for (const double number : {row.prefactor.value, row.prefactor.lower, row.prefactor.upper})
        fields.push_back(fit.prefactor ? exact_number(number) : "");
      fields.push_back(contains(row.prefactor, fit.prefactor, "yes", "no"));
      text += line(fields);
    }
  return text;
}

std::vector<std::string> StudyTables::readable() const
{
  std::vector<std::vector<std::string>> cells(1, {"run", "state"});
  for (const std::string &name : study.varied())
    cells[0].push_back(short_name(name));
  for (const ResultLine &result : study.results)
    cells[0].push_back(result.name);
  for (std::size_t row = 0; row < results.size(); ++row)
    {
      RunState state = results[row].state;
      state.message.clear();
      auto &fields = cells.emplace_back(std::vector<std::string>{std::to_string(results[row].number), state.text()});
      fields.insert(fields.end(), plan.rows[row].values.begin(), plan.rows[row].values.end());
      for (const Measured &measured : results[row].results)
        fields.push_back(with_error(measured.value, measured.error));
    }
  std::vector<std::string> lines = aligned(cells);
  if (study.fits.empty())
    return lines;

  lines.push_back("");
  cells = fit_rows();
  cells.insert(cells.begin(), fit_header());
  for (const std::string &text : aligned(cells))
    lines.push_back(text);
  return lines;
}

std::vector<std::string> StudyTables::fit_header()
{
  return {"fit", "points", "slope", "95 % interval", "expected", "prefactor", "chi2/dof"};
}

std::vector<std::vector<std::string>> StudyTables::fit_rows() const
{
  std::vector<std::vector<std::string>> cells;
  const auto                            varied = study.varied();
  for (const FittedRow &row : fits())
    {
      const FitLine &fit  = study.fits[row.fit];
      std::string    name = study.results[fit.result].name + " against " + short_name(fit.name);
      for (std::size_t c = 0; c < varied.size(); ++c)
        if (!row.others[c].empty())
          name += ", " + short_name(varied[c]) + " = " + row.others[c];
      const PowerLaw &law = row.law;
      cells.push_back({name, std::to_string(row.points.size()) + (row.left_out.empty() ? "" : " (" + row.left_out + ")"),
                       with_error(law.slope.value, law.slope.error), interval(law.slope),
                       fit.slope ? short_number(*fit.slope) + contains(law.slope, fit.slope, " inside", " outside") : "-",
                       with_error(law.prefactor.value, law.prefactor.error), with_error(law.chi2_per_dof, NAN)});
      if (fit.prefactor)
        cells.push_back({"at the expected slope", "", "", interval(row.prefactor),
                         short_number(*fit.prefactor) + contains(row.prefactor, fit.prefactor, " inside", " outside"),
                         with_error(row.prefactor.value, row.prefactor.error), ""});
    }
  return cells;
}
} // namespace rhoflow
