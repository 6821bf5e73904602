#pragma once

#include <string>

namespace rhoflow
{
/// A line of a parameter file without its comment. A comment begins with a # that has neither a backslash before it nor stands
/// inside of a field "...", which begins behind a '=', a comma or a semicolon and ends on the same line.
/// Backslashes before a #, and at the end of the line, come in pairs of which one remains; one more before a # makes it a part
/// of the text, and one more at the end continues the line on the next one. All other backslashes are themselves.
struct ParameterLine
{
  explicit ParameterLine(const std::string &line);

  std::string text; ///< trimmed
  std::string comment;
  bool        has_comment = false, is_continued = false;
};

/// A value as a parameter file holds it, so that ParameterLine and value_of_text() give it back: # and backslashes as above,
/// and what is not one line of UTF-8 text without blanks at its ends as marked_text_of_bytes().
std::string text_of_value(const std::string &value);

/// The value whose text, without what belongs to the line, stands in a file or on the command line. Throws std::runtime_error
/// as bytes_of_text().
std::string value_of_text(const std::string &text);
} // namespace rhoflow
