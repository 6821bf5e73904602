#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <solvers/study/pipeline.h>

namespace rhoflow
{
class ParameterFile;

/// A value for a parameter of the runs, and where the study says so.
struct Change
{
  std::string path; ///< "Section/Name"
  std::string value;
  std::string where; ///< "FILE:LINE" or "command line"
};

/// A line of section "Vary": parameters that vary together.
struct Axis
{
  std::vector<std::string>              names;
  std::vector<std::vector<std::string>> values; ///< [values][names]
  std::string                           where;
};

/// A line of section "Results".
struct ResultLine
{
  std::string name;
  Pipeline    pipeline;
  std::string where;
};

/// A line of section "Fits".
struct FitLine
{
  std::string           name; ///< "RESULT against PARAMETER", perhaps "... from NUMBER to NUMBER"
  unsigned int          result;
  std::string           abscissa;
  unsigned int          axis; ///< of the abscissa
  std::optional<double> slope, prefactor;
  /// The points that count: laws of large numbers need not hold for small ones.
  double from = 0., to = std::numeric_limits<double>::infinity();
};

/// What a study file says; README.md has its form.
struct StudyFile
{
  /// Throws InputError without parameter, "FILE:LINE: ...". Whether the parameters of the runs exist is not known here.
  explicit StudyFile(const ParameterFile &file);

  /// All names of section "Vary".
  std::vector<std::string> varied() const;

  std::string             title;
  std::string             base_file;        ///< relative to the working directory
  std::string             output_directory; ///< never empty
  unsigned int            ranks_per_run = 1;
  std::vector<Change>     fixed, reference;
  std::vector<Axis>       axes;
  std::vector<ResultLine> results;
  std::vector<FitLine>    fits;

private:
  void set_top(const Change &setting, const std::string &directory);
  void add_axis(const Change &setting);
  void add_result(const Change &setting);
  void add_fit(const Change &setting);
  void check(const std::string &file_name) const;
};
} // namespace rhoflow
