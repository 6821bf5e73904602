#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace rhoflow
{
/// Why an input was refused: tests and programs compare this, people read the message.
enum class Refusal
{
  unknown_name, ///< no parameter, section, choice, variable, column, solver, ... has that name
  missing,      ///< a value, file or directory that is needed is not given or not there
  unreadable,   ///< cannot be opened, read or written
  malformed,    ///< text that is not of the expected form: a number, list, expression, line of a table or parameter file
  damaged,      ///< a record that rhoflow wrote was changed or cut off, or is another program's
  out_of_range, ///< a number or a size outside its limits, or not finite
  inconsistent, ///< two inputs contradict each other, or their sizes do not match
  unsupported,  ///< what this solver, method or problem cannot do
  no_effect,    ///< an input that would be ignored
  repeated,     ///< given twice
  exists,       ///< something would be overwritten
  in_use,       ///< another process is at work there
  too_large     ///< more than the memory or a hard limit of size allows
};

/// Something the user gave is wrong: a parameter, a data file, a combination of choices. The program prints it once, with the
/// line of the parameter file where `parameter` was set, and ends with exit status 2.
class InputError : public std::runtime_error
{
public:
  /// `parameter_path` is a path such as "Data/CSV file" (empty: no parameter is to blame); `message` says what is wrong and
  /// what to do.
  InputError(Refusal why_refused, std::string parameter_path, const std::string &message)
    : std::runtime_error(message)
    , why(why_refused)
    , parameter(std::move(parameter_path))
  {}

  Refusal     why;
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
