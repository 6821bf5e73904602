#include <solvers/base/files/csv_header.h>
#include <solvers/base/number.h>

#include <algorithm>
#include <cctype>
#include <tuple>

namespace rhoflow
{
namespace
{
bool is_number(std::string field, const char separator)
{
  double value;
  return parse_number(field, value) || (separator != ',' && replace_decimal_comma(field) && parse_number(field, value));
}

bool contains(const std::vector<std::string> &names, const std::vector<std::string> &needed)
{
  return std::all_of(needed.begin(), needed.end(),
                     [&](const std::string &name) { return std::find(names.begin(), names.end(), name) != names.end(); });
}

/// Every needed column has a number in the row.
bool is_row_of(const std::vector<std::string> &names, const std::vector<std::string> &needed,
               const std::vector<std::string> &row, const char separator)
{
  for (std::size_t c = 0; c < names.size(); ++c)
    if (std::find(needed.begin(), needed.end(), names[c]) != needed.end() && !is_number(row[c], separator))
      return false;
  return true;
}

std::vector<std::string> names_of(std::vector<std::string> fields, bool &converted)
{
  for (std::string &field : fields)
    {
      std::replace(field.begin(), field.end(), '\n', ' ');
      const std::string name = csv_utf8(field);
      converted              = converted || name != field;
      field                  = name;
    }
  return fields;
}

/// A record of the sample, with its first and its last line.
struct Record
{
  unsigned int             line = 0, last = 0;
  std::vector<std::string> fields;
};

/// The sample as it is with one separator.
struct Reading
{
  CsvHeader   header;
  std::size_t n_fields   = 0;
  bool        has_needed = false;
  bool        fits       = false; ///< several columns, and all rows have as many fields as the header
  double      numbers    = 0.;    ///< share of the fields in the rows that are numbers
};

Reading reading_with(const char separator, const std::vector<CsvLine> &sample, const std::vector<std::string> &needed)
{
  Reading             reading;
  std::vector<Record> comments, records;
  CsvSplitter         splitter(separator);
  CsvHeader          &header = reading.header;
  header.separator           = separator;
  bool   whole               = true; // all records could be split
  auto   state               = CsvSplitter::State::complete;
  Record record;
  for (const CsvLine &line : sample)
    {
      if (state == CsvSplitter::State::complete)
        {
          record.line = line.number;
          if (!is_csv_record(line.text))
            {
              const std::size_t text = line.text.find_first_not_of("# \t");
              Record            comment;
              if (records.empty() && text != std::string::npos &&
                  CsvSplitter(separator).add(line.text.substr(text), comment.fields) == CsvSplitter::State::complete)
                comments.push_back({line.number, line.number, std::move(comment.fields)});
              continue;
            }
        }
      record.last = line.number;
      state       = splitter.add(line.text, record.fields);
      if (state == CsvSplitter::State::complete)
        records.push_back(record);
      else if (state == CsvSplitter::State::broken)
        {
          whole = false;
          break;
        }
    }
  header.line = record.line;
  if (records.empty())
    {
      header.is_broken = state != CsvSplitter::State::complete;
      return reading;
    }

  const std::vector<std::string> &first = records.front().fields;
  header.line                           = records.front().line;
  reading.n_fields                      = first.size();
  const auto of_numbers                 = [&](const std::vector<std::string> &fields) {
    return std::all_of(fields.begin(), fields.end(), [&](const std::string &f) { return is_number(f, separator); });
  };
  const bool is_row = of_numbers(first);
  bool       ignored;
  const auto before = [&](const bool with_needed) {
    return std::find_if(comments.rbegin(), comments.rend(), [&](const Record &comment) {
      const std::vector<std::string> names = names_of(comment.fields, ignored);
      return names.size() == first.size() && !of_numbers(names) &&
             (!with_needed || (!needed.empty() && contains(names, needed) && is_row_of(names, needed, first, separator)));
    });
  };
  auto comment = comments.rend();
  if (is_row || !contains(names_of(first, ignored), needed))
    comment = before(true);
  if (is_row && comment == comments.rend())
    comment = before(false);
  header.is_comment = comment != comments.rend();
  header.is_row     = is_row && !header.is_comment;
  if (header.is_comment)
    header.line = comment->line;
  if (!header.is_row)
    header.names = names_of(header.is_comment ? comment->fields : first, header.converted);
  const std::size_t first_row = header.is_comment ? 0 : 1;
  header.data                 = first_row == 0 ? records.front().line : records.front().last + 1;
  reading.has_needed          = !header.is_row && first.size() > 1 && contains(header.names, needed);

  reading.fits          = whole && first.size() > 1;
  std::size_t n_numbers = 0, n_all = 0;
  for (std::size_t r = first_row; r < records.size(); ++r)
    {
      reading.fits = reading.fits && records[r].fields.size() == first.size();
      n_all += records[r].fields.size();
      for (const std::string &field : records[r].fields)
        n_numbers += is_number(field, separator);
    }
  // Many names have blanks in them.
  reading.has_needed = !header.is_row && first.size() > 1 && contains(header.names, needed) &&
                       (separator != ' ' || reading.fits || !needed.empty());
  if (reading.fits && n_all > 0)
    reading.numbers = static_cast<double>(n_numbers) / static_cast<double>(n_all);
  return reading;
}

/// Spreadsheets write a line "sep=;" in front of the header; 0 if this is none.
char declared_separator(const std::string &line)
{
  std::string text = trimmed(line);
  if (text.size() > 1 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(text.size(), 3)), text.begin(),
                 [](const unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (text == "sep=")
    return '\t'; // trimmed
  return text.size() == 5 && text.compare(0, 4, "sep=") == 0 && std::string(",;|\t").find(text[4]) != std::string::npos ?
           text[4] :
           0;
}
} // namespace

bool is_csv_record(const std::string &line)
{
  const std::size_t first = line.find_first_not_of(" \t\v\f");
  return first != std::string::npos && line[first] != '#';
}

bool replace_decimal_comma(std::string &text)
{
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos || comma + 1 == text.size() || !std::isdigit(static_cast<unsigned char>(text[comma + 1])) ||
      text.find_first_of(".,", comma + 1) != std::string::npos || text.find('.') < comma)
    return false;
  text[comma] = '.';
  return true;
}

CsvHeader own_csv_header(const std::vector<CsvLine> &sample)
{
  return reading_with(',', sample, {}).header;
}

CsvHeader find_csv_header(const std::vector<CsvLine> &sample, const std::vector<std::string> &needed)
{
  const auto first = std::find_if(sample.begin(), sample.end(), [](const CsvLine &line) { return is_csv_record(line.text); });
  if (first != sample.end() && declared_separator(first->text) != 0)
    return reading_with(declared_separator(first->text), std::vector<CsvLine>(first + 1, sample.end()), needed).header;

  const auto rank = [](const Reading &reading) {
    const bool separates = reading.n_fields > 1 && (reading.header.separator != ' ' || reading.fits);
    return std::make_tuple(reading.has_needed, reading.fits, separates, reading.numbers);
  };
  Reading best = reading_with(',', sample, needed);
  for (const char separator : {';', '\t', '|', ' '})
    if (Reading other = reading_with(separator, sample, needed); rank(other) > rank(best))
      best = std::move(other);
  return best.header;
}
} // namespace rhoflow
