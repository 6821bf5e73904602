#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// A table whose fields are kept as they are written.
struct TextTable
{
  std::vector<std::string>              columns;
  std::vector<std::vector<std::string>> rows;

  bool has(const std::string &column) const;
  /// Throws InputError (parameter empty) if there is no such column.
  const std::string &text(std::size_t row, const std::string &column) const;
  /// NaN where the field is not a number.
  double number(std::size_t row, const std::string &column) const;
};

/// A number with its 95 % interval; NaN where there is none.
struct FittedNumber
{
  double value = std::numeric_limits<double>::quiet_NaN();
  double lower = std::numeric_limits<double>::quiet_NaN();
  double upper = std::numeric_limits<double>::quiet_NaN();
};

/// A row of fits.csv: result = prefactor × against^slope over from <= against <= to.
struct StudyFit
{
  std::string result, against;
  double      from = 0, to = std::numeric_limits<double>::infinity();
  /// Where several parameters vary independently: the values of those that are the same in all points of this fit.
  std::vector<std::pair<std::string, std::string>> others;

  unsigned int n_points = 0;
  std::string  left_out; ///< "2 not positive", or empty
  FittedNumber slope, prefactor, prefactor_at_expected_slope;
  double       chi2_per_dof = std::numeric_limits<double>::quiet_NaN();

  double expected_slope     = std::numeric_limits<double>::quiet_NaN(); ///< NaN: none was given
  double expected_prefactor = std::numeric_limits<double>::quiet_NaN();
  /// Whether the intervals contain what was expected: "yes", "no", or empty where there is no interval or no expectation.
  std::string contains_slope, contains_prefactor;
};

/// How far a run of a study (or one that others are compared with) got.
struct StudyRun
{
  unsigned int number;
  std::string  state; ///< "done", "waiting", "running", "failed: MESSAGE"

  bool failed() const { return state.rfind("failed", 0) == 0; }
};

/// What rhoflow-study left in its directory. One that is going on or was interrupted is read as far as it is; what is missing
/// or damaged is said in `warnings`.
struct StudyRecord
{
  /// Whether the directory looks like one that rhoflow-study made.
  static bool is_study(const std::string &directory);

  /// Throws InputError (parameter empty): no such directory; a file; a directory that no study made (saying so if it is one of
  /// a single run); no table yet; damaged tables.
  static StudyRecord open(const std::string &directory);

  std::string directory; ///< as given, without a slash at the end
  std::string name;      ///< last part of the absolute path
  std::string title;     ///< of the study file, or `name`

  std::string file_name; ///< of the study file in the directory; empty if it is not there
  std::string file_text;

  TextTable                table;   ///< study.csv
  std::vector<std::string> varied;  ///< columns of `table` that are parameters
  std::vector<std::string> results; ///< columns of `table` that are results, without those of standard errors
  std::vector<StudyFit>    fits;
  std::vector<StudyRun>    runs; ///< in the order of their numbers

  std::vector<std::string> warnings;

  /// A column of `table` as numbers, NaN where there are none.
  std::vector<double> column(const std::string &heading) const;
  /// The standard errors of a result; empty where it has none.
  std::vector<double> standard_errors(const std::string &result) const;
};

/// The last part of "Section/Name".
std::string short_name(const std::string &path);
} // namespace rhoflow
