#pragma once

#include <cstddef>
#include <string>

namespace rhoflow
{
/// Length of the UTF-8 sequence at `position`, or 0 if there is none (RFC 3629: neither overlong forms nor surrogates).
std::size_t utf8_length(const std::string &text, std::size_t position);

/// The first byte that is no part of well-formed UTF-8, or npos. A zero byte is none.
std::size_t first_invalid_byte(const std::string &text);

/// Number of characters of a UTF-8 text: its width on a terminal.
std::size_t text_width(const std::string &text);

/// The character with this number, below 0x10000, in UTF-8.
std::string utf8_character(unsigned int code);
} // namespace rhoflow
