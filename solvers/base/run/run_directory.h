#pragma once

#include <solvers/base/files/file_list.h>
#include <solvers/base/files/file_lock.h>
#include <solvers/base/run/provenance.h>

#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// The directory of one run: the parameter file as given, the complete parameters as used, provenance.json, and whatever the
/// solver writes. Nothing that exists is overwritten unless the user said `Overwrite = true`. Two runs never write in one
/// directory at a time, where the file system has locks. All that is written into it is in its list of files (FileList).
class RunDirectory
{
public:
  /// Throws the InputErrors of the constructor that can be known without touching the disk, before any work is done
  /// (collective). `input_files`: what the run reads beside its parameters, which must not belong to the run in the directory.
  static void check(const std::string &path, bool overwrite, MPI_Comm communicator,
                    const std::vector<std::string> &input_files = {});

  /// Creates the directory (collective; the work is done by rank 0, errors reach every rank). Throws InputError
  /// ("Output directory") if it exists with contents and `overwrite` is false, if these contents are not a run of rhoflow, if
  /// another object, of whatever process, has the directory, or if it cannot be written. With `overwrite` the files in the list
  /// of the run in it are removed, its parameter files by record(); everything else stays (remove_replaced_run).
  RunDirectory(const std::string &path, bool overwrite, MPI_Comm communicator,
               const std::vector<std::string> &input_files = {});

  /// The directory of a run that goes on: nothing in it is removed. Throws InputError (parameter empty) unless it holds a run,
  /// or if another object, of whatever process, has it.
  static RunDirectory of_earlier_run(const std::string &path, MPI_Comm communicator);

  /// Copies the file as given to `<name>.prm` and writes `parameters_used.prm` and `provenance.json`; `input_files`: what the
  /// run reads beside its parameters. Removes the parameter files of the run that was replaced, but for the one that is given.
  /// Collective.
  void record(const std::string &parameter_file, const dealii::ParameterHandler &parameters,
              const std::vector<std::string> &command_line, const std::vector<Provenance::InputFile> &input_files = {}) const;

  /// The directory in which the parameter file was, from provenance.json: names of data files are relative to it. Collective.
  std::string parameter_directory() const;

  /// Replaces `parameters_used.prm` by the parameters of a run that goes on at `time`, and adds the session and the places of
  /// the input files to `provenance.json`. Returns what is to be said of it, of other versions of the program than before, or
  /// an empty text. Collective.
  std::string record_again(const dealii::ParameterHandler &parameters, double time,
                           const std::vector<std::string>           &command_line,
                           const std::vector<Provenance::InputFile> &input_files = {}) const;

  /// Adds to `provenance.json` how the session ended that record() or record_again() began. What cannot be added, as on a full
  /// disk, is left out. On one rank: rank 0, or the one that ends the job.
  void record_end(int status, const std::string &reason) const;

  /// The path of something inside that is not noted; the directory itself for an empty name.
  std::string path(const std::string &name) const;
  /// The path of a file inside that this run writes. Its name is noted, so that `Overwrite` can remove it one day. What
  /// somebody else has there under this name is not lost: its name gets ".before" behind it.
  std::string file(const std::string &name) const;
  /// How much is on disk of the files that file() named, and how that spreads over the folders: "34.2 MB in 27 files: density/
  /// 30 MB in 11, ..." (rank 0 knows).
  std::string contents() const;

  /// What became of a run that was replaced: "Removed 27 files of the run that was in runs/a.", and of files that look like
  /// results and are not in its list; empty texts if there is nothing to say. After record() (rank 0 knows).
  std::string        removed() const;
  const std::string &left() const { return what_was_left; }

  /// Undoes what this object did in a directory that it made, if nothing else is in it: for a run that was refused before its
  /// first step. Does nothing in a directory that was there before. On rank 0; true if the directory is gone.
  bool withdraw();

  /// Makes all files that file() named outlast a loss of power (collective); false if the system refuses.
  bool make_durable() const;

  /// Creates a directory inside (collective) and returns its path.
  std::string subdirectory(const std::string &name) const;

  MPI_Comm communicator() const { return comm; }

private:
  RunDirectory(std::string path, MPI_Comm communicator)
    : root(std::move(path))
    , comm(communicator)
    , files(root)
  {}

  Provenance provenance() const; ///< throws std::runtime_error if it is damaged
  void       write_text(const std::string &name, const std::string &text) const;
  void       replace(const Provenance &provenance) const;

  std::string      root;
  MPI_Comm         comm;
  mutable FileList files; ///< rank 0's
  FileLock         lock;  ///< rank 0's
  std::string      what_was_left;

  mutable unsigned int             n_removed = 0;  ///< files of the run that was replaced
  mutable std::vector<std::string> old_parameters; ///< of it, until record() knows which of them is given

  mutable bool             has_session = false; ///< the last one in provenance.json is that of this object
  bool                     is_new = true; ///< false for a run that goes on, whose directory may have files of earlier lists
  std::vector<std::string> made;          ///< directories that did not exist before, the innermost first; rank 0's
};
} // namespace rhoflow
