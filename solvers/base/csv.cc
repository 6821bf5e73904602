#include <solvers/base/csv.h>
#include <solvers/base/error.h>
#include <solvers/base/memory_guard.h>
#include <solvers/base/number.h>
#include <solvers/base/spelling.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace rhoflow
{
namespace
{
std::string joined(const std::vector<std::string> &names)
{
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

/// The next line; false behind the last one. Stops behind `longest_line` characters: a file without line ends, such as one of
/// zeros, must not fill the memory. Such a line is longer than that.
constexpr std::size_t longest_line = std::size_t(1) << 24;

bool read_line(std::istream &stream, std::string &line)
{
  char chunk[4096];
  line.clear();
  while (line.size() <= longest_line)
    {
      stream.getline(chunk, sizeof(chunk));
      const bool full = stream.fail() && !stream.eof() && stream.gcount() > 0;
      if (stream.fail() && !full)
        return !line.empty();
      line.append(chunk, static_cast<std::size_t>(stream.gcount()) - (full || stream.eof() ? 0 : 1));
      if (!full)
        return true;
      stream.clear();
    }
  return true;
}

/// What a row takes: the table, which doubles when it is full, and then the arrays that its reader makes of it.
double bytes_of_row(const std::size_t n_columns, const bool labelled)
{
  constexpr double allocation = 16.;
  return 3. * (sizeof(std::vector<double>) + (labelled ? sizeof(std::string) : 0.)) + allocation + 8. * (2. * n_columns + 3.);
}

/// Reads the lines of `stream`, the contents of the file `path` with `size` bytes; for the rest see read_csv. There may be
/// none.
CsvTable parse(std::istream &stream, const std::string &path, const double size, const std::vector<std::string> &needed,
               const std::string &parameter, const bool gaps)
{
  CsvTable                 table;
  std::vector<bool>        wanted;
  std::vector<std::string> fields;
  std::string              line;
  double                   read             = 0.; // bytes
  std::size_t              next_measurement = 4096;
  for (unsigned int number = 1; read_line(stream, line); ++number)
    {
      const auto error = [&](const std::string &message) {
        return InputError(parameter, path + ":" + std::to_string(number) + ": " + message);
      };
      read += static_cast<double>(line.size()) + 1.;
      if (number == 1 && line.rfind("\xef\xbb\xbf", 0) == 0)
        line.erase(0, 3);
      if (line.find('\0') != std::string::npos)
        throw error("the line has a NUL byte: this is no text file.");
      if (line.size() > longest_line)
        throw error("the line has more than " + std::to_string(longest_line) + " characters: this is no table.");
      line = trimmed(line);
      if (line.empty() || line.front() == '#')
        continue;
      if (!split_csv_line(line, fields))
        throw error("a quoted field is not closed or has text behind its closing quote.");

      if (table.columns.empty())
        {
          double unused;
          if (std::all_of(fields.begin(), fields.end(), [&](const std::string &f) { return parse_number(f, unused); }))
            throw error("the first line must name the columns, but it consists of numbers.");
          std::set<std::string> names;
          for (const std::string &field : fields)
            if (!names.insert(field).second)
              throw error("two columns are named '" + field + "'.");
          table.columns = fields;
          wanted.assign(fields.size(), needed.empty() && !gaps);
          for (const std::string &name : needed)
            wanted[table.column(name, parameter)] = true;
          continue;
        }

      if (fields.size() != table.columns.size())
        throw error("the line has " + std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") +
                    ", but the header names " + std::to_string(table.columns.size()) + " columns.");
      if (gaps)
        table.labels.push_back(fields.front());
      std::vector<double> row(fields.size());
      for (std::size_t c = 0; c < fields.size(); ++c)
        {
          const bool is_number = parse_number(fields[c], row[c]);
          if (wanted[c] && !is_number)
            throw error(fields[c].empty() ? "column '" + table.columns[c] + "' is empty in this line." :
                                            "'" + fields[c] + "' in column '" + table.columns[c] + "' is not a number.");
          if (wanted[c] && !std::isfinite(row[c]))
            throw error("'" + fields[c] + "' in column '" + table.columns[c] + "' is not finite.");
          if (!is_number)
            row[c] = std::numeric_limits<double>::quiet_NaN();
        }
      table.rows.push_back(std::move(row));

      if (table.rows.size() == next_measurement)
        {
          next_measurement *= 2;
          const double rows         = static_cast<double>(table.rows.size()) * std::max(0., size / read - 1.);
          const double needed_bytes = rows * bytes_of_row(fields.size(), gaps), available = available_memory();
          if (needed_bytes > available)
            throw InputError(parameter, "the file '" + path + "' is too large: its " + bytes_text(size) + " would take about " +
                                          bytes_text(needed_bytes) + " of memory, but only " + bytes_text(available) +
                                          " are free. Keep fewer rows, or only the columns that are needed.");
        }
    }
  return table;
}
} // namespace

bool split_csv_line(const std::string &line, std::vector<std::string> &fields)
{
  fields.assign(1, "");
  std::size_t i = 0;
  while (true)
    {
      while (i < line.size() && (line[i] == ' ' || line[i] == '\t'))
        ++i;
      std::string &field = fields.back();
      if (i < line.size() && line[i] == '"')
        {
          for (++i; i < line.size() && (line[i] != '"' || (i + 1 < line.size() && line[i + 1] == '"')); ++i)
            {
              field += line[i];
              if (line[i] == '"')
                ++i;
            }
          if (i == line.size())
            return false;
          ++i;
          while (i < line.size() && (line[i] == ' ' || line[i] == '\t'))
            ++i;
          if (i < line.size() && line[i] != ',')
            return false;
        }
      else
        {
          while (i < line.size() && line[i] != ',')
            field += line[i++];
          field = trimmed(field);
        }
      if (i == line.size())
        return true;
      ++i;
      fields.emplace_back();
    }
}

unsigned int CsvTable::column(const std::string &name, const std::string &parameter) const
{
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end())
    return static_cast<unsigned int>(found - columns.begin());
  const std::string nearest = nearest_spelling(name, columns);
  throw InputError(parameter, "the table has no column '" + name + "'." +
                                (nearest.empty() ? "" : " Did you mean '" + nearest + "'?") +
                                " Its columns: " + joined(columns) + ".");
}

CsvTable read_csv(const std::string &path, const std::vector<std::string> &needed, const std::string &parameter,
                  const bool gaps)
{
  std::error_code ignored;
  if (path.empty())
    throw InputError(parameter, "the name of a CSV file is needed here.");
  if (!std::filesystem::exists(path, ignored))
    throw InputError(parameter, "the file '" + path + "' does not exist.");
  if (std::filesystem::is_directory(path, ignored))
    throw InputError(parameter, "'" + path + "' is a directory; the name of a CSV file is needed here.");
  // Every rank reads it, and a pipe could keep them waiting.
  if (!std::filesystem::is_regular_file(path, ignored))
    throw InputError(parameter, "'" + path + "' is a device or a pipe; the name of a CSV file is needed here.");
  std::ifstream file(path);
  if (!file)
    throw InputError(parameter, "the file '" + path + "' cannot be read.");

  const CsvTable table = parse(file, path, static_cast<double>(std::filesystem::file_size(path, ignored)), needed, parameter,
                               gaps);
  if (table.columns.empty())
    throw InputError(parameter, "the file '" + path + "' is empty; it needs a line that names the columns, and data.");
  if (table.rows.empty())
    throw InputError(parameter, "the file '" + path + "' has a header, but no data.");
  return table;
}

CsvTable read_growing_csv(const std::string &text, const std::string &name, const std::string &parameter, std::string &dropped)
{
  const std::size_t complete = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  dropped.clear();
  if (complete < text.size())
    dropped = name + ": the last line has no end; it was cut off or is being written, and was left out.";
  std::istringstream stream(text.substr(0, complete));
  return parse(stream, name, static_cast<double>(complete), {}, parameter, true);
}

std::string csv_field(const std::string &text)
{
  std::string field = text;
  std::replace_if(
    field.begin(), field.end(), [](const char c) { return c == '\n' || c == '\r'; }, ' ');
  if (field.find_first_of(",\"") == std::string::npos)
    return field;
  std::string quoted = "\"";
  for (const char c : field)
    quoted += (c == '"') ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}
} // namespace rhoflow
