#pragma once

#include <string>

/// The root of the source tree, for the files that are shipped with it. One file alone is compiled with this path: the objects
/// of all others are the same in every work tree, and a compiler cache finds them.
std::string source_directory();
