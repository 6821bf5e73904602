#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <solvers/base/error.h>

#include <catch2/catch.hpp>

/// What an InputError says to programs: CHECK(refusal([&]() { ... }) == Refused{"Data/CSV file", Refusal::missing}).
struct Refused
{
  std::string              parameter;
  rhoflow::Refusal         why;
  std::string              message = {}; ///< shown where a test fails, and not compared: sentences may be improved
  std::vector<std::string> names   = {};

  /// The same whose message has to name this: a value, a file and its line, the nearest spelling; no sentence.
  Refused naming(const std::string &name) const
  {
    Refused result = *this;
    result.names.push_back(name);
    return result;
  }
};

/// Parameter and kind are the same, and the message of each has what the other one names.
bool operator==(const Refused &a, const Refused &b);

/// "Data/CSV file: missing", the names if there are some, and the message if there is one.
std::ostream &operator<<(std::ostream &out, const Refused &refused);

/// How `work` is refused; nothing if it is not.
template <typename Work>
std::optional<Refused> refusal(const Work &work)
{
  try
    {
      work();
    }
  catch (const rhoflow::InputError &error)
    {
      return Refused{error.parameter, error.why, error.what()};
    }
  return std::nullopt;
}

/// For what a message must name: a value, a file, the nearest spelling.
inline std::string message_of(const std::optional<Refused> &refused)
{
  return refused ? refused->message : "";
}

namespace Catch
{
template <>
struct StringMaker<std::optional<Refused>>
{
  static std::string convert(const std::optional<Refused> &refused);
};
} // namespace Catch
