#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/text.h>
#include <solvers/model/data_law.h>

namespace rhoflow
{
namespace
{
/// A column of a table [n][stride].
struct Column
{
  std::vector<double> &values;
  unsigned int         stride, offset;
  const std::string   &name;

  std::size_t   size() const { return values.size() / stride; }
  double       &operator[](const std::size_t i) { return values[i * stride + offset]; }
  const double &operator[](const std::size_t i) const { return values[i * stride + offset]; }
};

/// Of a column that varies little around a large number, whose mean would be rounded to a multiple of that variation: the
/// deviations from the first value are exact. Throws InputError if the values themselves were rounded like that.
std::pair<double, double> standardise_deviations(Column &column)
{
  constexpr double  exact_integers = 9007199254740992.; // 2^53
  const std::size_t n              = column.size();
  const double      origin         = column[0];
  double            largest        = 0.;
  bool              integers       = true;
  for (std::size_t i = 0; i < n; ++i)
    {
      largest  = std::max(largest, std::abs(column[i]));
      integers = integers && column[i] == std::trunc(column[i]) && std::abs(column[i]) <= exact_integers;
    }
  const double shift     = compensated_sum(n, [&](const std::size_t i) { return column[i] - origin; }) / n;
  const double deviation = std::sqrt(compensated_sum(n,
                                                     [&](const std::size_t i) {
                                                       const double difference = (column[i] - origin) - shift;
                                                       return difference * difference;
                                                     }) /
                                     n);
  if (!integers && deviation < 1e6 * std::numeric_limits<double>::epsilon() * largest)
    throw InputError(Refusal::unsupported, "Data/Standardise",
                     "the column '" + column.name + "' is constant but for its last digits: it deviates by " +
                       short_number(deviation, 2) + " from " + short_number(origin + shift, 6) +
                       ", where numbers in double precision are " +
                       short_number(std::nextafter(largest, INFINITY) - largest, 2) +
                       " apart. Leave the column out, or subtract a constant from it in the file.");
  for (std::size_t i = 0; i < n; ++i)
    column[i] = ((column[i] - origin) - shift) / deviation;
  return {origin + shift, deviation};
}

/// Mean 0 and population variance 1; returns {mean, deviation}.
std::pair<double, double> standardise(Column column)
{
  const std::size_t n       = column.size();
  bool              is_same = true;
  double            mean = 0., variance = 0.;
  for (std::size_t i = 0; i < n; ++i)
    {
      mean += column[i] / n;
      is_same = is_same && column[i] == column[0];
    }
  if (is_same)
    throw InputError(Refusal::unsupported, "Data/Standardise",
                     "the column '" + column.name + "' is constant and cannot be scaled to variance 1.");
  for (std::size_t i = 0; i < n; ++i)
    variance += (column[i] - mean) * (column[i] - mean) / n;
  if (!std::isfinite(variance))
    throw InputError(Refusal::out_of_range, "Data/Standardise",
                     "the numbers in column '" + column.name + "' are so large that their squares are not finite.");
  if (variance < std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon())
    throw InputError(Refusal::out_of_range, "Data/Standardise",
                     "the numbers in column '" + column.name +
                       "' are so small that their squares are zero; write them in another unit.");
  if (std::sqrt(variance) < 1e-3 * std::abs(mean))
    return standardise_deviations(column);
  const double deviation = std::sqrt(variance);
  for (std::size_t i = 0; i < n; ++i)
    column[i] = (column[i] - mean) / deviation;
  return {mean, deviation};
}

/// The rows of a table, of which each is as likely as another.
struct DataSet : public DataLaw
{
  explicit DataSet(unsigned int d)
    : DataLaw(d)
  {}

  bool          finite() const override { return true; }
  bool          equal_weights() const override { return true; }
  std::uint64_t sample_node(CounterRandom &random) const override { return random.integer(weights.size()); }
  void          sample(CounterRandom &random, double *x) const override
  {
    std::copy_n(&nodes[sample_node(random) * dimension], dimension, x);
  }
};
} // namespace

std::unique_ptr<DataLaw> read_data_set(const ModelChoices &choices)
{
  if (choices.csv_file.empty())
    throw InputError(Refusal::missing, "Data/CSV file", "Data/Law = csv needs the name of a file.");
  if (choices.output_column.empty())
    throw InputError(Refusal::missing, "Data/Output column", "Data/Law = csv needs the name of the column that is the output.");
  const unsigned int        d = data_dimension(choices);
  std::vector<NeededColumn> needed;
  for (const std::string &column : choices.input_columns)
    {
      if (column == choices.output_column)
        throw InputError(Refusal::inconsistent, "Data/Output column", "the column '" + column + "' is an input as well.");
      needed.push_back({column, "Data/Input columns"});
    }
  needed.push_back({choices.output_column, "Data/Output column"});
  const CsvTable table = read_csv(choices.csv_file, needed, "Data/CSV file");

  auto                      result = std::make_unique<DataSet>(d);
  DataSet                  &law    = *result;
  std::vector<unsigned int> columns;
  for (const std::string &name : choices.input_columns)
    columns.push_back(table.column(name, "Data/Input columns"));
  const unsigned int output = table.column(choices.output_column, "Data/Output column");
  const std::size_t  n      = table.rows.size();
  for (std::size_t i = 0; i < n; ++i)
    {
      for (const unsigned int column : columns)
        law.nodes.push_back(table.rows[i][column]);
      law.outputs.push_back(table.rows[i][output]);
      law.weights.push_back(1. / n);
    }
  law.input_names = choices.input_columns;
  law.output_name = choices.output_column;
  if (!table.remark.empty())
    law.remark = choices.csv_file + ": " + table.remark;
  if (choices.standardise)
    {
      for (unsigned int c = 0; c < d; ++c)
        law.input_scaling.push_back(standardise({law.nodes, d, c, choices.input_columns[c]}));
      law.output_scaling = standardise({law.outputs, 1, 0, choices.output_column});
    }
  return result;
}
} // namespace rhoflow
