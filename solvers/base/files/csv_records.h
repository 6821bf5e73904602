#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

namespace rhoflow
{
/// A line of a text without its end. The end may be "\n", "\r\n" or "\r".
struct CsvLine
{
  unsigned int number = 0; ///< from 1
  std::string  text;
};

/// The lines of a stream, one after the other.
class CsvLines
{
public:
  /// A file without line ends, such as one of zeros, must not fill the memory: a longer line is given in pieces of somewhat
  /// more than this.
  static constexpr std::size_t longest = std::size_t(1) << 24;

  explicit CsvLines(std::istream &stream);

  /// False behind the last line.
  bool next(CsvLine &line);

private:
  bool refill();

  std::istream     &source;
  std::vector<char> buffer;
  std::size_t       begin = 0, end = 0;
  unsigned int      n_lines        = 0;
  bool              after_carriage = false; ///< a line feed here belongs to the line before
};

/// Splits records into their fields (RFC 4180). A quoted field may have line ends, so that a record may be several lines.
class CsvSplitter
{
public:
  enum class State
  {
    complete,
    open,  ///< a quoted field goes on in the next line
    broken ///< text follows a closing quote
  };

  /// Separators but the blank stand for themselves. A blank stands for any number of blanks and tabs.
  explicit CsvSplitter(char separator);

  /// Takes the next line. The fields are those of the record up to here, trimmed where they are not quoted; a line end in
  /// them is "\n".
  State add(const std::string &line, std::vector<std::string> &fields);

private:
  bool         is_blank(char c) const;
  bool         is_separator(char c) const;
  std::string &next_field(std::vector<std::string> &fields);

  char        separator;
  bool        quoted   = false;
  std::size_t n_fields = 0;
};

/// ' separated by ...' for messages.
std::string csv_separator_name(char separator);

/// `text` if it is UTF-8, otherwise the text that its bytes mean in Windows-1252, which has all printable characters of
/// Latin-1.
std::string csv_utf8(const std::string &text);

/// What the file is, and what to do, if its first bytes belong to no text in UTF-8 or Latin-1; empty otherwise.
std::string csv_foreign_format(const std::string &first_line);
} // namespace rhoflow
