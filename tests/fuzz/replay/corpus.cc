#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <tests/fuzz/replay/corpus.h>

namespace
{
using namespace rhoflow;

constexpr std::size_t longest_line = 128;

int hexadecimal_digit(const char c)
{
  const std::string digits = "0123456789ABCDEF";
  const std::size_t place  = digits.find(c);
  return place == std::string::npos ? -1 : static_cast<int>(place);
}

/// The bytes that a line of a record stands for.
std::string bytes_of_line(const std::string &line, const std::string &where)
{
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i)
    {
      const auto c = static_cast<unsigned char>(line[i]);
      if (c < 0x20 || c == 0x7f)
        throw std::runtime_error(where + "a control character, which is written as an escape");
      if (c != '\\')
        {
          bytes += line[i];
          continue;
        }
      if (++i == line.size())
        return bytes; // and no line end
      const int high = i + 2 < line.size() ? hexadecimal_digit(line[i + 1]) : -1;
      const int low  = i + 2 < line.size() ? hexadecimal_digit(line[i + 2]) : -1;
      if (line[i] == '\\')
        bytes += '\\';
      else if (line[i] == 't')
        bytes += '\t';
      else if (line[i] == 'r')
        bytes += '\r';
      else if (line[i] == 'x' && high >= 0 && low >= 0)
        {
          bytes += static_cast<char>(16 * high + low);
          i += 2;
        }
      else
        throw std::runtime_error(where + "\"" + line.substr(i - 1, 4) + "\" is no escape");
    }
  return bytes + '\n';
}

/// Length in bytes of the printable character that begins at a place of a text; 0 if there is none.
std::size_t printable_character(const std::string &text, const std::size_t place)
{
  const auto byte = [&](const std::size_t i) {
    return place + i < text.size() ? static_cast<unsigned char>(text[place + i]) : 0u;
  };
  const auto first = byte(0);
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first < 0xc2 || first > 0xf4)
    return 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  std::uint32_t     code   = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    {
      if ((byte(i) & 0xc0u) != 0x80u)
        return 0;
      code = 64 * code + (byte(i) & 0x3fu);
    }
  // Too long a form, what is beyond UTF-8, and the blocks in which characters are invisible or have no shape of their own.
  const std::uint32_t least = length == 2 ? 0xa1 : length == 3 ? 0x800 : 0x10000;
  const bool shown = code >= least && code != 0xad && (code < 0x300 || code > 0x36f) && (code < 0x2000 || code > 0x200f) &&
                     (code < 0x2028 || code > 0x202f) && (code < 0x205f || code > 0x206f) && (code < 0xd800 || code > 0xf8ff) &&
                     (code < 0xfe00 || code > 0xfe0f) && code != 0xfeff && code < 0xfff0;
  return shown ? length : 0;
}

/// The bytes at a place as they stand in a record, and the number of them.
std::pair<std::string, std::size_t> written(const std::string &bytes, const std::size_t place)
{
  const char c = bytes[place];
  if (c == '\\')
    return {"\\\\", 1};
  if (c == '\t')
    return {"\\t", 1};
  if (c == '\r')
    return {"\\r", 1};
  // Editors take blanks at the ends of lines away.
  const bool        is_last = place + 1 == bytes.size() || bytes[place + 1] == '\n';
  const std::size_t length  = c == ' ' && is_last ? 0 : printable_character(bytes, place);
  if (length > 0)
    return {bytes.substr(place, length), length};
  char escape[5];
  std::snprintf(escape, sizeof(escape), "\\x%02X", static_cast<unsigned int>(static_cast<unsigned char>(c)));
  return {escape, 1};
}
} // namespace

std::vector<KeptInput> rhoflow::read_corpus(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw std::runtime_error(path + ": cannot be read");
  std::vector<KeptInput> inputs;
  std::set<std::string>  names;
  std::size_t            number = 0, heading = 0;
  const auto             complete = [&]() {
    if (!inputs.empty() && inputs.back().bytes.empty())
      throw std::runtime_error(path + ":" + std::to_string(heading) + ": a record without bytes");
  };
  for (std::string line; std::getline(file, line);)
    {
      const std::string where = path + ":" + std::to_string(++number) + ": ";
      if (file.eof())
        throw std::runtime_error(where + "the last line has no end; the file was cut");
      if (line.compare(0, 2, "##") != 0)
        {
          if (!inputs.empty())
            inputs.back().bytes += bytes_of_line(line, where);
          continue;
        }
      complete();
      heading                = number;
      const std::size_t name = line.find_first_not_of(' ', 2), colon = line.find(": ");
      if (line.compare(0, 3, "## ") != 0 || name != 3 || colon == std::string::npos || colon == name ||
          colon + 2 == line.size() || line.find_first_of(" /", name) < colon)
        throw std::runtime_error(where + "a heading is \"## NAME: REASON\"");
      inputs.push_back({line.substr(name, colon - name), line.substr(colon + 2), ""});
      if (!names.insert(inputs.back().name).second)
        throw std::runtime_error(where + "there is a record " + inputs.back().name + " already");
    }
  complete();
  if (inputs.empty())
    throw std::runtime_error(path + ": no records");
  return inputs;
}

std::string rhoflow::corpus_record(const KeptInput &input)
{
  std::string text = "## " + input.name + ": " + input.reason + "\n", line;
  for (std::size_t place = 0; place < input.bytes.size();)
    {
      if (input.bytes[place] == '\n')
        {
          text += line + "\n";
          line.clear();
          ++place;
          continue;
        }
      auto [shown, length] = written(input.bytes, place);
      if (line.size() + shown.size() >= longest_line)
        {
          text += line + "\\\n";
          line.clear();
        }
      if (line.empty() && input.bytes.compare(place, 2, "##") == 0)
        shown = "\\x23"; // no heading
      line += shown;
      place += length;
    }
  if (input.bytes.empty() || input.bytes.back() != '\n')
    text += line + "\\\n";
  return text;
}
