#include <solvers/base/byte_text.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_line.h>

#include <algorithm>

namespace rhoflow
{
namespace
{
/// Where the backslashes end that begin at `position`.
std::size_t behind_backslashes(const std::string &text, const std::size_t position)
{
  return std::min(text.find_first_not_of('\\', position), text.size());
}

/// The quote that closes the one at `position`, or npos. Inside, a quote is doubled.
std::size_t closing_quote(const std::string &text, std::size_t position)
{
  for (++position; position < text.size(); ++position)
    if (text[position] == '"')
      {
        if (position + 1 == text.size() || text[position + 1] != '"')
          return position;
        ++position;
      }
  return std::string::npos;
}

/// The # of the comment, or npos.
std::size_t comment_in(const std::string &line)
{
  bool behind_equals = false, field_begins = false;
  for (std::size_t i = 0; i < line.size(); ++i)
    {
      if (line[i] == '#')
        return i;
      if (line[i] == '"' && field_begins)
        if (const std::size_t closing = closing_quote(line, i); closing != std::string::npos)
          i = closing;
      if (line[i] == '\\')
        {
          const std::size_t end = behind_backslashes(line, i);
          i                     = end - ((end - i) % 2 == 1 && end < line.size() && line[end] == '#' ? 0 : 1);
        }
      behind_equals = behind_equals || line[i] == '=';
      field_begins  = behind_equals && (line[i] == '=' || line[i] == ',' || line[i] == ';' ||
                                       (field_begins && (line[i] == ' ' || line[i] == '\t')));
    }
  return std::string::npos;
}
} // namespace

ParameterLine::ParameterLine(const std::string &line)
{
  const std::size_t begin = comment_in(line);
  has_comment             = begin != std::string::npos;
  if (has_comment)
    comment = line.substr(begin + 1);
  std::string       raw       = trimmed(line.substr(0, begin));
  const std::size_t last      = raw.find_last_not_of('\\');
  const std::size_t n_at_end  = raw.size() - (last == std::string::npos ? 0 : last + 1);
  const std::size_t remaining = n_at_end / 2;
  is_continued                = n_at_end % 2 == 1;
  raw.resize(raw.size() - n_at_end);
  for (std::size_t i = 0; i < raw.size();)
    {
      const std::size_t end = behind_backslashes(raw, i), n = end - i;
      const bool        before_hash = end < raw.size() && raw[end] == '#';
      text.append(before_hash ? n / 2 : n, '\\');
      if (end < raw.size())
        text += raw[end];
      i = end + 1;
    }
  text.append(remaining, '\\');
  text = trimmed(text);
}

std::string text_of_value(const std::string &value)
{
  const bool  has_control = std::any_of(value.begin(), value.end(),
                                        [](const unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
  const bool  is_marked   = has_control || value != trimmed(value);
  std::string text        = is_marked ? marked_text_of_bytes(value) : text_of_bytes(value), result;
  for (std::size_t i = 0; i < text.size();)
    {
      const std::size_t end = behind_backslashes(text, i), n = end - i;
      const bool        before_hash = end < text.size() && text[end] == '#';
      result.append(before_hash ? 2 * n + 1 : end == text.size() ? 2 * n : n, '\\');
      if (end < text.size())
        result += text[end];
      i = end + 1;
    }
  return result;
}

std::string value_of_text(const std::string &text)
{
  return bytes_of_text(text);
}
} // namespace rhoflow
