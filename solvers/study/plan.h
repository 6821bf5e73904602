#pragma once

#include <map>
#include <string>
#include <vector>

#include <solvers/study/study_file.h>

namespace rhoflow
{
class ParameterFile;
struct Registry;

/// A run of a study. What it is, is said by its complete parameters alone.
struct PlannedRun
{
  std::vector<Change> changes; ///< of the base file, in the order in which they win over each other
  std::string         identity;
  std::string         label;      ///< the changes that distinguish it, for people
  unsigned int        number = 0; ///< of its directory; given by the store
};

/// A row of the table.
struct PlannedRow
{
  std::vector<unsigned int> choices; ///< for each axis: which value
  std::vector<std::string>  values;  ///< of StudyFile::varied()
  unsigned int              run;
  int                       reference = -1; ///< run, or -1
};

/// All runs of a study, each parameter set once, in the order in which they are handed out: that of the rows, a reference,
/// which often takes longest, before the first run that needs it.
struct Plan
{
  /// Throws InputError without parameter with the line for parameters that do not exist or are refused.
  Plan(const Registry &registry, const StudyFile &study, const ParameterFile &base);

  std::vector<PlannedRun> runs;
  std::vector<PlannedRow> rows;

private:
  unsigned int add(const Registry &registry, const std::vector<Change> &changes, const std::string &label,
                   const ParameterFile &base);

  std::map<std::string, unsigned int> known; ///< identities of runs
};

/// The base file with the changes of a run and its directory.
ParameterFile parameter_file_of(const ParameterFile &base, const PlannedRun &run, const std::string &directory);
} // namespace rhoflow
