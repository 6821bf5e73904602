#include <solvers/base/files/csv_records.h>
#include <solvers/base/number.h>
#include <solvers/base/utf8.h>

#include <algorithm>

namespace rhoflow
{
namespace
{
/// The bytes 0x80 to 0x9f in Windows-1252; those that it leaves open are control characters.
constexpr unsigned int windows_1252[32] = {
  0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
  0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};
} // namespace

CsvLines::CsvLines(std::istream &stream)
  : source(stream)
  , buffer(std::size_t(1) << 16)
{}

bool CsvLines::refill()
{
  source.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  begin = 0;
  end   = static_cast<std::size_t>(source.gcount());
  return end > 0;
}

bool CsvLines::next(CsvLine &line)
{
  line.text.clear();
  line.number = n_lines + 1;
  while (line.text.size() <= longest)
    {
      if (begin == end && !refill())
        {
          if (line.text.empty())
            return false;
          break;
        }
      if (after_carriage)
        {
          after_carriage = false;
          if (buffer[begin] == '\n')
            {
              ++begin;
              continue;
            }
        }
      const char *const first = buffer.data() + begin, *const last = buffer.data() + end;
      const char *const stop = std::find_if(first, last, [](const char c) { return c == '\n' || c == '\r'; });
      line.text.append(first, stop);
      begin += static_cast<std::size_t>(stop - first);
      if (stop == last)
        continue;
      ++begin;
      after_carriage = *stop == '\r';
      break;
    }
  ++n_lines;
  return true;
}

CsvSplitter::CsvSplitter(const char s)
  : separator(s)
{}

bool CsvSplitter::is_separator(const char c) const
{
  return c == separator || (separator == ' ' && c == '\t');
}

bool CsvSplitter::is_blank(const char c) const
{
  return c == ' ' || (c == '\t' && separator != '\t');
}

std::string &CsvSplitter::next_field(std::vector<std::string> &fields)
{
  if (n_fields == fields.size())
    fields.emplace_back();
  else
    fields[n_fields].clear();
  return fields[n_fields++];
}

CsvSplitter::State CsvSplitter::add(const std::string &line, std::vector<std::string> &fields)
{
  const std::size_t size = line.size();
  std::size_t       i    = 0;
  if (quoted)
    fields[n_fields - 1] += '\n';
  else
    n_fields = 0;
  while (true)
    {
      if (!quoted)
        {
          while (i < size && is_blank(line[i]))
            ++i;
          next_field(fields);
          if (i < size && line[i] == '"')
            {
              quoted = true;
              ++i;
            }
        }
      std::string &field = fields[n_fields - 1];
      if (quoted)
        {
          for (; i < size && (line[i] != '"' || (i + 1 < size && line[i + 1] == '"')); ++i)
            {
              field += line[i];
              if (line[i] == '"')
                ++i;
            }
          if (i == size)
            {
              fields.resize(n_fields);
              return State::open;
            }
          quoted = false;
          ++i;
          if (separator == ' ' && i < size && !is_blank(line[i]))
            return State::broken;
          while (i < size && is_blank(line[i]))
            ++i;
          if (separator != ' ' && i < size && line[i] != separator)
            return State::broken;
        }
      else
        {
          const std::size_t start = i;
          while (i < size && !is_separator(line[i]))
            ++i;
          std::size_t stop = i;
          while (stop > start && (is_blank(line[stop - 1]) || line[stop - 1] == '\v' || line[stop - 1] == '\f'))
            --stop;
          field.assign(line, start, stop - start);
          while (separator == ' ' && i < size && is_blank(line[i]))
            ++i;
        }
      if (i == size)
        break;
      if (separator != ' ')
        ++i;
    }
  fields.resize(n_fields);
  return State::complete;
}

std::string csv_separator_name(const char separator)
{
  return separator == ' ' ? "blanks" : separator == '\t' ? "tabs" : std::string("'") + separator + "'";
}

std::string csv_utf8(const std::string &text)
{
  if (first_invalid_byte(text) == std::string::npos)
    return text;
  std::string result;
  for (const char c : text)
    {
      const auto byte = static_cast<unsigned char>(c);
      result += utf8_character(byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte);
    }
  return result;
}

std::string csv_foreign_format(const std::string &first_line)
{
  const auto begins = [&](const std::string &bytes) { return first_line.compare(0, bytes.size(), bytes) == 0; };
  if (begins("\xff\xfe") || begins("\xfe\xff"))
    return "is written in UTF-16; save it as UTF-8.";
  if (begins("PK\x03\x04") || begins("\xd0\xcf\x11\xe0"))
    return "is no text, but a spreadsheet or an archive; export the table as CSV.";
  if (begins("\x1f\x8b") || begins("BZh") ||
      begins("\xfd"
             "7zXZ"))
    return "is compressed; decompress it first.";
  if (begins("\x93NUMPY"))
    return "is a binary array of numpy; write it with numpy.savetxt(file, array, delimiter=',', header='x,y').";
  std::string lower = trimmed(first_line.substr(0, 80));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](const unsigned char c) { return std::tolower(c); });
  if (lower.rfind("<!doctype html", 0) == 0 || lower.rfind("<html", 0) == 0)
    return "is a web page; download the table itself.";
  return "";
}
} // namespace rhoflow
