#include <algorithm>

#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/number.h>
#include <solvers/model/data_law.h>

namespace rhoflow
{
namespace
{
/// The name whose opening quote is at `i`, which is behind the closing one then, or npos if there is none.
std::string quoted_name(const std::string &text, std::size_t &i)
{
  std::string name;
  while (++i < text.size())
    {
      if (text[i] == '"' && (++i == text.size() || text[i] != '"'))
        return name;
      name += text[i];
    }
  i = std::string::npos;
  return name;
}

/// The name that begins at `i` and ends before a comma outside of parentheses, where `i` is then.
std::string plain_name(const std::string &text, std::size_t &i, const std::string &parameter)
{
  const std::size_t begin = i;
  int               depth = 0;
  for (; i < text.size() && depth >= 0 && (text[i] != ',' || depth > 0); ++i)
    depth += (text[i] == '(') - (text[i] == ')');
  if (depth != 0)
    throw InputError(Refusal::malformed, parameter,
                     "the parentheses in '" + text +
                       "' are not balanced. A name that has such a parenthesis stands in double quotes.");
  const std::string name = trimmed(text.substr(begin, i - begin));
  if (name.empty())
    throw InputError(Refusal::malformed, parameter, "an entry is missing in '" + text + "'.");
  return name;
}

std::vector<std::string> split_names(const std::string &text, const std::string &parameter)
{
  std::vector<std::string> names;
  const auto skip_blanks = [&](const std::size_t from) { return std::min(text.find_first_not_of(" \t", from), text.size()); };
  for (std::size_t i = 0; !text.empty(); ++i)
    {
      i = skip_blanks(i);
      if (i == text.size() || text[i] != '"')
        names.push_back(plain_name(text, i, parameter));
      else
        {
          names.push_back(quoted_name(text, i));
          if (i == std::string::npos)
            throw InputError(Refusal::malformed, parameter, "a double quote in '" + text + "' is not closed.");
          i = skip_blanks(i);
          if (i < text.size() && text[i] != ',')
            throw InputError(Refusal::malformed, parameter,
                             "in '" + text + "' a comma is expected behind the name \"" + names.back() + "\".");
        }
      if (i == text.size())
        break;
    }
  return names;
}

/// All ways to cut the text at commas into at most `most` names of columns; two of them if there are more.
std::vector<std::vector<std::string>> cuts_into(const std::vector<std::string> &columns, const std::string &text,
                                                const unsigned int most = 3)
{
  std::vector<std::vector<std::string>> cuts;
  if (most == 0)
    return cuts;
  for (std::size_t comma = text.find(',');; comma = text.find(',', comma + 1))
    {
      const std::string name = trimmed(text.substr(0, comma));
      if (std::find(columns.begin(), columns.end(), name) != columns.end())
        {
          if (comma == std::string::npos)
            cuts.push_back({name});
          else
            for (std::vector<std::string> rest : cuts_into(columns, text.substr(comma + 1), most - 1))
              {
                rest.insert(rest.begin(), name);
                cuts.push_back(rest);
              }
        }
      if (comma == std::string::npos || cuts.size() > 1)
        break;
    }
  return cuts;
}
} // namespace

namespace
{
const std::string inputs = "Data/Input columns", output = "Data/Output column", file = "Data/CSV file";

/// Where names can be written in several ways, the header of the file tells which is meant.
void choose_names(ModelChoices &choices)
{
  const std::string &list = choices.input_column_list, given_output = choices.output_column;
  const bool         quoted_output = !given_output.empty() && given_output.front() == '"';
  if (!quoted_output && list.find_first_of(",\"()") == std::string::npos)
    {
      choices.input_columns = split_names(list, inputs);
      return;
    }
  const std::vector<std::string> columns   = csv_columns(choices.csv_file, {given_output}, file);
  const auto                     is_column = [&](const std::string &name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  if (quoted_output && !is_column(given_output))
    {
      const std::vector<std::string> names = split_names(given_output, output);
      if (names.size() != 1)
        throw InputError(Refusal::malformed, output,
                         "names " + std::to_string(names.size()) + " columns, but there is one output.");
      choices.output_column = names.front();
    }

  const std::vector<std::vector<std::string>> cuts = cuts_into(columns, list);
  try
    {
      choices.input_columns = split_names(list, inputs);
      if (cuts.size() == 1 && !std::all_of(choices.input_columns.begin(), choices.input_columns.end(), is_column))
        choices.input_columns = cuts.front();
    }
  catch (const InputError &)
    {
      if (cuts.size() != 1)
        throw;
      choices.input_columns = cuts.front();
    }
}
} // namespace

void name_columns(ModelChoices &choices)
{
  if (choices.csv_file.empty())
    {
      choices.input_columns = split_names(choices.input_column_list, inputs);
      return;
    }
  choose_names(choices);

  // Their number decides about so much that a wrong name has to be found before that.
  std::vector<NeededColumn> needed;
  for (const std::string &name : choices.input_columns)
    {
      if (std::any_of(needed.begin(), needed.end(), [&](const NeededColumn &other) { return other.name == name; }))
        throw InputError(Refusal::repeated, inputs, "the column '" + name + "' is named twice.");
      needed.push_back({name, inputs});
    }
  if (!choices.output_column.empty())
    needed.push_back({choices.output_column, output});
  if (!needed.empty())
    require_csv_columns(choices.csv_file, needed, file);
}
} // namespace rhoflow
