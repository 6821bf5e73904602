#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/study/value_list.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace rhoflow
{
namespace
{
constexpr unsigned int max_values = 100000;

/// Sums such as 0.1 + 2 * 0.1 should read as they are meant.
double rounded(const double value)
{
  char text[40];
  std::snprintf(text, sizeof(text), "%.14e", value);
  double result = value;
  parse_number(text, result);
  return result;
}

InputError bad_range(const Refusal why, const std::string &element, const std::string &what)
{
  return InputError(why, "",
                    "the range '" + element + "' " + what +
                      " A range is 'A .. B by *F' or 'A .. B by +S', such as '50 .. 3200 by *2'.");
}

void append_range(const std::string &element, std::vector<std::string> &values)
{
  const auto  dots = element.find("..");
  const auto  by   = element.find(" by ", dots);
  double      first, last, step;
  std::string step_text;
  if (by != std::string::npos)
    step_text = trimmed(element.substr(by + 4));
  if (by == std::string::npos || step_text.size() < 2 || (step_text[0] != '*' && step_text[0] != '+'))
    throw bad_range(Refusal::malformed, element, "does not say by which steps it goes.");
  if (!parse_number(trimmed(element.substr(0, dots)), first) ||
      !parse_number(trimmed(element.substr(dots + 2, by - dots - 2)), last) ||
      !parse_number(trimmed(step_text.substr(1)), step) || !std::isfinite(first) || !std::isfinite(last) ||
      !std::isfinite(step))
    throw bad_range(Refusal::malformed, element, "has something that is not a number.");

  const bool geometric = step_text[0] == '*';
  if (geometric && !(first * last > 0. && step > 0.))
    throw bad_range(Refusal::out_of_range, element, "needs ends of the same sign and a positive factor.");
  const double steps = first == last ? 0. : (geometric ? std::log(last / first) / std::log(step) : (last - first) / step);
  if (!std::isfinite(steps) || steps < -1e-9)
    throw bad_range(Refusal::out_of_range, element, "does not lead from its first to its last number.");
  if (steps + static_cast<double>(values.size()) > max_values)
    throw bad_range(Refusal::too_large, element, "makes a list of more than " + std::to_string(max_values) + " values.");
  const auto n = static_cast<unsigned int>(std::floor(steps * (1. + 1e-12) + 1e-9));
  for (unsigned int i = 0; i <= n; ++i)
    values.push_back(number_text(rounded(geometric ? first * std::pow(step, i) : first + i * step)));
}
} // namespace

std::vector<std::string> split(const std::string &text, const std::string &separator)
{
  std::vector<std::string> pieces;
  std::size_t              begin = 0;
  while (true)
    {
      const auto end = text.find(separator, begin);
      pieces.push_back(trimmed(text.substr(begin, end == std::string::npos ? end : end - begin)));
      if (end == std::string::npos)
        return pieces;
      begin = end + separator.size();
    }
}

std::string number_text(const double value)
{
  char       text[40];
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  const auto end   = whole ? std::to_chars(text, text + sizeof(text), static_cast<long long>(value)) :
                             std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end.ptr);
}

std::string canonical_value(const std::string &value)
{
  if (double number; parse_number(value, number) && std::isfinite(number))
    return number_text(number + 0.); // also -0
  const auto in_name = [&](const std::size_t i) {
    return i < value.size() && (std::isalnum(static_cast<unsigned char>(value[i])) || value[i] == '_' || value[i] == '.');
  };
  std::string result;
  for (std::size_t i = 0; i < value.size();)
    {
      std::size_t end = i;
      if (std::isspace(static_cast<unsigned char>(value[i])))
        {
          while (end < value.size() && std::isspace(static_cast<unsigned char>(value[end])))
            ++end;
          if (i > 0 && in_name(i - 1) && in_name(end))
            result += ' ';
          i = end;
          continue;
        }
      // A word: a name, or a number with its exponent.
      while (in_name(end) || (end > i && (value[end] == '+' || value[end] == '-') && (value[end - 1] | 0x20) == 'e' &&
                              std::isdigit(static_cast<unsigned char>(value[i])) && in_name(end + 1)))
        ++end;
      end                    = std::max(end, i + 1);
      const std::string word = value.substr(i, end - i);
      double            number;
      const bool        is_number = std::isdigit(static_cast<unsigned char>(word[0])) || word[0] == '.';
      result += is_number && parse_number(word, number) && std::isfinite(number) ? number_text(number) : word;
      i = end;
    }
  return result;
}

std::vector<std::string> parse_value_list(const std::string &text)
{
  std::vector<std::string> values;
  for (const std::string &element : split(text, text.find(';') == std::string::npos ? "," : ";"))
    {
      if (element.empty())
        throw InputError(Refusal::malformed, "", "a value is missing in '" + text + "'.");
      if (element.find("..") != std::string::npos && element.find_first_of("/\\") == std::string::npos)
        append_range(element, values);
      else
        values.push_back(element);
    }
  return values;
}

std::vector<std::vector<std::string>> parse_joint_list(const std::string &text, const unsigned int n_names)
{
  std::vector<std::vector<std::string>> result;
  if (n_names == 1)
    {
      for (const std::string &value : parse_value_list(text))
        result.push_back({value});
      return result;
    }
  for (const std::string &element : split(text, text.find(';') == std::string::npos ? "," : ";"))
    {
      result.push_back(split(element, "&"));
      if (result.back().size() != n_names)
        throw InputError(Refusal::inconsistent, "",
                         "'" + element + "' must have " + std::to_string(n_names) +
                           " values joined by '&', one for each of the names.");
      for (const std::string &value : result.back())
        if (value.empty() || value.find("..") != std::string::npos)
          throw InputError(Refusal::malformed, "", "'" + element + "' must consist of single values joined by '&'.");
    }
  return result;
}
} // namespace rhoflow
