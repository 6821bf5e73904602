#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The path of a program that PATH finds, or an empty text.
std::string find_program(const std::string &name);

/// Runs a program without a shell, with nothing to read and its output thrown away, and waits. Returns its exit status, -1 if
/// it could not be started or was killed.
int run_program(const std::vector<std::string> &command);
} // namespace rhoflow
