#pragma once

#include <tests/support/refusals.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/run/unread_parameters.h>

/// Why and where a run is refused before its first step.
struct RefusedRun
{
  std::string      where;     ///< of the setting: "run.prm:7", "command line"; empty if nobody set it
  std::string      parameter; ///< its path
  rhoflow::Refusal why;
  std::string      message = ""; ///< for the reader of a failed test; not compared
};

bool          operator==(const RefusedRun &a, const RefusedRun &b);
std::ostream &operator<<(std::ostream &stream, const RefusedRun &refused);

/// Parameter files of one folder, prepared as `rhoflow --validate run.prm CHANGES` would prepare them.
class TrialRun
{
public:
  /// `folder` is where data files are looked for; `text` are the contents of the parameter file.
  TrialRun(std::string folder, std::string text);

  /// Changes are those of the command line: "Section/Name=value". Nothing if the run is accepted. Collective.
  std::optional<RefusedRun> refused(const std::vector<std::string> &changes = {}, MPI_Comm communicator = MPI_COMM_SELF) const;

  /// "run.prm:7: Section/Name" of each setting that an accepted run does not read.
  std::vector<std::string> unread(const std::vector<std::string> &changes = {}) const;
  /// Why it does not read the setting of that path ("unless 'Adaptive = true'"); empty if it does.
  std::string reason(const std::string &path, const std::vector<std::string> &changes) const;

private:
  std::vector<rhoflow::UnreadSetting> unread_settings(const std::vector<std::string> &changes) const;

  std::string folder, text;
};

namespace Catch
{
template <>
struct StringMaker<std::optional<RefusedRun>>
{
  static std::string convert(const std::optional<RefusedRun> &refused);
};
} // namespace Catch
