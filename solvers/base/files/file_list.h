#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace rhoflow
{
/// The names of the files that rhoflow wrote into the directory of a run, one on each line of `.rhoflow-files` there: what
/// `Overwrite = true` may remove. Each name is there before its file. That this list exists marks the directory as rhoflow's.
/// One process at a time has the run and opens the list; any number may note names in it meanwhile.
class FileList
{
public:
  /// Does not touch the disk.
  explicit FileList(std::string directory_name)
    : directory(std::move(directory_name))
  {}

  /// The path of the list itself.
  std::string path() const;

  /// Begins the list, or takes it up from an earlier process; what that could not finish writing is no name, and leaves the
  /// list. Throws std::runtime_error if the list cannot be written.
  void open();

  /// Takes up the names that are in the list now, of a process that may still go on, and returns its whole lines.
  std::string read();

  /// Adds a name, once.
  void add(const std::string &name);

  /// Adds the name of a file that another program than the run is about to write into a directory, if that is a run's.
  static void note(const std::string &directory, const std::string &name);

  /// Leaves the list there, without names. Throws std::runtime_error.
  void clear();

  /// Each name with the size and the time of its file when that was last made durable, in the order of the alphabet.
  using Names = std::map<std::string, std::pair<std::uintmax_t, std::int64_t>>;
  const Names &names() const { return noted; }

  /// Makes the list and those of its files that have changed since the last call outlast a loss of power; false if the system
  /// refuses. Files that do not exist are passed over.
  bool make_durable();

private:
  std::string directory;
  Names       noted;
  bool        torn = false; ///< the last line may have no end
};
} // namespace rhoflow
