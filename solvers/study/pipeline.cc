#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/files/renamed_columns.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>
#include <solvers/study/pipeline.h>
#include <solvers/study/value_list.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
bool same_time(const double a, const double b)
{
  return std::abs(a - b) <= 1e-9 * std::max(1., std::abs(b));
}

/// "risk [1]" -> "risk"
std::string without_unit(const std::string &name)
{
  const auto bracket = name.rfind(" [");
  return bracket != std::string::npos && name.back() == ']' ? trimmed(name.substr(0, bracket)) : name;
}

/// The number that stands for the "*" of a pattern, or -1.
long replica_number(const std::string &name, const std::string &pattern)
{
  const auto        star   = pattern.find('*');
  const std::string before = pattern.substr(0, star), after = pattern.substr(star + 1);
  if (name.size() <= before.size() + after.size() || name.compare(0, before.size(), before) != 0 ||
      name.compare(name.size() - after.size(), after.size(), after) != 0)
    return -1;
  const std::string digits = name.substr(before.size(), name.size() - before.size() - after.size());
  if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
    return -1;
  return std::stol(digits);
}

bool takes_suffix(std::string &text, const std::string &suffix)
{
  if (text.size() < suffix.size() || text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0)
    return false;
  text = trimmed(text.substr(0, text.size() - suffix.size()));
  return true;
}

std::string short_text(const double value)
{
  return number_text(value);
}
} // namespace

const std::vector<std::string> &Pipeline::operation_names()
{
  static const std::vector<std::string> names = {"absolute value",
                                                 "square",
                                                 "square root",
                                                 "first",
                                                 "last",
                                                 "maximum over time",
                                                 "minimum over time",
                                                 "mean over time",
                                                 "at t = NUMBER",
                                                 "mean over replicas",
                                                 "deviation over replicas",
                                                 "root mean square over replicas"};
  return names;
}

Pipeline::Operation Pipeline::parse_operation(const std::string &text)
{
  Operation   operation{Kind::at_time};
  std::string name = text;
  if (name.rfind("at t", 0) == 0 && name.find('=') != std::string::npos)
    {
      if (!parse_number(trimmed(name.substr(name.find('=') + 1)), operation.from) || !std::isfinite(operation.from))
        throw InputError(Refusal::malformed, "", "'" + text + "' must have the form 'at t = NUMBER'.");
      return operation;
    }
  // "... over time from A to B"
  if (const auto from = name.find(" from "); from != std::string::npos)
    {
      const auto window = split(name.substr(from + 6), " to ");
      if (window.size() > 2 || !parse_number(window[0], operation.from) ||
          (window.size() == 2 && !parse_number(window[1], operation.to)) || !(operation.from <= operation.to))
        throw InputError(Refusal::malformed, "",
                         "'" + text + "' must have the form '... over time from NUMBER' or '... from NUMBER to NUMBER'.");
      name = trimmed(name.substr(0, from));
    }
  const bool windowed = std::isfinite(operation.from);
  if (name == "first over time" || name == "last over time")
    takes_suffix(name, "over time");
  const auto &names = operation_names();
  const auto  found = std::find(names.begin(), names.end(), name);
  if (found == names.end() || name == "at t = NUMBER")
    throw InputError(Refusal::unknown_name, "",
                     "unknown operation '" + text + "'." + did_you_mean(name, names) +
                       " Valid operations: " + listed_in_quotes(names) + ".");
  operation.kind = static_cast<Kind>(found - names.begin());
  if (windowed && !operation.reduces_time())
    throw InputError(Refusal::malformed, "", "'" + text + "': only operations over time take 'from'.");
  return operation;
}

Pipeline::Source Pipeline::parse_source(const std::string &text, const std::string &whole)
{
  const auto colon = text.find(':');
  Source     source;
  source.file = colon == std::string::npos ? "" : trimmed(text.substr(0, colon));
  if (source.file.rfind("reference ", 0) == 0)
    {
      source.reference = true;
      source.file      = trimmed(source.file.substr(10));
    }
  source.column = colon == std::string::npos ? "" : trimmed(text.substr(colon + 1));
  if (source.file.empty() || source.column.empty())
    throw InputError(Refusal::malformed, "",
                     "'" + text + "' in '" + whole +
                       "' must have the form 'FILE: COLUMN', such as 'replicas.csv: replica *', perhaps with "
                       "'reference' before it.");
  if (std::count(source.column.begin(), source.column.end(), '*') > 1)
    throw InputError(Refusal::malformed, "", "'" + source.column + "' has more than one '*'.");
  return source;
}

Pipeline Pipeline::parse(const std::string &text)
{
  Pipeline   result;
  const auto colon = text.find(':');
  const auto head  = split(text.substr(0, colon), " of ");
  if (colon == std::string::npos)
    throw InputError(Refusal::malformed, "",
                     "'" + text +
                       "' names no source. A result is 'OPERATION of ... of FILE: COLUMN', such as 'last of "
                       "statistics.csv: risk'. Valid operations: " +
                       listed_in_quotes(operation_names()) + ".");
  const auto parts = split(head.back() + text.substr(colon), " - ");
  if (parts.size() > 2)
    throw InputError(Refusal::malformed, "", "'" + text + "' has more than one ' - '.");
  result.first = parse_source(parts[0], text);
  if (parts.size() == 2 && !(parse_number(parts[1], result.subtracted) && std::isfinite(result.subtracted)))
    {
      result.subtracted = 0.;
      result.second     = parse_source(parts[1], text);
    }
  for (std::size_t i = head.size() - 1; i-- > 0;)
    result.operations.push_back(parse_operation(head[i]));
  result.check();
  return result;
}

void Pipeline::check() const
{
  bool time = true, replicas = has_replicas();
  for (const Operation &operation : operations)
    {
      const std::string &name = operation_names()[static_cast<std::size_t>(operation.kind)];
      if (operation.reduces_time() && !time)
        throw InputError(Refusal::repeated, "",
                         "'" + name + "' comes when the time is gone already: one operation over time is enough.");
      if (operation.reduces_replicas() && !replicas)
        throw InputError(has_replicas() ? Refusal::repeated : Refusal::missing, "",
                         "'" + name + "': there are no replicas " +
                           (has_replicas() ? "any more: one operation over them is enough." :
                                             "here; '*' in a column stands for them, as in 'replicas.csv: replica *'."));
      time     = time && !operation.reduces_time();
      replicas = replicas && !operation.reduces_replicas();
    }
  if (time)
    throw InputError(Refusal::missing, "",
                     "the result is a function of time; reduce it by 'first', 'last', 'maximum over time', 'minimum over "
                     "time', 'mean over time' or 'at t = NUMBER'.");
  if (replicas)
    throw InputError(Refusal::missing, "",
                     "the result has a value for every replica; reduce it by 'mean over replicas', 'deviation over "
                     "replicas' or 'root mean square over replicas'.");
}

ReplicaSeries Pipeline::Source::read(const std::string &run_directory, const std::string &reference_directory) const
{
  const std::string path  = (std::filesystem::path(reference ? reference_directory : run_directory) / file).string();
  CsvTable          table = read_csv(path, {}, "", true);
  rename_columns(table.columns); // runs of older versions are not done again
  for (std::string &name : table.columns)
    name = without_unit(name);

  ReplicaSeries             series;
  std::vector<unsigned int> columns;
  series.name = std::string(reference ? "the reference's " : "") + file;
  if (!has_replicas())
    columns.push_back(table.column(column, ""));
  else
    {
      std::vector<std::pair<unsigned int, unsigned int>> numbered;
      for (unsigned int c = 0; c < table.columns.size(); ++c)
        if (const long number = replica_number(table.columns[c], column); number >= 0)
          numbered.emplace_back(static_cast<unsigned int>(number), c);
      if (numbered.empty())
        table.column(column, ""); // throws, with the valid names
      std::sort(numbered.begin(), numbered.end());
      for (const auto &[number, c] : numbered)
        {
          series.replicas.push_back(number);
          columns.push_back(c);
        }
    }
  const auto time = std::find(table.columns.begin(), table.columns.end(), "time");
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    {
      series.times.push_back(time == table.columns.end() ?
                               static_cast<double>(row) :
                               table.rows[row][static_cast<std::size_t>(time - table.columns.begin())]);
      auto &values = series.values.emplace_back();
      for (const unsigned int c : columns)
        values.push_back(table.rows[row][c]);
    }
  return series;
}

ReplicaSeries Pipeline::difference(const ReplicaSeries &minuend, const ReplicaSeries &subtrahend)
{
  const auto error = [&](const std::string &message) {
    return InputError(Refusal::inconsistent, "", minuend.name + " and " + subtrahend.name + " do not fit: " + message);
  };
  const bool left = !minuend.replicas.empty(), right = !subtrahend.replicas.empty();
  if (minuend.times.size() != subtrahend.times.size())
    throw error(std::to_string(minuend.times.size()) + " rows against " + std::to_string(subtrahend.times.size()) +
                "; give both runs the same output times.");
  if (left && right && minuend.replicas != subtrahend.replicas)
    throw error(std::to_string(minuend.replicas.size()) + " replicas against " + std::to_string(subtrahend.replicas.size()) +
                "; give both runs the same replicas, or compare with a column without '*'.");
  ReplicaSeries result = left ? minuend : subtrahend;
  result.name          = minuend.name + " - " + subtrahend.name;
  result.times         = minuend.times;
  const auto size      = left || right ? result.replicas.size() : 1;
  for (std::size_t t = 0; t < minuend.times.size(); ++t)
    {
      if (!same_time(minuend.times[t], subtrahend.times[t]))
        throw error("row " + std::to_string(t + 1) + " is of time " + short_text(minuend.times[t]) + " here and " +
                    short_text(subtrahend.times[t]) + " there; give both runs the same output times.");
      for (std::size_t r = 0; r < size; ++r)
        result.values[t][r] = minuend.values[t][left ? r : 0] - subtrahend.values[t][right ? r : 0];
    }
  return result;
}

void Pipeline::Operation::apply(ReplicaSeries &series, const int left_out) const
{
  if (reduces_time())
    return reduce_time(series);
  if (reduces_replicas())
    return reduce_replicas(series, left_out);
  for (auto &row : series.values)
    for (double &value : row)
      value = kind == Kind::absolute_value ? std::abs(value) : (kind == Kind::square ? value * value : std::sqrt(value));
}

void Pipeline::Operation::reduce_time(ReplicaSeries &series) const
{
  std::vector<std::size_t> rows;
  for (std::size_t t = 0; t < series.times.size(); ++t)
    if (kind == Kind::at_time ? same_time(series.times[t], from) :
                                ((series.times[t] >= from || same_time(series.times[t], from)) &&
                                 (series.times[t] <= to || same_time(series.times[t], to))))
      rows.push_back(t);
  if (rows.empty())
    throw InputError(Refusal::missing, "",
                     series.name + " has no row " +
                       (kind == Kind::at_time ? "of time " + short_text(from) :
                                                "between times " + short_text(from) + " and " + short_text(to)) +
                       "; its times go from " + short_text(series.times.front()) + " to " + short_text(series.times.back()) +
                       ".");
  std::vector<double> result = series.values[kind == Kind::last ? rows.back() : rows.front()];
  for (std::size_t r = 0; r < result.size(); ++r)
    {
      const auto value = [&](const std::size_t i) { return series.values[rows[i]][r]; };
      for (std::size_t i = 1; i < rows.size(); ++i)
        // A comparison with NaN is false: written such that one stays.
        if ((kind == Kind::maximum && !(value(i) <= result[r])) || (kind == Kind::minimum && !(value(i) >= result[r])))
          {
            result[r] = value(i);
            if (std::isnan(result[r]))
              break;
          }
      if (kind == Kind::mean_over_time && rows.size() > 1)
        {
          double integral = 0.;
          for (std::size_t i = 1; i < rows.size(); ++i)
            integral += .5 * (value(i - 1) + value(i)) * (series.times[rows[i]] - series.times[rows[i - 1]]);
          result[r] = integral / (series.times[rows.back()] - series.times[rows.front()]);
        }
    }
  series.times  = {series.times[rows.front()]};
  series.values = {result};
}

void Pipeline::Operation::reduce_replicas(ReplicaSeries &series, const int left_out) const
{
  for (auto &row : series.values)
    {
      std::vector<double> kept;
      double              squares = 0.;
      for (std::size_t r = 0; r < row.size(); ++r)
        if (static_cast<int>(r) != left_out)
          {
            kept.push_back(row[r]);
            squares += row[r] * row[r];
          }
      if (kind == Kind::mean_over_replicas)
        row = {mean(kept)};
      else if (kind == Kind::deviation_over_replicas)
        row = {standard_deviation(kept)};
      else
        row = {std::sqrt(squares / static_cast<double>(kept.size()))};
    }
  series.replicas.clear();
}

Measured Pipeline::evaluate(ReplicaSeries series) const
{
  // What comes before the replicas are put together treats each of them for itself: once is enough.
  auto operation = operations.begin();
  for (; operation != operations.end() && !operation->reduces_replicas(); ++operation)
    operation->apply(series);

  const auto finish = [&](ReplicaSeries rest, const int left_out) {
    for (auto next = operation; next != operations.end(); ++next)
      next->apply(rest, next->reduces_replicas() ? left_out : -1);
    return rest.values.front().front();
  };
  Measured     result;
  const double n = static_cast<double>(series.replicas.size());
  result.value   = finish(series, -1);
  if (n < 2.)
    return result;
  std::vector<double> without;
  for (int r = 0; r < static_cast<int>(n); ++r)
    without.push_back(finish(series, r));
  result.error = jackknife_error(without);
  return result;
}

Measured Pipeline::evaluate(const std::string &run_directory, const std::string &reference_directory) const
{
  ReplicaSeries series = first.read(run_directory, reference_directory);
  if (!second.file.empty())
    series = difference(series, second.read(run_directory, reference_directory));
  for (auto &row : series.values)
    for (double &value : row)
      value -= subtracted;
  return evaluate(std::move(series));
}
} // namespace rhoflow
