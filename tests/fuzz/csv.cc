// Tables: the first byte chooses the reader.
#include <tests/fuzz/fuzz.h>

#include <solvers/base/files/csv.h>
#include <solvers/model/data_law.h>
#include <solvers/model/model_choices.h>

namespace
{
using namespace rhoflow;

void check(const CsvTable &table, const bool finite)
{
  for (const auto &row : table.rows)
    {
      require(row.size() == table.columns.size(), "a row of another length than the header");
      for (const double value : row)
        require(!finite || std::isfinite(value), "a number that is not finite");
    }
}

void read_as_data(const std::string &path, const bool standardise, const std::vector<std::string> &inputs)
{
  ModelChoices choices;
  choices.csv_file                   = path;
  choices.input_columns              = inputs;
  choices.output_column              = "y";
  choices.standardise                = standardise;
  const std::unique_ptr<DataLaw> law = read_data_set(choices);
  require(!law->weights.empty() && law->nodes.size() == inputs.size() * law->weights.size(), "a data set of the wrong size");
  for (const auto *const values : {&law->nodes, &law->outputs})
    {
      double squares = 0.;
      for (const double value : *values)
        {
          require(std::isfinite(value), "data that are not finite");
          squares += value * value / static_cast<double>(values->size());
        }
      require(!standardise || std::abs(squares - 1.) < 1e-6, "standardised data without variance 1");
    }
}

/// The first line is the list of the input columns.
void read_named_columns(const std::string &path, std::string text)
{
  ModelChoices choices;
  choices.csv_file          = path;
  choices.input_column_list = next_part(text, "\n");
  choices.output_column     = next_part(text, "\n");
  write_file(path, text);
  name_columns(choices);
  require(!choices.input_columns.empty() || choices.input_column_list.empty(), "a list without names");
  for (std::size_t i = 0; i < choices.input_columns.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      require(choices.input_columns[i] != choices.input_columns[k], "a column that is named twice");
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (size == 0)
    return 0;
  const std::string  text(reinterpret_cast<const char *>(data) + 1, size - 1), path = folder() + "/table.csv";
  const unsigned int choice = data[0] == 6 ? 6 : data[0] % 6;
  if (choice != 2 && choice != 6)
    write_file(path, text);
  allow_refusal([&]() {
    std::string dropped;
    switch (choice)
      {
        case 0:
          return check(read_csv(path, {}, "Data/CSV file"), true);
        case 1:
          return check(read_csv(path, {}, "Data/CSV file", true), false);
        case 2:
          return check(read_growing_csv(text, "table.csv", "", dropped), false);
        case 3:
          return read_as_data(path, false, {"x"});
        case 4:
          return read_as_data(path, true, {"x"});
        case 6:
          return read_named_columns(path, text);
        default:
          return read_as_data(path, true, {"x", "z"});
      }
  });
  return 0;
}
