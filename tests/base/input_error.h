#pragma once

#include <solvers/base/error.h>

#include <string>

/// "parameter | message" of the InputError that `work` throws, or "no error".
template <typename Work>
std::string input_error(const Work &work)
{
  try
    {
      work();
    }
  catch (const rhoflow::InputError &error)
    {
      return error.parameter + " | " + error.what();
    }
  return "no error";
}
