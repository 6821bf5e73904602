#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <solvers/base/parameters/choices.h>

namespace rhoflow
{
struct DataLaw;
struct ModelChoices;

/// A new law of the inputs needs an enumerator here, and a class and a row of data_laws() in data_law.cc.
enum class DataLawKind
{
  gaussian, ///< N(0, s² I)
  uniform,  ///< on a box
  periodic, ///< uniform on a box whose opposite sides are one
  sphere,   ///< uniform on S^{d−1}
  discrete, ///< points with weights, each the centre of a Gaussian blob of deviation s (0: no blob)
  csv       ///< the rows of a file
};

/// The parameters of a run by their paths, for sentences about them.
struct ParameterText
{
  std::function<std::string(const std::string &path)> value; ///< as in the parameter file
  std::function<std::string(const std::string &path)> shown; ///< the same, escaped for the page
  std::function<std::string(const std::string &path)> code;  ///< the same, set as code
};

/// All that the program knows of a law besides its class.
struct DataLawInfo
{
  DataLawKind              kind;
  std::string              name;                                 ///< in parameter files
  std::string              description;                          ///< in the manual
  std::vector<std::string> parameters;                           ///< the paths that it reads and some other law does not
  std::unique_ptr<DataLaw> (*make)(const ModelChoices &choices); ///< throws InputError
  std::string (*words)(const ParameterText &run);                ///< in reports, HTML
};

/// One row for each kind, in the order of the manual.
const std::vector<DataLawInfo> &data_laws();
const Choices<DataLawKind>     &data_law_choices();

/// The row of a kind. Throws std::logic_error if there is none.
const DataLawInfo &data_law_info(DataLawKind kind);
/// The row with that name; null if there is none.
const DataLawInfo *find_data_law(const std::string &name);

/// Whether the law reads a parameter that not all laws read.
bool reads_parameter(DataLawKind kind, const std::string &path);
/// The names of the laws that do, with a separator between them.
std::string laws_with_parameter(const std::string &path, const std::string &separator);

/// The descriptions of all rows: "a, b, or c".
std::string data_law_descriptions();
} // namespace rhoflow
