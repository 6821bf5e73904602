#include <algorithm>
#include <cmath>

#include <solvers/base/csv.h>
#include <solvers/base/error.h>
#include <solvers/model/data_law.h>

namespace rhoflow
{
namespace
{
/// Mean 0 and population variance 1; returns {mean, deviation}.
std::pair<double, double> standardise(std::vector<double> &values, unsigned int stride, unsigned int offset,
                                      const std::string &column)
{
  const std::size_t n    = values.size() / stride;
  double            mean = 0., variance = 0.;
  for (std::size_t i = 0; i < n; ++i)
    mean += values[i * stride + offset] / n;
  for (std::size_t i = 0; i < n; ++i)
    variance += (values[i * stride + offset] - mean) * (values[i * stride + offset] - mean) / n;
  if (!std::isfinite(variance))
    throw InputError("Data/Standardise",
                     "the numbers in column '" + column + "' are so large that their squares are not finite.");
  if (!(variance > 0.))
    throw InputError("Data/Standardise", "the column '" + column + "' is constant and cannot be scaled to variance 1.");
  const double deviation = std::sqrt(variance);
  for (std::size_t i = 0; i < n; ++i)
    values[i * stride + offset] = (values[i * stride + offset] - mean) / deviation;
  return {mean, deviation};
}
} // namespace

DataLaw read_data_set(const ModelChoices &choices)
{
  if (choices.csv_file.empty())
    throw InputError("Data/CSV file", "Data/Law = csv needs the name of a file.");
  if (choices.output_column.empty())
    throw InputError("Data/Output column", "Data/Law = csv needs the name of the column that is the output.");
  const unsigned int d = data_dimension(choices);
  for (const std::string &column : choices.input_columns)
    if (column == choices.output_column)
      throw InputError("Data/Output column", "the column '" + column + "' is an input as well.");

  std::vector<std::string> needed = choices.input_columns;
  needed.push_back(choices.output_column);
  const CsvTable table = read_csv(choices.csv_file, needed, "Data/CSV file");

  DataLaw law;
  law.kind          = DataLaw::Kind::discrete;
  law.dimension     = d;
  law.equal_weights = true;
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
      law.cumulative.push_back((i + 1.) / n);
    }
  law.input_names = choices.input_columns;
  law.output_name = choices.output_column;
  if (choices.standardise)
    {
      for (unsigned int c = 0; c < d; ++c)
        law.input_scaling.push_back(standardise(law.nodes, d, c, choices.input_columns[c]));
      law.output_scaling = standardise(law.outputs, 1, 0, choices.output_column);
    }
  law.centres = law.nodes;
  return law;
}
} // namespace rhoflow
