#pragma once

#include <functional>
#include <string>
#include <vector>

#include <postprocess/drawing/picture.h>
#include <postprocess/plot_arguments.h>

namespace rhoflow
{
/// Throws InputError if the directory is neither that of a run nor that of a study.
void check_directory(const std::string &directory);

/// Makes all pictures of a run or of a study and its report, and returns the report's name. `say` is told of each file as it is
/// finished, and of what could not be read. Throws InputError for a directory that is neither, RunError if files cannot be
/// written.
std::string plot_directory(const std::string &directory, const PlotArguments &arguments,
                           const std::function<void(const std::string &)> &say);
} // namespace rhoflow
