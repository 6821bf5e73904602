#include <solvers/base/json.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace rhoflow
{
Json parsed_json(const std::string &text)
{
  const auto check_depth = [](const int depth, const Json::parse_event_t, const Json &) {
    constexpr int max_nested = 200;
    if (depth > max_nested)
      throw std::runtime_error("it is nested too deep");
    return true;
  };
  try
    {
      return Json::parse(text, check_depth);
    }
  catch (const Json::parse_error &error)
    {
      const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
      throw std::runtime_error("line " + std::to_string(1 + std::count(text.begin(), end, '\n')) + ": " +
                               json_complaint(error));
    }
  catch (const Json::exception &error)
    {
      throw std::runtime_error(json_complaint(error));
    }
}

std::string json_complaint(const std::exception &error)
{
  // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...", "[json.exception...] key 'a' not
  // found"
  std::string text = error.what();
  text.erase(0, text.rfind('[', 0) == 0 ? text.find("] ") + 2 : 0);
  if (text.rfind("parse error", 0) == 0)
    text.erase(0, text.find(": ") + 2);
  return text;
}
} // namespace rhoflow
