#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rhoflow
{
/// The contents of a file. Throws InputError (parameter empty) if it cannot be read.
std::string contents_of(const std::filesystem::path &path);

/// Whether there is a file, or a directory; false for what cannot be looked at.
bool file_exists(const std::filesystem::path &path);
bool directory_exists(const std::filesystem::path &path);

/// What a directory holds, in alphabetical order; nothing if it cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path &path);

/// " Did you mean 'runs/a'?" with the directory of nearly the same name beside a `path` that does not exist; empty if there is
/// none.
std::string did_you_mean_directory(const std::filesystem::path &path);
} // namespace rhoflow
