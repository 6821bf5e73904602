#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
class FileList;

/// What is left of a run whose directory another run takes.
struct ReplacedRun
{
  unsigned int             n_removed = 0; ///< files
  std::vector<std::string> parameters;    ///< files that were left for the new run to be read, and are in the list still
  std::vector<std::string> unlisted; ///< what looks like files of a run and is not in its list, in the order of the alphabet
};

/// Throws std::runtime_error, and touches nothing, if remove_replaced_run() could not do its work: a folder of the run is a
/// symbolic link now, whose target is none of the run's business; or one of the `inputs`, files that the new run reads, is a
/// file of the run.
void check_replaced_run(const std::string &directory, const FileList &list, const std::vector<std::string> &inputs);

/// Removes the files of a run's list from its directory, complete or not (with ".part"), and the folders that this empties:
/// results of the run that is replaced would be mistaken for results of the new one. Nothing else is touched: no file that is
/// not in the list, none behind a symbolic link, and none in a folder that is a run or a study of its own. The list itself is
/// emptied last. `keeps_parameters`: parameter files stay, since the new run may be made from one of them.
///
/// Lists of earlier versions lack the record of the run, which names its parameter file, and the checkpoints: they are removed
/// if the record can be read, and if the seals prove what they are.
ReplacedRun remove_replaced_run(const std::string &directory, FileList &list, bool keeps_parameters);
} // namespace rhoflow
