#pragma once

#include <map>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/error.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// A parameter as it was declared.
struct DeclaredParameter
{
  std::string section; ///< "A/B" for nested subsections, empty at the top
  std::string name;
  std::string default_value;
  std::string range; ///< in plain words: "a number of at least 0"
  std::string documentation;

  std::string path() const { return section.empty() ? name : section + "/" + name; }
};

/// Everything that is declared in a handler, in the order of declaration.
std::vector<DeclaredParameter> declared_parameters(const dealii::ParameterHandler &parameters);

/// The values of all parameters by their paths "Section/Name".
std::map<std::string, std::string> current_values(const dealii::ParameterHandler &parameters);

/// The value of the parameter with that path.
std::string parameter_value(const dealii::ParameterHandler &parameters, const std::string &path);
void        set_parameter_value(dealii::ParameterHandler &parameters, const std::string &path, const std::string &value);

/// All parameters as a file that ParameterFile reads: as deal.II prints them, but for values that need text_of_value().
std::string parameters_text(const dealii::ParameterHandler &parameters);

/// The description of a deal.II pattern, such as "[Double 0...1 (inclusive)]", in plain words: "a number between 0 and 1".
std::string plain_range(const std::string &pattern_description);

/// A sentence about the limit that plain_range() leaves out, that of the machine, if the value is beyond it; else empty.
std::string hidden_limit(const std::string &pattern_description, const std::string &value);

/// A parameter file in deal.II's syntax that remembers the line of every parameter, and changes from the command line. Every
/// mistake becomes one InputError that names the file and the line.
///   set NAME = VALUE          a value; a backslash at the end of a line continues it on the next one
///   subsection NAME ... end   parameters of a section; sections nest
///   # ...                     a comment to the end of the line; \# is a #, and so is one in a field "..." (ParameterLine)
/// A value is one line of UTF-8 text; the name of a file that is other bytes is written as "bytes:caf%E9" (bytes_of_text()).
class ParameterFile
{
public:
  /// Reads the file on rank 0 (collective; errors reach every rank).
  static ParameterFile read(const std::string &path, MPI_Comm communicator);

  /// `text` is the contents of a file called `name`.
  ParameterFile(std::string name, const std::string &text);

  /// A change from the command line: "Section/Name=value", or "Name=value" for a parameter outside any section.
  void change(const std::string &argument);

  /// Gives the parameter of that path a value that wins over all before it; `where` is the place that messages name.
  void set(const std::string &path, const std::string &value, const std::string &where);

  /// A line "set NAME = VALUE" of the file or a change.
  struct Setting
  {
    std::string section;
    std::string name;
    std::string value;
    std::string where;            ///< "FILE:LINE" or "command line"
    bool        in_bytes = false; ///< written as bytes_of_text() knows it: any characters are meant
    std::string comment  = "";    ///< behind the value in the file

    std::string path() const { return section.empty() ? name : section + "/" + name; }
  };
  /// All that was given, in this order: for files whose names are not declared. Of several with the same path the last counts.
  const std::vector<Setting> &given() const { return settings; }

  /// Sets the values in a handler in which all parameters are declared. Throws InputError for unknown names and for values that
  /// the patterns refuse; the handler must then be discarded.
  void apply(dealii::ParameterHandler &parameters) const;

  /// The message of an error with the place where the parameter got its value: "FILE:LINE: Section/Name: ...".
  std::string describe(const InputError &error) const;

  const std::string &name() const { return file_name; }

private:
  struct Subsection
  {
    std::string path;
    std::string where;
  };

  std::string             file_name;
  std::vector<Setting>    settings;
  std::vector<Subsection> subsections; ///< all that are mentioned, also empty ones
};
} // namespace rhoflow
