#pragma once

#include <string>
#include <vector>

#include <solvers/study/plan.h>
#include <solvers/study/power_law.h>
#include <solvers/study/store.h>
#include <solvers/study/study_file.h>

namespace rhoflow
{
/// What a row of the table says besides its parameters.
struct RowResults
{
  unsigned int             number           = 0;
  int                      reference_number = -1; ///< or -1
  RunState                 state;                 ///< a reference that failed is a failure too
  std::vector<Measured>    results;               ///< of StudyFile::results
  std::vector<std::string> complaints;            ///< for each result: why it is not there, or empty
};

/// A fit over the rows that differ in its axis alone.
struct FittedRow
{
  unsigned int             fit;
  std::vector<std::string> others; ///< for each name of StudyFile::varied(): its value, empty for those of the axis
  std::vector<FitPoint>    points;
  std::string              left_out; ///< "2 not positive, 1 without result", or empty
  PowerLaw                 law;
  Estimate                 prefactor; ///< at the expected slope, if a prefactor is expected
};

/// Right-aligned columns, a line for each row.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>> &cells);

/// Puts runs and results together. What was computed of a run that is done is kept for the next time.
class StudyTables
{
public:
  StudyTables(const StudyFile &study, const Plan &plan, const StudyStore &store);

  /// Looks at the states again and computes what is new.
  void update();

  /// One row for each combination; 17 digits.
  std::string study_csv() const;
  std::string fits_csv() const;
  /// The same as tables to be read, a line for each string.
  std::vector<std::string> readable() const;

  /// The fits of readable() alone.
  static std::vector<std::string>       fit_header();
  std::vector<std::vector<std::string>> fit_rows() const;

  /// What is not there and why, or an empty text if everything is.
  std::string complaints() const;
  /// The results of runs that are done among it.
  std::string missing_results() const;

  const std::vector<RowResults> &rows() const { return results; }
  std::vector<FittedRow>         fits() const;

private:
  void evaluate(std::size_t row);
  /// Text, and how many results it is about.
  std::string missing_results(unsigned int &n_missing) const;

  const StudyFile        &study;
  const Plan             &plan;
  const StudyStore       &store;
  std::vector<RowResults> results;
};
} // namespace rhoflow
