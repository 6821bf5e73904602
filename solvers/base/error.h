#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace rhoflow
{
/// Something the user gave is wrong: a parameter, a data file, a combination of choices. The program prints it once, with the
/// line of the parameter file where `parameter` was set, and ends with exit status 2.
class InputError : public std::runtime_error
{
public:
  /// `parameter` is a path such as "Data/CSV file" (empty: no parameter is to blame); `message` says what is wrong and what to
  /// do.
  InputError(std::string parameter_path, const std::string &message)
    : std::runtime_error(message)
    , parameter(std::move(parameter_path))
  {}

  std::string parameter;
};

/// The run itself went wrong (an invariant was violated, a step diverged): the message names the cause and what to try.
/// Exit status 3.
class RunError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};
} // namespace rhoflow
