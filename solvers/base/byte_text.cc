#include <solvers/base/byte_text.h>
#include <solvers/base/utf8.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace rhoflow
{
namespace
{
const std::string mark = "bytes:";

bool is_marked(const std::string &text)
{
  return text.compare(0, mark.size(), mark) == 0;
}

/// Value of a hexadecimal digit, or -1.
int digit(const char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
} // namespace

std::string marked_text_of_bytes(const std::string &bytes)
{
  std::string text = mark;
  for (std::size_t i = 0; i < bytes.size();)
    {
      const std::size_t length  = utf8_length(bytes, i);
      const auto        byte    = static_cast<unsigned char>(bytes[i]);
      const bool        control = byte < 0x20 || byte == 0x7f, at_an_end = i == 0 || i + 1 == bytes.size();
      if (length == 0 || control || byte == '%' || (byte == ' ' && at_an_end))
        {
          char code[4];
          std::snprintf(code, sizeof(code), "%%%02X", static_cast<unsigned int>(byte));
          text += code;
        }
      else
        text += bytes.substr(i, length);
      i += std::max<std::size_t>(length, 1);
    }
  return text;
}

std::string text_of_bytes(const std::string &bytes)
{
  return first_invalid_byte(bytes) == std::string::npos && !is_marked(bytes) ? bytes : marked_text_of_bytes(bytes);
}

std::string bytes_of_text(const std::string &text)
{
  if (!is_marked(text))
    return text;
  std::string bytes;
  for (std::size_t i = mark.size(); i < text.size(); ++i)
    if (text[i] != '%')
      bytes += text[i];
    else
      {
        const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1, low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
          throw std::runtime_error("'" + text + "' has a % without two hexadecimal digits behind it");
        bytes += static_cast<char>(16 * high + low);
        i += 2;
      }
  return bytes;
}
} // namespace rhoflow
