#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// A picture or video that was made, for the report.
struct Picture
{
  std::string file;    ///< path
  std::string title;   ///< "Risk"
  std::string caption; ///< what is to be seen, one or two sentences: which line is what, where the numbers come from
  std::string section; ///< heading of the report under which it stands: "Density", "Learning", "Invariants", ...

  /// Contents of files of the kind of `file`. Of a picture of several panels: each one alone, in reading order. Of any other:
  /// the same drawn for a narrow page, or nothing.
  std::vector<std::string> panels{};
  unsigned int             columns = 1; ///< of the panels
};
} // namespace rhoflow
