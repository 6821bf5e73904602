#pragma once

#include <string>

namespace rhoflow
{
/// Any bytes, such as the name of a file, as UTF-8 text: themselves, if they are that; else "bytes:" and the same with %HH in
/// place of each byte that is none (and of %). What begins with "bytes:" itself is written in the second form, too.
std::string text_of_bytes(const std::string &bytes);

/// The second form in any case, where control characters, and blanks at the ends, become %HH as well.
std::string marked_text_of_bytes(const std::string &bytes);

/// The bytes of which text_of_bytes() or marked_text_of_bytes() made this text. Throws std::runtime_error if a % behind the
/// mark has no two hexadecimal digits.
std::string bytes_of_text(const std::string &text);
} // namespace rhoflow
