#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/study/study.h>

namespace rhoflow
{
/// Several studies in one call: all are checked before the first one begins, then they are done one after the other, each in
/// its own directory. All methods but describe() are collective.
class StudySeries
{
public:
  StudySeries(const Registry &registry, MPI_Comm communicator);

  /// Reads the files, applies the changes ("Section/Name=value") to each of them and plans the runs. Throws InputError.
  void read(const std::vector<std::string> &names, const std::vector<std::string> &changes);

  /// Checks everything and says how large the studies are. Throws InputError.
  void validate();

  void list();

  /// Does all studies, whatever fails in one of them, and prints the fits of all. Throws RunError at the end if runs failed or
  /// results are missing, and InputError before the first run begins, or if a directory is refused.
  void execute(bool retry_failed);

  /// The message of an error with its place in the file that was looked at when it came.
  std::string describe(const InputError &error) const;

private:
  void refuse_common_directories();
  void print_all_fits() const;

  const Registry                     &registry;
  MPI_Comm                            communicator;
  std::vector<ParameterFile>          files;
  std::vector<std::unique_ptr<Study>> studies; ///< of `files`
  std::size_t                         current = 0;
};
} // namespace rhoflow
