#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/manual.h>
#include <solvers/base/run/solver.h>

#include <algorithm>
#include <sstream>

namespace rhoflow
{
namespace
{
/// `text` in lines of at most 100 characters behind `indent` blanks.
std::string wrapped(const std::string &text, const std::size_t indent)
{
  std::istringstream words(text);
  std::string        word, result, line(indent, ' ');
  while (words >> word)
    {
      if (line.size() > indent && line.size() + 1 + word.size() > 100)
        {
          result += line + "\n";
          line.assign(indent, ' ');
        }
      line += (line.size() > indent ? " " : "") + word;
    }
  return result + line + "\n";
}
} // namespace

std::string parameter_manual(const dealii::ParameterHandler &parameters, const std::vector<SolverEntry> &solvers,
                             const SolverEntry *only)
{
  std::string text = "SOLVERS\n\n";
  for (const SolverEntry &entry : solvers)
    if (only == nullptr || only->name == entry.name)
      text += "  " + entry.name + "\n" + wrapped(entry.description, 6) + "\n";

  if (only == nullptr)
    text +=
      "PARAMETER FILES\n\n" +
      wrapped(
        "'set Name = value' outside of any subsection, or between 'subsection Name' and 'end'. A comment begins with #; a "
        "backslash at the end of a line continues it on the next one. A value is one line of UTF-8 text. A # in it is "
        "written as \\#, or stands in a field \"...\"; backslashes before a # and at the end are doubled. The name of "
        "a file that is no UTF-8 is written as bytes:caf%E9, with %25 for a per cent sign. On the command line a # is "
        "itself.",
        2) +
      "\n";
  std::string section = "?";
  for (const DeclaredParameter &parameter : declared_parameters(parameters))
    {
      const std::string top = parameter.section.substr(0, parameter.section.find('/'));
      if (only != nullptr && !only->sections.empty() && !top.empty() &&
          std::find(only->sections.begin(), only->sections.end(), top) == only->sections.end())
        continue;
      if (parameter.section != section)
        {
          section = parameter.section;
          text += section.empty() ? "PARAMETERS OUTSIDE ANY SUBSECTION\n\n" : "SUBSECTION " + section + "\n\n";
        }
      text += "  " + parameter.name + "\n" + wrapped(parameter.documentation, 6);
      text += wrapped("Default: " + (parameter.default_value.empty() ? "empty" : parameter.default_value), 6);
      text += wrapped("Value: " + parameter.range, 6) + "\n";
    }
  return text;
}
} // namespace rhoflow
