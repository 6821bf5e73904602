#pragma once

#include <map>
#include <string>
#include <vector>

#include <solvers/base/files/csv.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/run/solver_traits.h>

namespace rhoflow
{
/// Where a density no longer agrees with the finite networks: |deviation| of comparison.csv [standard errors].
constexpr double deviation_limit = 3.;

/// A file of a time series: an entry of density.pvd, particles.pvd or points.pvd.
struct TimeStep
{
  double      time;
  std::string file; ///< path that can be opened
};

/// One line of parameters_used.prm.
struct UsedParameter
{
  std::string path; ///< "Section/Name"
  std::string value;
  std::string standard; ///< the default; that of `value` where it was not changed
  bool        is_standard = true;
};

/// What a run of rhoflow left in its directory, as far as it can be read. A run that is going on or that was cut off is read up
/// to its last complete row and its last complete file; what is missing or damaged is said in `warnings`.
struct RunRecord
{
  /// Throws InputError (parameter empty): no such directory; a file; a directory without provenance.json or
  /// parameters_used.prm, which no run of rhoflow made (naming what is there, and "a study: ..." or "a directory that holds
  /// runs: ..." with their names where that is so); damaged records.
  static RunRecord open(const std::string &directory);

  std::string  directory; ///< as given, without a slash at the end
  std::string  name;      ///< last part of the absolute path
  std::string  title;     ///< the parameter Title, or `name`
  std::string  solver;    ///< the parameter Solver
  SolverTraits traits;    ///< of the solver; those of a density in time for one that this program does not know

  std::vector<UsedParameter> parameters; ///< in the order of the file
  Provenance                 provenance;
  std::string                log; ///< contents of log.txt, or empty

  /// Tables by their file names without ".csv": those of statistics, comparison, replicas, curve, relaxation, throughput,
  /// timing, ... that exist. Column names are kept as in the file ("time", "sliced W1", "deviation [standard errors]").
  std::map<std::string, CsvTable> tables;

  /// In the order of time; files exist. The density at rest, density.vtu, stands under the last inverse temperature.
  std::vector<TimeStep> density, particles, points;

  /// Names of the coordinates of parameter space: X where statistics.csv has "mean X", and "covariance X X" or "deviation X".
  std::vector<std::string> coordinates;

  std::vector<std::string> warnings;

  bool has(const std::string &table) const { return tables.count(table) > 0; }
  /// Whether the table exists and has the column.
  bool has(const std::string &table, const std::string &column) const;
  /// A column of a table; throws InputError if it is not there.
  std::vector<double> column(const std::string &table, const std::string &column) const;
  /// The value of "Section/Name", or an empty text.
  std::string parameter(const std::string &path) const;
};
} // namespace rhoflow
