#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/text.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace rhoflow
{
namespace
{
bool begins_with(const std::string &text, const std::string &beginning)
{
  return text.rfind(beginning, 0) == 0;
}

/// "A...B" inside `text` from `position` on.
std::pair<std::string, std::string> limits(const std::string &text, const std::size_t position)
{
  const auto dots = text.find("...", position);
  if (dots == std::string::npos)
    return {};
  const auto end = text.find_first_of(" ]", dots);
  return {text.substr(position, dots - position), text.substr(dots + 3, end - dots - 3)};
}

std::string with_limits(const std::string &kind, const std::string &lower, const std::string &upper)
{
  const bool below = !lower.empty() && lower != "-MAX_DOUBLE" && lower != "-2147483648";
  const bool above = !upper.empty() && upper != "MAX_DOUBLE" && upper != "2147483647";
  if (below && above)
    return kind + " between " + lower + " and " + upper;
  if (below)
    return kind + " of at least " + lower;
  if (above)
    return kind + " of at most " + upper;
  return kind;
}

std::string choices(const std::string &alternatives)
{
  std::vector<std::string> names;
  std::size_t              begin = 0;
  while (begin <= alternatives.size())
    {
      const auto end = std::min(alternatives.find('|', begin), alternatives.size());
      names.push_back(trimmed(alternatives.substr(begin, end - begin)));
      begin = end + 1;
    }
  return listed_in_quotes(names);
}

std::string list(const std::string &pattern)
{
  const std::string opening = "[List of <", middle = "> of length ";
  const auto        split = pattern.rfind(middle);
  if (split == std::string::npos)
    return pattern;
  const std::string element = plain_range(pattern.substr(opening.size(), split - opening.size()));
  const auto [least, most]  = limits(pattern, split + middle.size());

  std::string separator = "commas";
  const auto  given     = pattern.find("separated by <", split);
  if (given != std::string::npos)
    {
      const auto begin = pattern.find('<', given) + 1;
      separator        = "'" + pattern.substr(begin, pattern.find('>', begin) - begin) + "'";
    }

  if (least == most)
    return (least == "1" ? "one value" : least + " values separated by " + separator) + ", each " + element;
  std::string count = " of values";
  if (most != "4294967295")
    count = " of " + least + " to " + most + " values";
  else if (least != "0" && least != "1")
    count = " of at least " + least + " values";
  return "a list" + count + " separated by " + separator + ", each " + element;
}
} // namespace

std::string hidden_limit(const std::string &pattern, const std::string &value)
{
  const auto  has   = [&](const std::string &text) { return pattern.find(text) != std::string::npos; };
  std::size_t begin = 0;
  while (begin <= value.size())
    {
      const auto end = std::min(value.find_first_of(",;", begin), value.size());
      double     number;
      if (parse_number(trimmed(value.substr(begin, end - begin)), number))
        {
          if (has("...2147483647") && number > 2147483647.)
            return " Whole numbers go up to 2147483647 here.";
          if (has("-2147483648...") && number < -2147483648.)
            return " Whole numbers go down to -2147483648 here.";
          if (has("MAX_DOUBLE") && std::isinf(number))
            return " Numbers are finite, and go up to 1.797e308.";
        }
      begin = end + 1;
    }
  return "";
}

std::string plain_range(const std::string &pattern)
{
  if (begins_with(pattern, or_automatic_prefix))
    return "'automatic', or " + plain_range(pattern.substr(or_automatic_prefix.size()));
  if (begins_with(pattern, "[Bool"))
    return "true or false";
  if (begins_with(pattern, "[Integer"))
    {
      const auto range          = pattern.find("range ");
      const auto [lower, upper] = limits(pattern, range == std::string::npos ? pattern.size() : range + 6);
      return with_limits("a whole number", lower, upper);
    }
  if (begins_with(pattern, "[Double"))
    {
      const auto [lower, upper] = limits(pattern, std::string("[Double ").size());
      return with_limits("a number", lower, upper);
    }
  if (begins_with(pattern, "[Selection "))
    return "one of " + choices(pattern.substr(11, pattern.rfind(']') - 11));
  if (begins_with(pattern, "[MultipleSelection "))
    return "any of " + choices(pattern.substr(19, pattern.rfind(']') - 19)) + ", separated by commas";
  if (begins_with(pattern, "[List of <"))
    return list(pattern);
  if (begins_with(pattern, "[FileName"))
    return "the name of a file";
  if (begins_with(pattern, "[DirectoryName"))
    return "the name of a directory";
  if (begins_with(pattern, "[Anything"))
    return "any text";
  return pattern;
}
} // namespace rhoflow
