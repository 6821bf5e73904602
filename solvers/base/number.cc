#include <solvers/base/number.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace rhoflow
{
std::string trimmed(const std::string &text)
{
  const char *blanks = " \t\r\n\v\f";
  const auto  first  = text.find_first_not_of(blanks);
  if (first == std::string::npos)
    return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool parse_number(const std::string &text, double &value)
{
  const char *first = text.data();
  const char *last  = first + text.size();
  if (text == "NA")
    {
      value = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
  if (last - first > 1 && *first == '+' && first[1] != '-')
    ++first;
  const auto [end, error] = std::from_chars(first, last, value);
  if (first == last || end != last || error == std::errc::invalid_argument)
    return false;
  if (error == std::errc::result_out_of_range)
    {
      // Too large or too small? strtod says: HUGE_VAL or (sub)normal.
      value = std::strtod(text.c_str(), nullptr);
    }
  return true;
}

std::string shortest_text(const double value)
{
  char        characters[64];
  const auto  end    = std::to_chars(characters, characters + sizeof(characters), value);
  std::string text   = std::string(characters, end.ptr);
  const auto  behind = text.find('e') + 1; // 1e-06, 1e+300
  if (behind == 0)
    return text;
  const std::string sign  = text[behind] == '-' ? "-" : "";
  const auto        digit = text.find_first_not_of("+-0", behind);
  return text.substr(0, behind) + sign + text.substr(digit);
}

std::string tiny_number(const std::string &list)
{
  for (std::size_t begin = 0; begin <= list.size();)
    {
      const std::size_t end     = std::min(list.find_first_of(",;", begin), list.size());
      const std::string element = trimmed(list.substr(begin, end - begin));
      double            value   = 1.;
      if (parse_number(element, value) && std::abs(value) < std::numeric_limits<double>::min() &&
          element.substr(0, element.find_first_of("eE")).find_first_of("123456789") != std::string::npos)
        return element;
      begin = end + 1;
    }
  return "";
}
} // namespace rhoflow
