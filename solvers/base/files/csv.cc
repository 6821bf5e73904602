#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/files/csv_header.h>
#include <solvers/base/files/csv_records.h>
#include <solvers/base/files/renamed_columns.h>
#include <solvers/base/memory_guard.h>
#include <solvers/base/number.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <deque>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace rhoflow
{
namespace
{
/// The names as a message lists them, the first hundred of them.
std::string listed_columns(const std::vector<std::string> &names)
{
  constexpr std::size_t    most = 100;
  std::vector<std::string> named;
  std::copy_if(names.begin(), names.end(), std::back_inserter(named), [](const std::string &name) { return !name.empty(); });
  const std::size_t n_unnamed = names.size() - named.size(), n_more = named.size() - std::min(named.size(), most);
  named.resize(named.size() - n_more);
  std::string text = listed_in_quotes(named);
  if (n_more > 0)
    text += ", and " + std::to_string(n_more) + " more";
  if (n_unnamed > 0)
    text += (text.empty() ? "" : ", and ") + std::to_string(n_unnamed) + " without a name";
  return text;
}

/// What a row takes: the table, which doubles when it is full, and then the arrays that its reader makes of it.
double bytes_of_row(const std::size_t n_columns, const bool labelled)
{
  constexpr double allocation = 16.;
  return 3. * (sizeof(std::vector<double>) + (labelled ? sizeof(std::string) : 0.)) + allocation + 8. * (2. * n_columns + 3.);
}

/// What to do about a field that is no number.
std::string advice_on_number(const std::string &field)
{
  const auto is_digit = [&](const std::size_t i) {
    return i < field.size() && std::isdigit(static_cast<unsigned char>(field[i]));
  };
  const std::size_t exponent = field.find_first_of("dDqQ");
  double            value;
  if (field.find("\xe2\x88\x92") != std::string::npos)
    return " Its minus sign is a typographic one; write '-'.";
  if (exponent != std::string::npos && exponent > 0 && is_digit(field.size() - 1) &&
      parse_number(field.substr(0, exponent) + 'e' + field.substr(exponent + 1), value))
    return " The exponent is written with 'e', as in 1e5.";
  if (is_digit(0) || is_digit(1))
    {
      if (field.find(',') != std::string::npos)
        return " Numbers have a decimal point, and nothing between thousands: 1234.5.";
      if (field.find_first_of(" '\xa0\xe2") != std::string::npos)
        return " Numbers have nothing between thousands: 1234.5.";
    }
  return "";
}

/// Reads a table from a stream.
class TableReader
{
public:
  /// The stream has the contents of the file `path` with `size` bytes.
  TableReader(std::istream &stream, const std::string &file, const double bytes, const std::string &blamed, const bool own)
    : lines(stream)
    , path(file)
    , size(bytes)
    , parameter(blamed)
    , gaps(own)
  {}

  void read_header(const std::vector<std::string> &expected);
  void choose_columns(const std::vector<NeededColumn> &needed);
  void read_rows();

  CsvTable table;

private:
  InputError error(Refusal why, unsigned int line, const std::string &message) const;
  bool       next_line(CsvLine &line);
  void       add_row(unsigned int line, const std::vector<std::string> &fields);
  bool       number_with_comma(unsigned int line, const std::string &field, double &value);
  void       refuse_mismatch(unsigned int line, const std::vector<std::string> &fields) const;
  void       measure();
  void       remark();

  CsvLines            lines;
  const std::string   path;
  const double        size;
  const std::string   parameter;
  const bool          gaps;      ///< a table of this program
  double              read = 0.; // bytes
  std::deque<CsvLine> sample;    ///< lines that were read ahead
  CsvHeader           header;
  std::vector<bool>   wanted;
  std::size_t         next_measurement = 4096;
  // Decimal marks in needed columns; 0: none yet.
  unsigned int line_with_point = 0, line_with_comma = 0;
  std::string  with_comma;               ///< a number that may have a comma between thousands
  bool         comma_is_decimal = false; ///< since no thousands have it at its place
};

InputError TableReader::error(const Refusal why, const unsigned int line, const std::string &message) const
{
  return InputError(why, parameter,
                    path + ":" + std::to_string(line) + ": " + message +
                      (header.separator == ',' ?
                         "" :
                         " The fields of this file are separated by " + csv_separator_name(header.separator) + "."));
}

bool TableReader::next_line(CsvLine &line)
{
  if (!lines.next(line))
    return false;
  read += static_cast<double>(line.text.size()) + 1.;
  if (line.number == 1)
    {
      if (const std::string format = csv_foreign_format(line.text); !format.empty())
        throw InputError(Refusal::malformed, parameter, "the file '" + path + "' " + format);
      if (line.text.compare(0, 3, "\xef\xbb\xbf") == 0)
        line.text.erase(0, 3);
    }
  if (line.text.find('\0') != std::string::npos)
    throw error(Refusal::malformed, line.number,
                "the line has a NUL byte: this is no text file. If it is in UTF-16, save it as UTF-8.");
  if (line.text.size() > CsvLines::longest)
    throw error(Refusal::too_large, line.number,
                "the line has more than " + std::to_string(CsvLines::longest) + " characters: this is no table.");
  return true;
}

void TableReader::read_header(const std::vector<std::string> &expected)
{
  constexpr std::size_t max_lines = 100, max_bytes = std::size_t(1) << 20;
  std::size_t           n_comments = 0, n_lines = 0, n_bytes = 0;
  for (CsvLine line; n_lines < (gaps ? 1 : max_lines) && n_bytes < max_bytes && next_line(line);)
    {
      if (is_csv_record(line.text))
        {
          ++n_lines;
          n_bytes += line.text.size();
        }
      else if (n_lines == 0 && ++n_comments > max_lines)
        sample.pop_front();
      sample.push_back(std::move(line));
    }

  const std::vector<CsvLine> first_lines(sample.begin(), sample.end());
  header = gaps ? own_csv_header(first_lines) : find_csv_header(first_lines, expected);
  if (header.is_broken)
    throw error(Refusal::malformed, header.line, "a quoted field is not closed or has text behind its closing quote.");
  if (header.is_row)
    {
      const std::string names = std::string("x") + header.separator + "y";
      throw error(Refusal::malformed, header.line,
                  "the first line must name the columns, but it consists of numbers. Put a line with the names above "
                  "it, such as " +
                    names + " or, as numpy.savetxt writes it, # " + names + ".");
    }
  table.columns   = header.names;
  table.separator = header.separator;
}

void TableReader::choose_columns(const std::vector<NeededColumn> &needed)
{
  wanted.assign(table.columns.size(), needed.empty() && !gaps);
  if (table.columns.empty())
    return; // the file is empty
  if (needed.size() > 1 && table.columns.size() == 1)
    throw error(Refusal::malformed, header.line,
                "the line names one column, '" + table.columns.front() +
                  "'. If it is a title, put '#' in front of it. Fields may be separated by commas, semicolons, tabs, "
                  "bars or blanks.");
  for (const NeededColumn &column : needed)
    wanted[table.column(column.name, column.parameter)] = true;
  if (needed.empty())
    {
      std::set<std::string> different;
      for (const std::string &name : table.columns)
        if (!different.insert(name).second)
          throw error(Refusal::repeated, header.line, "two columns are named '" + name + "'.");
    }
}

bool TableReader::number_with_comma(const unsigned int line, const std::string &field, double &value)
{
  std::string with_point = field;
  if (header.separator == ',' || !replace_decimal_comma(with_point) || !parse_number(with_point, value))
    return false;
  const std::size_t digits = field.find_first_of("123456789"), comma = field.find(',');
  const bool thousands = digits < comma && comma - digits <= 3 && field.find('0') >= digits && comma + 4 == field.size() &&
                         field.find_first_not_of("0123456789", comma + 1) == std::string::npos;
  comma_is_decimal = comma_is_decimal || !thousands;
  if (line_with_comma == 0)
    {
      line_with_comma = line;
      with_comma      = field;
    }
  return true;
}

void TableReader::refuse_mismatch(const unsigned int line, const std::vector<std::string> &fields) const
{
  const std::size_t n = table.columns.size();
  std::string       advice;
  if (fields.size() > n && std::all_of(fields.begin() + static_cast<std::ptrdiff_t>(n), fields.end(),
                                       [](const std::string &field) { return field.empty(); }))
    advice = " The line ends with a separator, and the header does not; remove it here, or add it there.";
  else if (n == 1 && fields.size() > 1 && table.rows.empty())
    advice = " If line " + std::to_string(header.line) + " is a title, put '#' in front of it.";
  else if (fields.size() == n + 1 && table.rows.empty())
    advice = " If the rows begin with a name or a number of their own, name that column in the header, too.";
  throw error(Refusal::malformed, line,
              "the line has " + std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") +
                ", but the header names " + std::to_string(n) + (n == 1 ? " column." : " columns.") + advice);
}

void TableReader::add_row(const unsigned int line, const std::vector<std::string> &fields)
{
  if (fields.size() != table.columns.size())
    refuse_mismatch(line, fields);
  if (gaps)
    table.labels.push_back(fields.front());
  std::vector<double> row(fields.size());
  for (std::size_t c = 0; c < fields.size(); ++c)
    {
      bool is_number = parse_number(fields[c], row[c]);
      if (wanted[c])
        {
          const auto refuse = [&](const Refusal why, const std::string &what) {
            throw error(why, line, "'" + csv_utf8(fields[c]) + "' in column '" + table.columns[c] + "' " + what);
          };
          if (is_number && line_with_point == 0 && fields[c].find('.') != std::string::npos)
            line_with_point = line;
          is_number = is_number || number_with_comma(line, fields[c], row[c]);
          if (line_with_point > 0 && line_with_comma > 0)
            refuse(Refusal::malformed, "and line " + std::to_string(std::min(line_with_point, line_with_comma)) +
                                         " have different decimal marks; write all numbers with a decimal point.");
          if (!is_number && fields[c].empty())
            throw error(Refusal::missing, line, "column '" + table.columns[c] + "' is empty in this line.");
          if (!is_number)
            refuse(Refusal::malformed, "is not a number." + advice_on_number(fields[c]));
          if (!std::isfinite(row[c]))
            refuse(Refusal::out_of_range, "is not finite.");
        }
      else if (!is_number)
        row[c] = std::numeric_limits<double>::quiet_NaN();
    }
  table.rows.push_back(std::move(row));
  if (table.rows.size() == next_measurement)
    measure();
}

void TableReader::measure()
{
  next_measurement *= 2;
  const double rows         = static_cast<double>(table.rows.size()) * std::max(0., size / read - 1.);
  const double needed_bytes = rows * bytes_of_row(table.columns.size(), gaps), available = available_memory();
  if (needed_bytes > available)
    throw InputError(Refusal::too_large, parameter,
                     "the file '" + path + "' is too large: its " + bytes_text(size) + " would take about " +
                       bytes_text(needed_bytes) + " of memory, but only " + bytes_text(available) +
                       " are free. Keep fewer rows, or only the columns that are needed.");
}

void TableReader::read_rows()
{
  CsvSplitter              splitter(header.separator);
  std::vector<std::string> fields;
  CsvLine                  line;
  unsigned int             first = 0; // line of the record
  auto                     state = CsvSplitter::State::complete;
  const auto               next  = [&]() {
    if (sample.empty())
      return next_line(line);
    line = std::move(sample.front());
    sample.pop_front();
    return true;
  };
  const std::string unclosed = "a quoted field is not closed or has text behind its closing quote.";
  std::size_t       length   = 0;
  while (next())
    {
      if (line.number < header.data)
        continue;
      if (state == CsvSplitter::State::complete)
        {
          if (!is_csv_record(line.text))
            continue;
          first  = line.number;
          length = 0;
        }
      length += line.text.size();
      state = splitter.add(line.text, fields);
      if (state == CsvSplitter::State::broken || length > CsvLines::longest)
        throw error(Refusal::malformed, first, unclosed);
      if (state == CsvSplitter::State::complete)
        add_row(first, fields);
    }
  if (state != CsvSplitter::State::complete)
    throw error(Refusal::malformed, first, unclosed);
  if (line_with_comma > 0 && !comma_is_decimal)
    throw error(Refusal::malformed, line_with_comma,
                "'" + with_comma +
                  "' may be a number with a decimal comma or with a comma between thousands. "
                  "Write numbers with a decimal point, and nothing between thousands.");
  remark();
}

void TableReader::remark()
{
  const auto add = [&](const std::string &part) { table.remark += (table.remark.empty() ? "" : ", ") + part; };
  if (header.separator != ',')
    add("fields separated by " + csv_separator_name(header.separator));
  if (line_with_comma > 0)
    add("decimal commas");
  if (header.is_comment)
    add("columns named in the comment of line " + std::to_string(header.line));
  if (header.converted)
    add("names of columns taken for Windows-1252 (Latin-1), since they are not in UTF-8");
}

std::ifstream opened(const std::string &path, const std::string &parameter)
{
  std::error_code ignored;
  if (path.empty())
    throw InputError(Refusal::missing, parameter, "the name of a CSV file is needed here.");
  if (!std::filesystem::exists(path, ignored))
    throw InputError(Refusal::missing, parameter, "the file '" + path + "' does not exist.");
  if (std::filesystem::is_directory(path, ignored))
    throw InputError(Refusal::unreadable, parameter, "'" + path + "' is a directory; the name of a CSV file is needed here.");
  // Every rank reads it, and a pipe could keep them waiting.
  if (!std::filesystem::is_regular_file(path, ignored))
    throw InputError(Refusal::unreadable, parameter,
                     "'" + path + "' is a device or a pipe; the name of a CSV file is needed here.");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw InputError(Refusal::unreadable, parameter, "the file '" + path + "' cannot be read.");
  return file;
}

std::vector<std::string> names_of(const std::vector<NeededColumn> &needed)
{
  std::vector<std::string> names;
  for (const NeededColumn &column : needed)
    names.push_back(column.name);
  return names;
}

double size_of(const std::string &path)
{
  std::error_code ignored;
  return static_cast<double>(std::filesystem::file_size(path, ignored));
}
} // namespace

bool split_csv_line(const std::string &line, std::vector<std::string> &fields)
{
  fields.clear();
  return CsvSplitter(',').add(line, fields) == CsvSplitter::State::complete;
}

unsigned int CsvTable::column(const std::string &name, const std::string &parameter) const
{
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end())
    {
      if (std::find(found + 1, columns.end(), name) != columns.end())
        throw InputError(Refusal::repeated, parameter,
                         "two columns are named '" + name + "' in the table; give them different names.");
      return static_cast<unsigned int>(found - columns.begin());
    }
  if (const std::string present = present_column_name(name); present != name)
    throw InputError(Refusal::unknown_name, parameter,
                     "the column '" + name + "' is called '" + present + "' now; use that name.");
  const bool has_comma = std::any_of(columns.begin(), columns.end(),
                                     [](const std::string &column) { return column.find(',') != std::string::npos; });
  throw InputError(Refusal::unknown_name, parameter,
                   "the table has no column '" + name + "'." + did_you_mean(name, columns) + " Its columns" +
                     (separator == ',' ? "" : ", separated by " + csv_separator_name(separator)) + ": " +
                     listed_columns(columns) + "." +
                     (has_comma ? " In a list, a name that has a comma stands in double quotes." : ""));
}

CsvTable read_csv(const std::string &path, const std::vector<NeededColumn> &needed, const std::string &parameter,
                  const bool gaps)
{
  std::ifstream file = opened(path, parameter);
  TableReader   reader(file, path, size_of(path), parameter, gaps);
  reader.read_header(names_of(needed));
  reader.choose_columns(needed);
  reader.read_rows();
  if (reader.table.columns.empty())
    throw InputError(Refusal::missing, parameter,
                     "the file '" + path + "' is empty; it needs a line that names the columns, and data.");
  if (reader.table.rows.empty())
    throw InputError(Refusal::missing, parameter, "the file '" + path + "' has a header, but no data.");
  return std::move(reader.table);
}

std::vector<std::string> csv_columns(const std::string &path, const std::vector<std::string> &expected,
                                     const std::string &parameter)
{
  std::ifstream file = opened(path, parameter);
  TableReader   reader(file, path, size_of(path), parameter, false);
  reader.read_header(expected);
  return std::move(reader.table.columns);
}

void require_csv_columns(const std::string &path, const std::vector<NeededColumn> &needed, const std::string &parameter)
{
  std::ifstream file = opened(path, parameter);
  TableReader   reader(file, path, size_of(path), parameter, false);
  reader.read_header(names_of(needed));
  reader.choose_columns(needed);
}

CsvTable read_growing_csv(const std::string &text, const std::string &name, const std::string &parameter, std::string &dropped)
{
  const std::size_t complete = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  dropped.clear();
  if (complete < text.size())
    dropped = name + ": the last line has no end; it was cut off or is being written, and was left out.";
  std::istringstream stream(text.substr(0, complete));
  TableReader        reader(stream, name, static_cast<double>(complete), parameter, true);
  reader.read_header({});
  reader.choose_columns({});
  reader.read_rows();
  return std::move(reader.table);
}

std::string csv_field(const std::string &text)
{
  std::string field = text;
  std::replace_if(
    field.begin(), field.end(), [](const char c) { return c == '\n' || c == '\r'; }, ' ');
  if (field.find_first_of(",\"") == std::string::npos && (field.empty() || field.front() != '#'))
    return field;
  std::string quoted = "\"";
  for (const char c : field)
    quoted += (c == '"') ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}
} // namespace rhoflow
