#include <solvers/base/utf8.h>

#include <algorithm>

namespace rhoflow
{
std::size_t utf8_length(const std::string &text, const std::size_t position)
{
  const auto byte   = [&](const std::size_t k) { return static_cast<unsigned char>(k < text.size() ? text[k] : 0); };
  const auto first  = byte(position);
  const auto second = byte(position + 1);
  if (first < 0x80)
    return 1;
  const std::size_t length = (first >= 0xc2 && first < 0xe0) ? 2 :
                             (first & 0xf0) == 0xe0          ? 3 :
                             (first >= 0xf0 && first < 0xf5) ? 4 :
                                                               0;
  for (std::size_t k = 1; k < length; ++k)
    if ((byte(position + k) & 0xc0) != 0x80)
      return 0;
  const bool overlong    = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool not_allowed = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
  return overlong || not_allowed ? 0 : length;
}

std::size_t first_invalid_byte(const std::string &text)
{
  for (std::size_t i = 0; i < text.size();)
    {
      const std::size_t length = utf8_length(text, i);
      if (length == 0 || text[i] == '\0')
        return i;
      i += length;
    }
  return std::string::npos;
}

std::size_t text_width(const std::string &text)
{
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](const char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string utf8_character(const unsigned int code)
{
  const auto last_bits = [&](const unsigned int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80)
    return {static_cast<char>(code)};
  if (code < 0x800)
    return {static_cast<char>(0xc0 | (code >> 6)), last_bits(0)};
  return {static_cast<char>(0xe0 | (code >> 12)), last_bits(6), last_bits(0)};
}
} // namespace rhoflow
